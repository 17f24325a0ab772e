/// A layer that lists its model-file keys once, with how they are read, written and left out.
///
/// `init()` gives every setting Lasagne's default; what is required has a value there that no file uses.
/// A layer of one's own may do the same, or rely on synthesized `Codable`, which then writes and needs
/// every key.
public protocol DescribedLayer: Layer {
  /// The layer with every default.
  init()
  /// The settings in the order they are written.
  static var settings: [LayerSetting<Self>] { get }
}

/// One key of a layer in model files.
public struct LayerSetting<Root> {
  let key: String
  let isRequired: Bool
  let read: (inout Root, KeyedDecodingContainer<NameKey>) throws -> Void
  let write: (Root, Root?, inout KeyedEncodingContainer<NameKey>) throws -> Void
  /// The type of its value, which tells how a person is asked for it.
  let valueType: Any.Type
  /// The value as Swift code; nil where it is that of the second layer, empty where there is no code.
  let code: (Root, Root?) -> String?
  /// Replaces where the setting's parameters come from; nothing for other settings.
  let changeSources: (inout Root, (ParameterSource) -> ParameterSource) -> Void

  /// A key that a file may leave out for the value `init()` gives.
  public static func optional<Value: Codable & Equatable>(
    _ key: String, _ path: WritableKeyPath<Root, Value>
  ) -> LayerSetting {
    LayerSetting(key: key, isRequired: false, path)
  }

  /// A key that every file must have.
  public static func required<Value: Codable & Equatable>(
    _ key: String, _ path: WritableKeyPath<Root, Value>
  ) -> LayerSetting {
    LayerSetting(key: key, isRequired: true, path)
  }

  private init<Value: Codable & Equatable>(
    key: String, isRequired: Bool, _ path: WritableKeyPath<Root, Value>
  ) {
    self.key = key
    self.isRequired = isRequired
    valueType = Value.self
    code = { root, defaults in
      Self.code(root[keyPath: path], unless: defaults.map { $0[keyPath: path] })
    }
    read = { root, container in
      root[keyPath: path] = try container.decode(Value.self, forKey: NameKey(key))
    }
    write = { root, defaults, container in
      let value = root[keyPath: path]
      if let defaults, defaults[keyPath: path] == value { return }
      try container.encode(value, forKey: NameKey(key))
    }
    changeSources = { root, change in
      guard var holder = root[keyPath: path] as? any SourceHolder else { return }
      holder.changeSources(change)
      if let value = holder as? Value { root[keyPath: path] = value }
    }
  }
}

extension DescribedLayer {
  /// Reads the listed keys; those left out keep their default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: NameKey.self)
    let settings = Self.settings
    // Every key is asked for before the first can fail, so that a misspelt one is told from a missing.
    let present = settings.map { container.contains(NameKey($0.key)) }
    for (setting, isPresent) in zip(settings, present) where isPresent || setting.isRequired {
      try setting.read(&self, container)
    }
    if container.contains(NameKey("name")) {
      name = try container.decodeIfPresent(String.self, forKey: NameKey("name"))
    }
  }

  /// Writes the keys whose value is not the default.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encodeIfPresent(name, forKey: NameKey("name"))
    let defaults = Self()
    for setting in Self.settings {
      try setting.write(self, setting.isRequired ? nil : defaults, &container)
    }
  }
}
