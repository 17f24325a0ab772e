import Foundation
import Records
import Tensors
import Testing

/// Where the recorded numbers of the real Lasagne are, and how the names there become ours.
enum GoldenTables {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["LASAGNE_GOLDEN"] {
      return URL(fileURLWithPath: path)
    }
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    return package.deletingLastPathComponent().appending(path: "shared/golden/lasagne")
  }()

  static let arePresent = FileManager.default.fileExists(
    atPath: folder.appending(path: "index.json").path)

  static let skipped: Comment =
    "skipped: no golden values beside the clone; set LASAGNE_GOLDEN to their folder"

  /// The whole content of a table.
  static func read(_ file: String) throws -> JSONValue {
    let data = try Data(contentsOf: folder.appending(path: file))
    return try JSONDecoder().decode(JSONValue.self, from: data)
  }

  /// One list of a table.
  static func entries(_ file: String, _ list: String) throws -> [GoldenEntry] {
    try #require(try read(file)[list]?.array).map(GoldenEntry.init)
  }

  /// Lasagne's `huber_loss` as our `huberLoss`.
  static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.prefix(1).joined() + words.dropFirst().map(\.capitalized).joined()
  }
}

/// One entry of a table.
struct GoldenEntry {
  let value: JSONValue

  subscript(_ key: String) -> JSONValue? { value[key] }

  var name: String { value["name"]?.string ?? "" }
  var arguments: [String: JSONValue] { value["arguments"]?.object ?? [:] }

  /// A value of ours, read from the entry's name and arguments as a model file writes them.
  func decode<Value: Decodable>(
    _ type: Value.Type, name: String, arguments: [String: JSONValue]
  ) throws -> Value {
    let form: JSONValue = arguments.isEmpty ? .string(name) : .object([name: .object(arguments)])
    return try JSONDecoder().decode(type, from: JSONEncoder().encode(form))
  }

  func tensor(_ key: String, requiresGradient: Bool = false) throws -> Tensor {
    let tensor = try #require(value[key]).tensor()
    if requiresGradient { try tensor.setRequiresGradient(true) }
    return tensor
  }

  /// Checks a result against the recorded one within the entry's tolerance.
  func expect(
    _ actual: Tensor, agreesWith key: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let recorded = try #require(value[key], "\(name) has no \(key)")
    try expect(actual, agreesWith: recorded, key, sourceLocation: sourceLocation)
  }

  func expect(
    _ actual: Tensor, agreesWith recorded: JSONValue, _ label: String,
    relative: Double? = nil, absolute: Double? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (shape, numbers) = recorded.numbers()
    #expect(actual.shape == shape, "\(name) \(label)", sourceLocation: sourceLocation)
    let relative = relative ?? value["rtol"]?.number ?? 0
    let absolute = absolute ?? value["atol"]?.number ?? 0
    let worst = zip(try actual.values(as: Double.self), numbers)
      .map { abs($0 - $1) - absolute - relative * abs($1) }
      .max { $1.isNaN || $0 < $1 }
    #expect(
      (worst ?? 0) <= 0, "\(name) \(arguments) \(label): beyond the tolerance by \(worst ?? 0)",
      sourceLocation: sourceLocation)
  }
}

extension JSONValue {
  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The shape and the numbers of nested lists.
  func numbers() -> (shape: [Int], values: [Double]) {
    guard let rows = array else { return ([], [number ?? .nan]) }
    let parts = rows.map { $0.numbers() }
    return ([rows.count] + (parts.first?.shape ?? []), parts.flatMap(\.values))
  }

  func tensor() throws -> Tensor {
    let (shape, values) = numbers()
    return try Tensor(values.map { Float($0) }, shape: shape)
  }
}
