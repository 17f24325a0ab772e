/// How two networks differ, layer by layer.
public struct NetworkDifference: Codable, Equatable, Sendable {
  /// One setting that is not the same.
  public struct Field: Codable, Equatable, Sendable {
    /// The key in model files, or `type`, `incomings`, `output shape`.
    public var field: String
    /// The value in the first network, as a model file has it.
    public var from: String
    /// The value in the second network.
    public var to: String

    /// Makes a field from its parts.
    public init(field: String, from: String, to: String) {
      self.field = field
      self.from = from
      self.to = to
    }
  }

  /// One layer that both have, but not the same.
  public struct Change: Codable, Equatable, Sendable {
    /// Its name in the second network.
    public var layer: String
    /// Its name in the first network, where that is another.
    public var formerName: String?
    /// What differs; empty where it is the name alone.
    public var fields: [Field]

    /// Makes a change from its parts.
    public init(layer: String, formerName: String?, fields: [Field]) {
      self.layer = layer
      self.formerName = formerName
      self.fields = fields
    }
  }

  /// One layer that only one of the networks has.
  public struct Layer: Codable, Equatable, Sendable {
    /// Its name.
    public var layer: String
    /// Its type.
    public var type: String
    /// What sets it apart in a few words.
    public var detail: String

    /// Makes a layer from its parts.
    public init(layer: String, type: String, detail: String) {
      self.layer = layer
      self.type = type
      self.detail = detail
    }
  }

  /// The first network's name.
  public var from: String
  /// The second network's name.
  public var to: String
  /// Layers that only the second has.
  public var added: [Layer]
  /// Layers that only the first has.
  public var removed: [Layer]
  /// Layers that both have, but not the same.
  public var changed: [Change]
  /// What differs of the networks as a whole: `outputs`.
  public var fields: [Field]
  /// The number of weights of the first.
  public var parametersFrom: Int
  /// The number of weights of the second.
  public var parametersTo: Int

  /// Makes a difference from its parts.
  public init(
    from: String, to: String, added: [Layer], removed: [Layer], changed: [Change],
    fields: [Field], parametersFrom: Int, parametersTo: Int
  ) {
    self.from = from
    self.to = to
    self.added = added
    self.removed = removed
    self.changed = changed
    self.fields = fields
    self.parametersFrom = parametersFrom
    self.parametersTo = parametersTo
  }

  /// Whether the networks are the same but for their names.
  public var isEmpty: Bool {
    added.isEmpty && removed.isEmpty && changed.isEmpty && fields.isEmpty
  }
}
