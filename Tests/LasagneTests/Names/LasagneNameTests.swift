import Foundation
import Testing

/// Keeps Documentation/lasagne-names.md true; `LASAGNE_WRITE_NAMES=1` writes it anew.
@Suite struct LasagneNameTests {
  private typealias Table = LasagneNameTable

  /// Whether the values are those the page was written with, not another folder of the same form.
  private static let hasUsualValues =
    GoldenTables.arePresent && ProcessInfo.processInfo.environment["LASAGNE_GOLDEN"] == nil

  @Test func `every public name of Lasagne is in the table once`() {
    let names = Table.names.map(\.lasagne)
    #expect(Set(names).count == names.count)
    #expect(Set(names).symmetricDifference(LasagneModules.all).isEmpty)
  }

  @Test func `the page has every name, and no empty cell`() throws {
    if ProcessInfo.processInfo.environment["LASAGNE_WRITE_NAMES"] != nil {
      try Table.page().write(to: Table.document, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Table.document, encoding: .utf8)
      .split(separator: "\n").prefix { $0 != "## At kinks and ties" }
      .filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    #expect(
      written.map { Array($0.prefix(2)) }
        == Table.names.map { ["`\($0.lasagne)`", "`\($0.swift)`"] },
      "run this test with LASAGNE_WRITE_NAMES=1")
    #expect(written.allSatisfy { $0.count == 3 && !$0[2].isEmpty && !$0[2].hasPrefix("0") })
  }

  @Test(.enabled(if: hasUsualValues, GoldenTables.skipped))
  func `the golden cases on the page are those there are`() throws {
    #expect(
      try String(contentsOf: Table.document, encoding: .utf8) == Table.page(),
      "run this test with LASAGNE_WRITE_NAMES=1")
  }

  @Test func `every Swift name in the table is declared`() throws {
    let text = try Self.text(of: "Sources/Lasagne") + Self.text(of: "Sources/Tensors")
    let keywords = [
      "func", "case", "struct", "enum", "class", "var", "let", "protocol", "typealias",
    ]
    for name in Table.names {
      for declaration in name.declarations {
        let isDeclared = keywords.contains { text.contains("\($0) \(declaration)") }
        #expect(isDeclared, "\(name.lasagne): \(name.swift)")
      }
    }
  }

  @Test func `every test in the table exists`() throws {
    let text = try Self.text(of: "Tests/LasagneTests") + Self.text(of: "Tests/TensorsTests")
    for name in Table.names {
      guard case .test(let test) = name.evidence else { continue }
      #expect(text.contains("func `\(test)`("), "\(name.lasagne): \(test)")
    }
  }

  private static func text(of folder: String) throws -> String {
    let files = try #require(
      FileManager.default.enumerator(
        at: Table.package.appending(path: folder), includingPropertiesForKeys: nil))
    var text = ""
    for case let file as URL in files where file.pathExtension == "swift" {
      text += try String(contentsOf: file, encoding: .utf8)
    }
    return text
  }
}
