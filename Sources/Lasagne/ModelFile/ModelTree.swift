/// What a model file holds once its text is read: the same for YAML and JSON, keys in order.
indirect enum ModelTree: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case text(String)
  case list([ModelTree])
  case object([Member])

  struct Member: Equatable, Sendable {
    var key: String
    var value: ModelTree
  }

  /// The member with this key, if this is an object that has it.
  subscript(_ key: String) -> ModelTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The value as error sentences show it.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .text(let value): "the text '\(value.count > 40 ? value.prefix(40) + "…" : value)'"
    case .list(let values): "a list of \(values.count)"
    case .object(let members):
      "a mapping with the keys " + members.prefix(5).map(\.key).joined(separator: ", ")
    }
  }
}

extension ModelTree: Codable {
  /// Reads any tree; for networks inside other Codable values.
  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: NameKey.self) {
      self = .object(
        try container.allKeys.map {
          Member(key: $0.stringValue, value: try container.decode(ModelTree.self, forKey: $0))
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [ModelTree] = []
      while !container.isAtEnd { values.append(try container.decode(ModelTree.self)) }
      self = .list(values)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Int.self) {
        self = .int(value)
      } else if let value = try? container.decode(Double.self) {
        self = .double(value)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// Writes the tree.
  func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: NameKey.self)
      for member in members { try container.encode(member.value, forKey: NameKey(member.key)) }
    case .list(let values):
      var container = encoder.unkeyedContainer()
      for value in values { try container.encode(value) }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .int(let value): try value.encode(to: encoder)
    case .double(let value): try value.encode(to: encoder)
    case .text(let value): try value.encode(to: encoder)
    }
  }
}
