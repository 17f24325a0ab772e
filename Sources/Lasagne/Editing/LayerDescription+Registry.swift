import Records

extension LayerRegistry {
  /// Every layer that a model file may name, in the order in which a person is offered them.
  ///
  /// Layers of one's own come last.
  public var descriptions: [LayerDescription] {
    let own = Set(names).subtracting(LayerVariant.all.keys)
      .subtracting(Self.aliases.map(\.0))
    let standard = Self.standardTypes.map { $0.typeName }.filter { own.contains($0) }
    let further = own.subtracting(standard).sorted()
    let described = (standard + further).compactMap { name in
      type(named: name).flatMap(Self.description)
    }
    let order = LayerHelp.groups + ["Your own"]
    return described.enumerated().sorted { first, second in
      let places = [first, second].map { order.firstIndex(of: $0.element.group) ?? order.count }
      return places[0] != places[1] ? places[0] < places[1] : first.offset < second.offset
    }.map(\.element)
  }

  /// A layer type as a person sees it; nil for one that no file can hold.
  private static func description(_ type: any Layer.Type) -> LayerDescription? {
    guard type != ExpressionLayer.self else { return nil }
    let name = type.typeName
    let help = LayerHelp.layers[name]
    let most = type.incomingCount.upperBound
    return LayerDescription(
      type: name, group: help?.group ?? "Your own", summary: help?.text ?? "A layer of your own.",
      prefix: type.namePrefix, leastIncomings: type.incomingCount.lowerBound,
      mostIncomings: most > 1000 ? nil : most,
      settings: (type as? any DescribedLayer.Type).map { settings($0) } ?? [])
  }

  private static func settings<Described: DescribedLayer>(
    _ type: Described.Type
  ) -> [SettingDescription] {
    type.settings.map { setting in
      let (kind, words) = kind(of: setting.valueType, key: setting.key)
      return SettingDescription(
        key: setting.key, kind: kind, isRequired: setting.isRequired,
        allowsNull: setting.valueType is any OptionalSetting.Type,
        standard: setting.isRequired ? nil : standard(setting).map(JSONValue.init),
        words: words,
        help: LayerHelp.text(setting.key, of: type.typeName) ?? "A setting of this layer.")
    }
  }

  private static func standard<Described: DescribedLayer>(
    _ setting: LayerSetting<Described>
  ) -> ModelTree? {
    let encoder = TreeEncoder()
    var container = encoder.container(keyedBy: NameKey.self)
    guard (try? setting.write(Described(), nil, &container)) != nil else { return nil }
    return encoder.slot.tree[setting.key]
  }

  private static func kind(
    of type: Any.Type, key: String
  ) -> (SettingDescription.Kind, words: [String]) {
    let type = (type as? any OptionalSetting.Type)?.wrapped ?? type
    switch type {
    case is Int.Type: return (.wholeNumber, [])
    case is Double.Type: return (.number, [])
    case is Bool.Type: return (.flag, [])
    case is String.Type: return (.layer, [])
    case is Nonlinearity.Type: return (.nonlinearity, Nonlinearity.names)
    case is ParameterSource.Type, is InitialState.Type: return (.source, Initializer.names)
    case is Padding.Type: return (.sizes, ["valid", "same", "full"])
    case is Sizes.Type: return (.sizes, [])
    case is Axes.Type: return (.sizes, ["auto", "spatial", "features", "all"])
    case let words as any (CaseIterable & RawRepresentable).Type:
      return (.choice, TreeDecoder.words(words))
    default: return (.value, [])
    }
  }
}

/// A setting that may be null.
private protocol OptionalSetting {
  static var wrapped: Any.Type { get }
}

extension Optional: OptionalSetting {
  static var wrapped: Any.Type { Wrapped.self }
}

extension JSONValue {
  /// What a model file has, as JSON.
  init(_ tree: ModelTree) {
    switch tree {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .number(Double(value))
    case .double(let value) where value.isFinite: self = .number(value)
    case .double(let value): self = .string(value.isNaN ? ".nan" : value > 0 ? ".inf" : "-.inf")
    case .text(let value): self = .string(value)
    case .list(let values): self = .array(values.map(JSONValue.init))
    case .object(let members):
      self = .object(
        Dictionary(members.map { ($0.key, JSONValue($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }
}
