import Tensors

/// A recurrent layer made of two networks:
/// `h = nonlinearity(inputToHidden(x) + hiddenToHidden(h))` for each step.
///
/// Both networks have one input and one output. A parameter is called as in its network, `inner.W`;
/// where another has that name already, by its place, `layer.hidden_to_hidden.inner.W`.
/// Parameters in order: hid_init, those of `inputToHidden`, those of `hiddenToHidden`. Gradients are
/// clipped at the sum.
public struct CustomRecurrentLayer: SequenceLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// What is computed of each step's input.
  public var inputToHidden: NestedNetwork
  /// What is computed of the state.
  public var hiddenToHidden: NestedNetwork
  /// What is applied to the sum of each step.
  public var nonlinearity: Nonlinearity
  /// Where the state begins.
  public var hidInit: InitialState
  /// How it walks, and how gradients come back.
  public var recurrence: Recurrence

  /// A layer made of two networks.
  public init(
    inputToHidden: Network, hiddenToHidden: Network, nonlinearity: Nonlinearity = .rectify,
    hidInit: InitialState = .constant(0), backwards: Bool = false, learnInit: Bool = false,
    gradientSteps: Int = -1, gradClipping: Double = 0, unrollScan: Bool = false,
    precomputeInput: Bool = true, maskInput: String? = nil, onlyReturnFinal: Bool = false,
    name: String? = nil
  ) {
    self.name = name
    self.inputToHidden = NestedNetwork(inputToHidden)
    self.hiddenToHidden = NestedNetwork(hiddenToHidden)
    self.nonlinearity = nonlinearity
    self.hidInit = hidInit
    recurrence = Recurrence(
      backwards: backwards, learnInit: learnInit, gradientSteps: gradientSteps,
      gradClipping: gradClipping, unrollScan: unrollScan, precomputeInput: precomputeInput,
      maskInput: maskInput, onlyReturnFinal: onlyReturnFinal)
  }

  /// The layer with every default, and networks without layers.
  public init() { self.init(inputToHidden: .empty, hiddenToHidden: .empty) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<CustomRecurrentLayer>] {
    [
      .required("inputToHidden", \.inputToHidden), .required("hiddenToHidden", \.hiddenToHidden),
      .optional("nonlinearity", \.nonlinearity), .optional("hidInit", \.hidInit),
    ] + recurrenceSettings
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "recurrent" }
  /// Its states and where each begins.
  public var initialStates: [(name: String, start: InitialState)] { [("hid_init", hidInit)] }

  /// What sets it apart in a few words.
  public var detail: String {
    detail([
      "\(inputToHidden.network.layers.count) + \(hiddenToHidden.network.layers.count) layers inside",
      nonlinearity.name,
    ])
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let given = try inputToHidden.shapes("inputToHidden")
    let carried = try hiddenToHidden.shapes("hiddenToHidden")
    let output = try sequenceShape(inputs, state: carried.output)
    let features = Array(inputs[0].dropFirst(2))
    guard features.agrees(with: given.input) else {
      throw NetworkError(
        "has an inputToHidden that needs \(given.input.text) for each step, got \(features.text); "
          + "change the shape of its input layer.")
    }
    guard given.output.agrees(with: carried.output), carried.input.agrees(with: carried.output)
    else {
      throw NetworkError(
        "needs networks whose outputs and hiddenToHidden's input have one shape, got "
          + "\(given.output.text) from inputToHidden, and \(carried.output.text) from hiddenToHidden "
          + "for an input of \(carried.input.text).")
    }
    return output
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    try stateParameters(["hid_init"], state: hiddenToHidden.shapes("hiddenToHidden").output)
      + inputToHidden.parameters("input_to_hidden")
      + hiddenToHidden.parameters("hidden_to_hidden")
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let walk = try SequenceWalk(self, inputs, context)
    let inputToHidden = try inputToHidden.bound("input_to_hidden", to: context)
    let hiddenToHidden = try hiddenToHidden.bound("hidden_to_hidden", to: context)
    let input = inputs[0]
    var sums: Tensor?
    if recurrence.precomputeInput {
      let steps = try input.reshaped(
        [input.shape[0] * input.shape[1]] + input.shape.dropFirst(2))
      let output = try inputToHidden(steps)
      sums = try output.reshaped(Array(input.shape.prefix(2)) + output.shape.dropFirst())
    }
    return try walk.run { (time, states) throws(TensorError) in
      let given =
        if let sums {
          try sums.selected(axis: 1, index: time)
        } else {
          try inputToHidden(input.selected(axis: 1, index: time))
        }
      let sum = try given + hiddenToHidden(states[0])
      return [try nonlinearity(walk.clipped(sum))]
    }
  }
}
