import Foundation
import Records

/// A record whose form its own decoding does not tell.
protocol SchemaDescribed: Decodable {
  /// The JSON schema.
  static var schema: JSONValue { get }
  /// Any value, so that a record that holds one can be read to the end.
  static var example: Self? { get }
}

/// JSON schemas of records, found by watching how each reads itself.
///
/// A record asks its decoder for each of its fields by name and type; this decoder notes what is
/// asked for and answers with something of that type.
struct RecordSchemas {
  /// The schemas found so far, by the names under which they refer to each other.
  private(set) var named: [String: JSONValue] = [:]
  /// Whether numbers that JSON does not know may stand as texts, as they do in answers.
  var allowsNonFinite = true

  /// The schema of a type, as a reference where it has a name.
  mutating func schema(of type: any Decodable.Type) throws -> JSONValue {
    try read(type).schema
  }

  /// The schema of a type, and a value of it.
  fileprivate mutating func read(_ type: any Decodable.Type) throws -> (
    schema: JSONValue, value: any Decodable
  ) {
    if let described = type as? any SchemaDescribed.Type {
      guard let example = described.example else { throw NoExample() }
      return (described.schema, example)
    }
    if let plain = plain(type) { return plain }
    if let list = type as? any SchemaList.Type { return try list.read(with: &self) }
    return try readRecord(type)
  }

  private mutating func readRecord(_ type: any Decodable.Type) throws -> (
    schema: JSONValue, value: any Decodable
  ) {
    let name = Self.name(of: type)
    let notes = RecordNotes(self)
    let value = try type.init(from: RecordDecoder(notes: notes))
    named.merge(notes.schemas.named) { $1 }
    guard let fields = notes.fields else { return (notes.whole ?? .object([:]), value) }
    var schema: [String: JSONValue] = [
      "type": .string("object"), "properties": .object(fields),
    ]
    if !notes.required.isEmpty {
      schema["required"] = .array(notes.required.sorted().map(JSONValue.string))
    }
    named[name] = .object(schema)
    return (Self.reference(to: name), value)
  }

  private func plain(_ type: any Decodable.Type) -> (schema: JSONValue, value: any Decodable)? {
    if type == Bool.self { return (Self.type("boolean"), false) }
    if type == String.self { return (Self.type("string"), "") }
    if type == Int.self { return (Self.type("integer"), 1) }
    if type == UInt64.self {
      return (.object(["type": .string("integer"), "minimum": .number(0)]), UInt64(1))
    }
    if type == Double.self { return (number, 1.0) }
    if type == Float.self { return (number, Float(1)) }
    return nil
  }

  private var number: JSONValue {
    guard allowsNonFinite else { return Self.type("number") }
    let words = ["NaN", "Infinity", "-Infinity"].map(JSONValue.string)
    return .object(["anyOf": .array([Self.type("number"), .object(["enum": .array(words)])])])
  }

  static func type(_ name: String) -> JSONValue { .object(["type": .string(name)]) }

  static func reference(to name: String) -> JSONValue {
    .object(["$ref": .string("#/components/schemas/\(name)")])
  }

  /// The schema of what may be left out, or be `null`.
  static func optional(_ schema: JSONValue) -> JSONValue {
    .object(["anyOf": .array([schema, type("null")])])
  }

  /// `WorkspaceChange.Move` is `WorkspaceChangeMove`.
  private static func name(of type: any Decodable.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().joined()
  }
}

/// What a record was seen to ask for.
private final class RecordNotes {
  var schemas: RecordSchemas
  /// The fields by name; `nil` for what is no object.
  var fields: [String: JSONValue]?
  var required: Set<String> = []
  /// The schema of what is a single value.
  var whole: JSONValue?

  init(_ schemas: RecordSchemas) { self.schemas = schemas }
}

/// Lists, dictionaries and optional values: their schema is made from that of what they hold.
private protocol SchemaList {
  static func read(with schemas: inout RecordSchemas) throws -> (
    schema: JSONValue, value: any Decodable
  )
}

extension Array: SchemaList where Element: Decodable {
  static func read(with schemas: inout RecordSchemas) throws -> (
    schema: JSONValue, value: any Decodable
  ) {
    let items = try schemas.schema(of: Element.self)
    return (.object(["type": .string("array"), "items": items]), [Element]())
  }
}

extension Dictionary: SchemaList where Key: Decodable, Value: Decodable {
  static func read(with schemas: inout RecordSchemas) throws -> (
    schema: JSONValue, value: any Decodable
  ) {
    let values = try schemas.schema(of: Value.self)
    return (
      .object(["type": .string("object"), "additionalProperties": values]), [Key: Value]()
    )
  }
}

extension Optional: SchemaList where Wrapped: Decodable {
  static func read(with schemas: inout RecordSchemas) throws -> (
    schema: JSONValue, value: any Decodable
  ) {
    (RecordSchemas.optional(try schemas.schema(of: Wrapped.self)), Self.none)
  }
}

/// A type that says of itself that no value of it can be named.
private struct NoExample: Error {}

/// One of some words: the schema is made from them.
protocol WordChoice: SchemaDescribed, RawRepresentable, CaseIterable where RawValue == String {}

extension WordChoice {
  static var example: Self? { allCases.first }
  static var schema: JSONValue {
    .object([
      "type": .string("string"), "enum": .array(allCases.map { .string($0.rawValue) }),
    ])
  }
}

// MARK: The decoder

private struct RecordDecoder: Decoder {
  let notes: RecordNotes
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    notes.fields = notes.fields ?? [:]
    return KeyedDecodingContainer(RecordFields<Key>(notes: notes))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unreadable }

  func singleValueContainer() -> any SingleValueDecodingContainer { RecordValue(notes: notes) }

  /// Its form has to be written down, as a `SchemaDescribed`.
  private var unreadable: any Error {
    DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "This has no fields."))
  }
}

private struct RecordValue: SingleValueDecodingContainer {
  let notes: RecordNotes
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let (schema, value) = try notes.schemas.read(type)
    notes.whole = schema
    return try cast(value, to: type)
  }
}

private struct RecordFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let notes: RecordNotes
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let (schema, value) = try notes.schemas.read(type)
    notes.fields?[key.stringValue] = schema
    notes.required.insert(key.stringValue)
    return try cast(value, to: type)
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    notes.fields?[key.stringValue] = RecordSchemas.optional(try notes.schemas.read(type).schema)
    return nil
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    try noteOptional(type, key)
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try noteOptional(type, key)
  }

  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try noteOptional(type, key)
  }

  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
    try noteOptional(type, key)
  }

  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try noteOptional(type, key)
  }

  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
    try noteOptional(type, key)
  }

  private func noteOptional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    notes.fields?[key.stringValue] = RecordSchemas.optional(try notes.schemas.read(type).schema)
    return nil
  }

  func nestedContainer<Nested>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw unreadable(key) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw unreadable(key)
  }

  func superDecoder() throws -> any Decoder { RecordDecoder(notes: notes) }
  func superDecoder(forKey key: Key) throws -> any Decoder { RecordDecoder(notes: notes) }

  private func unreadable(_ key: Key) -> any Error {
    DecodingError.dataCorrupted(.init(codingPath: [key], debugDescription: "This is nested."))
  }
}

private func cast<Value>(_ value: any Decodable, to type: Value.Type) throws -> Value {
  guard let value = value as? Value else {
    throw DecodingError.typeMismatch(
      type, .init(codingPath: [], debugDescription: "\(value) is no \(type)."))
  }
  return value
}
