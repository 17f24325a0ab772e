import Foundation
import Lasagne
import Testing

/// Keeps Documentation/lasagne-names.md true; `LASAGNE_WRITE_NAMES=1` writes it anew, with the numbers
/// of golden cases.
@Suite struct LasagneNameTests {
  static let sections: [(title: String, names: [LasagneName])] = [
    ("Layers", LasagneName.layers), ("Helpers of layers", LasagneName.helpers),
    ("Nonlinearities", LasagneName.nonlinearities), ("Initializers", LasagneName.initializers),
    ("Objectives", LasagneName.objectives), ("Updates", LasagneName.updates),
    ("Regularization", LasagneName.penalties),
  ]

  private static let package: URL = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    return package
  }()
  private static let document = package.appending(path: "Documentation/lasagne-names.md")

  @Test func `every Lasagne name is in the table under its Swift name`() throws {
    if ProcessInfo.processInfo.environment["LASAGNE_WRITE_NAMES"] != nil {
      try Self.table().write(to: Self.document, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Self.document, encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").prefix(2).map { $0.trimmingCharacters(in: .whitespaces) } }
    let expected = Self.sections.flatMap(\.names).map { ["`\($0.lasagne)`", "`\($0.swift)`"] }
    #expect(written == expected, "run this test with LASAGNE_WRITE_NAMES=1")
  }

  @Test func `every Swift name in the table is declared`() throws {
    let sources = try #require(
      FileManager.default.enumerator(
        at: Self.package.appending(path: "Sources/Lasagne"), includingPropertiesForKeys: nil))
    var text = ""
    for case let file as URL in sources where file.pathExtension == "swift" {
      text += try String(contentsOf: file, encoding: .utf8)
    }
    let keywords = [
      "func", "case", "struct", "enum", "class", "var", "let", "protocol", "typealias",
    ]
    for name in Self.sections.flatMap(\.names) {
      let isDeclared =
        name.declaration == "init"
        || keywords.contains { text.contains("\($0) \(name.declaration)") }
      #expect(isDeclared, "\(name.lasagne): \(name.swift)")
    }
  }

  // MARK: writing

  private static func table() throws -> String {
    let cases = try GoldenCase.all("layers") + GoldenCase.all("networks")
    var text = """
      # Lasagne's names here

      What each public name of Lasagne is in Swift, and how many golden cases (recorded from the real
      Lasagne) run through it by that name. Model files use Lasagne's names of layers. Written by a test:
      `LASAGNE_WRITE_NAMES=1 swift test --filter LasagneNameTests`.

      """
    for section in sections {
      text += "\n## \(section.title)\n\n| Lasagne | Swift | golden cases |\n|---|---|---|\n"
      for name in section.names {
        text += "| `\(name.lasagne)` | `\(name.swift)` | \(try count(name, cases)) |\n"
      }
    }
    return text + """

      The names of GPU versions are read from model files as the ordinary layer with the version's own
      defaults. Refused are those whose arrays have the batch last: `NINLayer_c01b`, and cuda-convnet's
      layers with `dimshuffle: false`.

      Not here, as they build Theano's graph or draw its random numbers: `lasagne.utils`, `lasagne.random`
      (a `Generator` is passed instead), `lasagne.theano_extensions`, `get_or_compute_grads`
      (`Tensor.gradients`).

      """
  }

  private static func count(_ name: LasagneName, _ cases: [GoldenCase]) throws -> Int {
    switch name.golden {
    case .layer: return cases.filter { $0.facts.types.contains(name.lasagne) }.count
    case .expansion:
      return cases.filter { $0.facts.expands?.hasPrefix(name.lasagne + "(") ?? false }.count
    case .table(let file, let list):
      let spelling = GoldenTables.camelCase(name.lasagne)
      let known = [name.lasagne, spelling, spelling.prefix(1).lowercased() + spelling.dropFirst()]
      return try GoldenTables.entries(file, list).filter { known.contains($0.name) }.count
    case .onTop:
      return try GoldenTables.entries("updates.json", "updates")
        .filter { $0["then"]?["name"]?.string == name.lasagne }.count
    case .everyCase: return cases.count
    case .none: return 0
    }
  }
}
