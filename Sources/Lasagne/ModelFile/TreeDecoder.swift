/// Decodes layers from a model tree and remembers which keys were asked for, so that a key nobody
/// asks for is noticed.
struct TreeDecoder: Decoder {
  let tree: ModelTree
  let codingPath: [any CodingKey]
  let usage: KeyUsage
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ tree: ModelTree, path: [any CodingKey] = [], usage: KeyUsage = KeyUsage()) {
    self.tree = tree
    codingPath = path
    self.usage = usage
  }

  func child(_ tree: ModelTree, _ key: any CodingKey) -> TreeDecoder {
    TreeDecoder(tree, path: codingPath + [key], usage: usage)
  }

  func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
    .typeMismatch(
      type,
      .init(
        codingPath: codingPath, debugDescription: "got \(tree.shown), expected \(expected)"))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = tree else { throw mismatch(type, "a mapping") }
    return KeyedDecodingContainer(
      TreeKeyedContainer<Key>(decoder: self, members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let values) = tree else { throw mismatch([Any].self, "a list") }
    return TreeListContainer(decoder: self, values: values)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    TreeValueContainer(decoder: self)
  }

  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let scalar: Any?
    switch type {
    case is Bool.Type: scalar = try TreeValueContainer(decoder: self).decode(Bool.self)
    case is String.Type: scalar = try TreeValueContainer(decoder: self).decode(String.self)
    case is Double.Type: scalar = try TreeValueContainer(decoder: self).decode(Double.self)
    case is Float.Type: scalar = try TreeValueContainer(decoder: self).decode(Float.self)
    case is Int.Type: scalar = try TreeValueContainer(decoder: self).decode(Int.self)
    default: scalar = nil
    }
    if let scalar, let value = scalar as? Value { return value }
    try checkWord(type)
    return try Value(from: self)
  }
}

extension TreeDecoder {
  /// Refuses a word that is none of those an enumeration has.
  private func checkWord<Value>(_ type: Value.Type) throws {
    guard let words = type as? any (CaseIterable & RawRepresentable).Type,
      case .text(let word) = tree
    else { return }
    let known = Self.words(words)
    guard known.isEmpty || known.contains(word) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: codingPath,
          debugDescription: "there is no '\(word)': " + Spelling.hint(for: word, among: known)))
    }
  }

  static func words<Words: CaseIterable & RawRepresentable>(
    _ type: Words.Type
  ) -> [String] {
    type.allCases.compactMap { $0.rawValue as? String }
  }
}

/// Which keys were asked for in which mapping.
final class KeyUsage {
  private var asked: [String: Set<String>] = [:]
  private var present: [String: [String]] = [:]

  func opened(_ path: [any CodingKey], _ keys: [String]) {
    present[text(path)] = keys
  }

  func ask(_ key: String, at path: [any CodingKey]) {
    asked[text(path), default: []].insert(key)
  }

  /// The keys that were there but never asked for, with those that were.
  func unknownKeys() -> [(path: String, key: String, known: [String])] {
    present.keys.sorted().flatMap { path in
      let known = asked[path] ?? []
      return (present[path] ?? []).filter { !known.contains($0) }
        .map { (path, $0, known.sorted()) }
    }
  }

  private func text(_ path: [any CodingKey]) -> String {
    path.map(\.stringValue).joined(separator: ".")
  }
}

private struct TreeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: TreeDecoder
  let members: [String: ModelTree]
  let allKeys: [Key]
  var codingPath: [any CodingKey] { decoder.codingPath }

  init(decoder: TreeDecoder, members: [ModelTree.Member]) {
    self.decoder = decoder
    self.members = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    allKeys = members.compactMap { Key(stringValue: $0.key) }
    decoder.usage.opened(decoder.codingPath, members.map(\.key))
  }

  private func member(_ key: Key) throws -> TreeDecoder {
    decoder.usage.ask(key.stringValue, at: codingPath)
    guard let value = members[key.stringValue] else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "needs the key '\(key.stringValue)'"))
    }
    return decoder.child(value, key)
  }

  func contains(_ key: Key) -> Bool {
    decoder.usage.ask(key.stringValue, at: codingPath)
    return members[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).tree == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).value(type)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  {
    try member(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }
}

private struct TreeListContainer: UnkeyedDecodingContainer {
  let decoder: TreeDecoder
  let values: [ModelTree]
  var currentIndex = 0
  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex >= values.count }

  init(decoder: TreeDecoder, values: [ModelTree]) {
    self.decoder = decoder
    self.values = values
  }

  private mutating func next() throws -> TreeDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Any.self, .init(codingPath: codingPath, debugDescription: "has only \(values.count) values")
      )
    }
    defer { currentIndex += 1 }
    return decoder.child(values[currentIndex], NameKey("\(currentIndex)"))
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, values[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().value(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
    -> KeyedDecodingContainer<Nested>
  {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}
