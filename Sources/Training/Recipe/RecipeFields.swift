import Lasagne
import Records

/// Something that has named fields with usual values: a recipe, or a part of one.
///
/// Its fields are listed once, in `visitFields`; reading, writing and the names in error sentences
/// come from that list.
protocol FieldedValue: Codable, Equatable, Sendable {
  /// What it is called in sentences: "recipe".
  static var kind: String { get }

  /// A field for the sentence that says what it is made of.
  static var exampleField: String { get }

  /// The value whose fields are all as usual.
  static var usual: Self { get }

  /// Shows every field under its name, in the order in which it is written.
  mutating func visitFields(_ visitor: some FieldVisitor) throws

  /// Checks every field by itself.
  func validate() throws(TrainingError)
}

/// Reads, writes or names fields.
protocol FieldVisitor {
  func visit<Value: Codable>(_ name: String, _ value: inout Value) throws
  func visit<Value: Codable>(_ name: String, _ value: inout Value?) throws
}

extension FieldedValue {
  static var exampleField: String { fieldNames.first ?? "" }

  /// The names of all fields.
  static var fieldNames: [String] {
    let names = FieldNames()
    var usual = usual
    try? usual.visitFields(names)
    return names.found
  }

  /// Reads the fields; those that are left out keep their usual value, unknown ones are refused.
  init(fieldsFrom decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: NameKey.self) else {
      throw TrainingError(
        .recipe, "\(Self.article) is an object with fields such as \(Self.exampleField).")
    }
    let names = Self.fieldNames
    for key in container.allKeys.map(\.stringValue).sorted() where !names.contains(key) {
      let hint = Spelling.hint(for: key, among: names)
      throw TrainingError(.recipe, "\(Self.article) has no field '\(key)': \(hint)")
    }
    self = Self.usual
    try visitFields(FieldReader(kind: Self.kind, container: container))
  }

  /// Writes every field; those that are not set are left out.
  func encodeFields(to encoder: any Encoder) throws {
    var copy = self
    try copy.visitFields(FieldWriter(encoder.container(keyedBy: NameKey.self)))
  }

  private static var article: String {
    ("aeiou".contains(kind.first ?? "x") ? "An " : "A ") + kind
  }

  /// Refuses a field whose value cannot be used.
  func require(
    _ isFine: Bool, _ field: String, _ value: some Any, _ expected: String
  ) throws(TrainingError) {
    guard isFine else {
      throw TrainingError(
        .recipe, "The \(Self.kind)'s \(field) is \(value); it must be \(expected).")
    }
  }
}

private final class FieldNames: FieldVisitor {
  var found: [String] = []

  func visit<Value: Codable>(_ name: String, _ value: inout Value) { found.append(name) }
  func visit<Value: Codable>(_ name: String, _ value: inout Value?) { found.append(name) }
}

private struct FieldReader: FieldVisitor {
  let kind: String
  let container: KeyedDecodingContainer<NameKey>

  func visit<Value: Codable>(_ name: String, _ value: inout Value) throws {
    if let read: Value = try read(name) { value = read }
  }

  func visit<Value: Codable>(_ name: String, _ value: inout Value?) throws {
    value = try read(name)
  }

  private func read<Value: Decodable>(_ name: String) throws -> Value? {
    do {
      return try container.decodeIfPresent(Value.self, forKey: NameKey(name))
    } catch {
      guard let expected = Self.plain(Value.self) else { throw error }
      throw TrainingError(.recipe, "The \(kind)'s \(name) must be \(expected).")
    }
  }

  private static func plain(_ type: Any.Type) -> String? {
    switch type {
    case is Bool.Type: "true or false"
    case is Double.Type: "a number"
    case is Int.Type, is UInt64.Type: "a whole number"
    case is String.Type: "a text"
    case let choice as any NamedChoice.Type: "one of \(choice.choices.joined(separator: ", "))"
    default: nil
    }
  }
}

/// One of a few words.
protocol NamedChoice {
  static var choices: [String] { get }
}

extension NamedChoice where Self: CaseIterable & RawRepresentable<String> {
  static var choices: [String] { allCases.map(\.rawValue) }
}

extension MetricGoal: NamedChoice {}

private final class FieldWriter: FieldVisitor {
  private var container: KeyedEncodingContainer<NameKey>

  init(_ container: KeyedEncodingContainer<NameKey>) { self.container = container }

  func visit<Value: Codable>(_ name: String, _ value: inout Value) throws {
    try container.encode(value, forKey: NameKey(name))
  }

  func visit<Value: Codable>(_ name: String, _ value: inout Value?) throws {
    try container.encodeIfPresent(value, forKey: NameKey(name))
  }
}
