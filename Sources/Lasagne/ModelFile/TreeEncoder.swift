/// Encodes layers to a model tree with their keys in the order they are written.
struct TreeEncoder: Encoder {
  let slot: TreeSlot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ slot: TreeSlot = TreeSlot(), path: [any CodingKey] = []) {
    self.slot = slot
    codingPath = path
  }

  static func tree(_ value: some Encodable) throws -> ModelTree {
    let encoder = TreeEncoder()
    try value.encode(to: encoder)
    return encoder.slot.tree
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if slot.members == nil { slot.members = [] }
    return KeyedEncodingContainer(KeyedTreeWriter<Key>(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if slot.elements == nil { slot.elements = [] }
    return ListTreeWriter(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ValueTreeWriter(slot: slot, codingPath: codingPath)
  }
}

/// A place in the tree that is being written.
final class TreeSlot {
  var members: [(key: String, slot: TreeSlot)]?
  var elements: [TreeSlot]?
  var value: ModelTree = .null

  var tree: ModelTree {
    if let members {
      .object(members.map { ModelTree.Member(key: $0.key, value: $0.slot.tree) })
    } else if let elements {
      .list(elements.map(\.tree))
    } else {
      value
    }
  }

  func member(_ key: any CodingKey) -> TreeSlot {
    let slot = TreeSlot()
    members = (members ?? []) + [(key.stringValue, slot)]
    return slot
  }

  func element() -> TreeSlot {
    let slot = TreeSlot()
    elements = (elements ?? []) + [slot]
    return slot
  }
}

private struct KeyedTreeWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: TreeSlot
  let codingPath: [any CodingKey]

  private func encoder(_ key: Key) -> TreeEncoder {
    TreeEncoder(slot.member(key), path: codingPath + [key])
  }

  mutating func encodeNil(forKey key: Key) throws { _ = slot.member(key) }
  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    var container = encoder(key).singleValueContainer()
    try container.encode(value)
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  {
    encoder(key).container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder { TreeEncoder(slot, path: codingPath) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct ListTreeWriter: UnkeyedEncodingContainer {
  let slot: TreeSlot
  let codingPath: [any CodingKey]
  var count: Int { slot.elements?.count ?? 0 }

  private func encoder() -> TreeEncoder {
    TreeEncoder(slot.element(), path: codingPath + [NameKey("\(count)")])
  }

  mutating func encodeNil() throws { _ = slot.element() }
  mutating func encode<Value: Encodable>(_ value: Value) throws {
    var container = encoder().singleValueContainer()
    try container.encode(value)
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type)
    -> KeyedEncodingContainer<Nested>
  {
    encoder().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder().unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder { encoder() }
}

private struct ValueTreeWriter: SingleValueEncodingContainer {
  let slot: TreeSlot
  let codingPath: [any CodingKey]

  mutating func encodeNil() throws { slot.value = .null }
  mutating func encode(_ value: Bool) throws { slot.value = .bool(value) }
  mutating func encode(_ value: String) throws { slot.value = .text(value) }
  mutating func encode(_ value: Double) throws { slot.value = .double(value) }
  mutating func encode(_ value: Float) throws { slot.value = .double(Double(value)) }
  mutating func encode(_ value: Int) throws { slot.value = .int(value) }
  mutating func encode<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let value as ModelTree: slot.value = value
    case let value as Bool: slot.value = .bool(value)
    case let value as String: slot.value = .text(value)
    case let value as Double: slot.value = .double(value)
    case let value as Float: slot.value = .double(Double(value))
    case let value as any FixedWidthInteger: slot.value = .int(Int(clamping: value))
    default: try value.encode(to: TreeEncoder(slot, path: codingPath))
    }
  }
}
