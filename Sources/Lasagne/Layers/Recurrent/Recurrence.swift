/// What all recurrent layers have in common: how they walk through time and how gradients come back.
///
/// Their input has the axes batch, steps, features….
public struct Recurrence: Equatable, Hashable, Sendable {
  /// Whether steps are computed from the last to the first; outputs keep the order of the input.
  public var backwards: Bool
  /// Whether training changes the initial states.
  public var learnInit: Bool
  /// From how many of the last computed steps gradients come; -1: all.
  public var gradientSteps: Int
  /// Each entry of the gradient of a step's sums is brought between ± this number; 0: it is left.
  public var gradClipping: Double
  /// Read and written for Lasagne's sake; steps are computed the same way with and without.
  public var unrollScan: Bool
  /// Whether the input's part of all steps is computed at once; decides where a GRU clips gradients.
  public var precomputeInput: Bool
  /// The layer with a mask of the axes batch, steps: where it is 0, a step copies the state before it.
  public var maskInput: String?
  /// Whether only the last computed step is the output, without an axis for steps.
  public var onlyReturnFinal: Bool

  /// A walk with Lasagne's defaults.
  public init(
    backwards: Bool = false, learnInit: Bool = false, gradientSteps: Int = -1,
    gradClipping: Double = 0, unrollScan: Bool = false, precomputeInput: Bool = true,
    maskInput: String? = nil, onlyReturnFinal: Bool = false
  ) {
    self.backwards = backwards
    self.learnInit = learnInit
    self.gradientSteps = gradientSteps
    self.gradClipping = gradClipping
    self.unrollScan = unrollScan
    self.precomputeInput = precomputeInput
    self.maskInput = maskInput
    self.onlyReturnFinal = onlyReturnFinal
  }
}

/// Where a recurrent layer's state begins.
public enum InitialState: Equatable, Hashable, Sendable {
  /// A parameter, the same for every sequence.
  case parameter(ParameterSource)
  /// The output of the layer with this name.
  case layer(String)

  /// A parameter that is the same number everywhere at first.
  public static func constant(_ value: Double = 0) -> InitialState { .parameter(.constant(value)) }

  var layerName: String? { if case .layer(let name) = self { name } else { nil } }
  var source: ParameterSource? { if case .parameter(let source) = self { source } else { nil } }
}

extension InitialState: Codable {
  /// Reads `{layer: name}`, or the source of a parameter.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: NameKey.self),
      container.contains(NameKey("layer"))
    {
      self = .layer(try container.decode(String.self, forKey: NameKey("layer")))
    } else {
      self = .parameter(try ParameterSource(from: decoder))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .parameter(let source): try source.encode(to: encoder)
    case .layer(let name):
      var container = encoder.container(keyedBy: NameKey.self)
      try container.encode(name, forKey: NameKey("layer"))
    }
  }
}

/// A layer that walks through time and keeps a state.
public protocol SequenceLayer: DescribedLayer, MaskedLayer {
  /// How it walks, and how gradients come back.
  var recurrence: Recurrence { get set }
  /// Its states and where each begins: the hidden state first.
  var initialStates: [(name: String, start: InitialState)] { get }
}

extension SequenceLayer {
  /// The model-file keys that all recurrent layers share.
  static var recurrenceSettings: [LayerSetting<Self>] {
    [
      .optional("backwards", \.recurrence.backwards),
      .optional("learnInit", \.recurrence.learnInit),
      .optional("gradientSteps", \.recurrence.gradientSteps),
      .optional("gradClipping", \.recurrence.gradClipping),
      .optional("unrollScan", \.recurrence.unrollScan),
      .optional("precomputeInput", \.recurrence.precomputeInput),
      .optional("maskInput", \.recurrence.maskInput),
      .optional("onlyReturnFinal", \.recurrence.onlyReturnFinal),
    ]
  }

  /// The name of the layer that gives the mask.
  public var maskInput: String? { recurrence.maskInput }

  /// The mask, then the layers that give initial states.
  public var referencedLayers: [String] {
    [recurrence.maskInput].compactMap { $0 } + initialStates.compactMap(\.start.layerName)
  }

  /// The words of a table that tell what is not a default.
  func detail(_ first: [String]) -> String {
    var words = first
    if recurrence.backwards { words.append("backwards") }
    if recurrence.onlyReturnFinal { words.append("final step only") }
    return words.joined(separator: ", ")
  }

  /// The output's shape for states of the given one (without the batch); checks all inputs.
  func sequenceShape(_ inputs: [Shape], state: Shape) throws(NetworkError) -> Shape {
    let input = inputs[0]
    guard input.count >= 3 else {
      throw NetworkError(
        "needs an input of at least 3 axes (batch, steps, features), got \(input.text); put a "
          + "ReshapeLayer before it.")
    }
    try checkRecurrence()
    var others = inputs.dropFirst().makeIterator()
    if recurrence.maskInput != nil, let mask = others.next() {
      guard mask.count == 2, [input[0], input[1]].agrees(with: mask) else {
        throw NetworkError(
          "needs a mask of shape \([input[0], input[1]].text) (batch, steps), got \(mask.text).")
      }
    }
    for (name, start) in initialStates where start.layerName != nil {
      guard let shape = others.next() else { continue }
      guard ([input[0]] + state).agrees(with: shape) else {
        throw NetworkError(
          "needs an initial state \(name) of shape \(([input[0]] + state).text), got \(shape.text) "
            + "from \(start.layerName ?? "").")
      }
    }
    return (recurrence.onlyReturnFinal ? [input[0]] : [input[0], input[1]]) + state
  }

  private func checkRecurrence() throws(NetworkError) {
    guard recurrence.gradientSteps == -1 || recurrence.gradientSteps > 0 else {
      throw NetworkError(
        "needs gradientSteps of at least 1, or -1 for all, got \(recurrence.gradientSteps).")
    }
    guard recurrence.gradClipping >= 0 else {
      throw NetworkError(
        "needs a gradClipping of 0 (off) or more, got \(recurrence.gradClipping).")
    }
    guard !recurrence.unrollScan || recurrence.gradientSteps == -1 else {
      throw NetworkError(
        "can take gradients from its last \(recurrence.gradientSteps) steps only where unrollScan is "
          + "false; leave one of them out.")
    }
  }

  /// The parameters of the initial states that are no layers, in the given order.
  func stateParameters(_ names: [String], state: Shape) throws(NetworkError) -> [ParameterSpec] {
    let lengths = try state.lengths(without: [], "its state")
    return names.compactMap { name in
      guard let source = initialStates.first(where: { $0.name == name })?.start.source else {
        return nil
      }
      return ParameterSpec(
        name, shape: [1] + lengths, source: source,
        tags: recurrence.learnInit ? [.trainable] : [])
    }
  }
}

extension Shape {
  /// Whether both may be the shape of one tensor.
  func agrees(with other: Shape) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
  }
}
