import Lasagne

/// Chooses parameters by layer, by name and by tag.
struct ParameterChoice {
  /// Names of layers, or full names of parameters; `nil` lets all pass.
  let names: [String]?
  /// Tags that must be there, and tags that must not.
  let tags: TagFilter

  func accepts(_ parameter: NetworkParameter) -> Bool {
    guard tags.accepts(parameter.tags) else { return false }
    guard let names else { return true }
    return names.contains(parameter.layer) || names.contains(parameter.fullName)
  }

  /// Refuses names that nothing in the network has, and a choice of nothing.
  func check(_ parameters: [NetworkParameter], field: String) throws(TrainingError) {
    let known = parameters.map(\.layer) + parameters.map(\.fullName)
    for name in names ?? [] where !known.contains(name) {
      var seen: Set<String> = []
      let hint = Spelling.hint(for: name, among: known.filter { seen.insert($0).inserted })
      throw TrainingError(
        .recipe,
        "The recipe's \(field) name '\(name)', but the network has no layer with parameters and no "
          + "parameter of this name: \(hint)")
    }
    guard parameters.contains(where: accepts) else {
      throw TrainingError(
        .recipe,
        "The recipe's \(field) choose no parameter: none has the layers and tags it asks for.")
    }
  }
}

extension ParameterTag: NamedChoice {}
extension Penalty: NamedChoice {}
extension Precision: NamedChoice {}

/// A price on some parameters, added to the loss: `{penalty: l1, weight: 0.001, layers: [conv1]}`.
///
/// For Lasagne's `regularize_layer_params_weighted` and `regularize_network_params` with tags.
public struct PenaltyTerm: Equatable, Sendable {
  /// What is priced.
  public var penalty: Penalty
  /// What the penalty is multiplied with.
  public var weight: Double
  /// Names of layers, or full names of parameters; `nil` takes all layers.
  public var layers: [String]?
  /// The tags a parameter must have.
  public var tags: [ParameterTag]
  /// The tags a parameter must not have.
  public var without: [ParameterTag]

  /// A price on regularizable parameters unless told otherwise.
  public init(
    _ penalty: Penalty = .l2, weight: Double = 1e-4, layers: [String]? = nil,
    tags: [ParameterTag] = [.regularizable], without: [ParameterTag] = []
  ) {
    self.penalty = penalty
    self.weight = weight
    self.layers = layers
    self.tags = tags
    self.without = without
  }

  var choice: ParameterChoice {
    ParameterChoice(
      names: layers, tags: TagFilter(required: Set(tags), forbidden: Set(without)))
  }
}

extension PenaltyTerm: FieldedValue {
  static var kind: String { "penalty" }
  static var usual: PenaltyTerm { PenaltyTerm() }

  /// Reads a penalty; fields that are left out keep their usual value.
  public init(from decoder: any Decoder) throws { try self.init(fieldsFrom: decoder) }

  /// Writes every field.
  public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

  mutating func visitFields(_ visitor: some FieldVisitor) throws {
    try visitor.visit("penalty", &penalty)
    try visitor.visit("weight", &weight)
    try visitor.visit("layers", &layers)
    try visitor.visit("tags", &tags)
    try visitor.visit("without", &without)
  }

  func validate() throws(TrainingError) {
    try require(
      weight.isFinite && weight >= 0, "weight", weight, "a number that is not negative")
  }
}

/// A limit on the norm of each unit's incoming weights, kept after every update:
/// `{maxNorm: 3, layers: [dense1]}`.
///
/// For Lasagne's `norm_constraint`.
public struct NormLimit: Equatable, Sendable {
  /// The largest norm.
  public var maxNorm: Double
  /// Names of layers, or full names of parameters; `nil` takes all with 2 to 5 axes.
  public var layers: [String]?
  /// The axes that are summed over; `nil` takes those of a unit's incoming weights.
  public var axes: [Int]?

  /// A limit on the regularizable parameters of some layers, or of all.
  public init(_ maxNorm: Double = 3, layers: [String]? = nil, axes: [Int]? = nil) {
    self.maxNorm = maxNorm
    self.layers = layers
    self.axes = axes
  }

  var choice: ParameterChoice {
    ParameterChoice(names: layers, tags: TagFilter(required: [.trainable, .regularizable]))
  }

  /// Whether the limit acts on a parameter.
  func accepts(_ parameter: NetworkParameter) -> Bool {
    guard choice.accepts(parameter) else { return false }
    let rank = parameter.shape.count
    guard let axes else { return (2...5).contains(rank) }
    return axes.allSatisfy { (-rank..<rank).contains($0) }
  }
}

extension NormLimit: FieldedValue {
  static var kind: String { "norm constraint" }
  static var usual: NormLimit { NormLimit() }

  /// Reads a limit; fields that are left out keep their usual value.
  public init(from decoder: any Decoder) throws { try self.init(fieldsFrom: decoder) }

  /// Writes every field.
  public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

  mutating func visitFields(_ visitor: some FieldVisitor) throws {
    try visitor.visit("maxNorm", &maxNorm)
    try visitor.visit("layers", &layers)
    try visitor.visit("axes", &axes)
  }

  func validate() throws(TrainingError) {
    try require(maxNorm.isFinite && maxNorm > 0, "maxNorm", maxNorm, "positive")
  }
}
