import Tensors

/// The plain recurrent layer: `h = nonlinearity(x · W_in_to_hid + b + h · W_hid_to_hid)` for each step.
///
/// Parameters in order: hid_init, input_to_hidden.W (features, units), input_to_hidden.b,
/// hidden_to_hidden.W (units, units). Gradients are clipped at the sum.
public struct RecurrentLayer: SequenceLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of units.
  public var numUnits: Int
  /// The weights of the input.
  public var WInToHid: ParameterSource
  /// The weights of the state.
  public var WHidToHid: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum of each step.
  public var nonlinearity: Nonlinearity
  /// Where the state begins.
  public var hidInit: InitialState
  /// How it walks, and how gradients come back.
  public var recurrence: Recurrence

  /// A layer with so many units.
  public init(
    _ numUnits: Int, WInToHid: ParameterSource = .uniform(),
    WHidToHid: ParameterSource = .uniform(), b: ParameterSource? = .constant(0),
    nonlinearity: Nonlinearity = .rectify, hidInit: InitialState = .constant(0),
    backwards: Bool = false, learnInit: Bool = false, gradientSteps: Int = -1,
    gradClipping: Double = 0, unrollScan: Bool = false, precomputeInput: Bool = true,
    maskInput: String? = nil, onlyReturnFinal: Bool = false, name: String? = nil
  ) {
    self.name = name
    self.numUnits = numUnits
    self.WInToHid = WInToHid
    self.WHidToHid = WHidToHid
    self.b = b
    self.nonlinearity = nonlinearity
    self.hidInit = hidInit
    recurrence = Recurrence(
      backwards: backwards, learnInit: learnInit, gradientSteps: gradientSteps,
      gradClipping: gradClipping, unrollScan: unrollScan, precomputeInput: precomputeInput,
      maskInput: maskInput, onlyReturnFinal: onlyReturnFinal)
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<RecurrentLayer>] {
    [
      .required("numUnits", \.numUnits), .optional("WInToHid", \.WInToHid),
      .optional("WHidToHid", \.WHidToHid), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("hidInit", \.hidInit),
    ] + recurrenceSettings
  }

  /// Its states and where each begins.
  public var initialStates: [(name: String, start: InitialState)] { [("hid_init", hidInit)] }

  /// What sets it apart in a few words.
  public var detail: String { detail(["\(numUnits) units", nonlinearity.name]) }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard numUnits > 0 else {
      throw NetworkError("needs at least 1 unit, got numUnits \(numUnits).")
    }
    return try sequenceShape(inputs, state: [numUnits])
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    var specs = try stateParameters(["hid_init"], state: [numUnits])
    let features = try inputs[0].featureCount()
    specs.append(
      ParameterSpec("input_to_hidden.W", shape: [features, numUnits], source: WInToHid))
    if let b {
      specs.append(
        ParameterSpec("input_to_hidden.b", shape: [numUnits], source: b, tags: [.trainable]))
    }
    specs.append(
      ParameterSpec("hidden_to_hidden.W", shape: [numUnits, numUnits], source: WHidToHid))
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let walk = try SequenceWalk(self, inputs, context)
    let sums = try inputs[0].sequenceProduct(
      context.parameter("input_to_hidden.W"), context.optionalParameter("input_to_hidden.b"))
    let W = try context.parameter("hidden_to_hidden.W")
    return try walk.run { (time, states) throws(TensorError) in
      let sum = try Tensor.addmm(sums.selected(axis: 1, index: time), states[0], W)
      return [try nonlinearity(walk.clipped(sum))]
    }
  }
}
