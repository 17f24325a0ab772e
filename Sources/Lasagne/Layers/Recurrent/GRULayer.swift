import Tensors

/// The gated recurrent unit: `h = (1 - u) · h + u · c`.
///
/// Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014.
/// The resetgate multiplies `h · W_hid_to_hidden_update`, not `h`. Parameters in order: W_in_to_…,
/// W_hid_to_… and b_… of updategate, resetgate and hidden_update; hid_init. Gradients are clipped at the
/// input's sums (at the input itself where `precomputeInput` is false), at the state's sums, and at the
/// sum of the new state.
public struct GRULayer: SequenceLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of units.
  public var numUnits: Int
  /// How much of the state enters the new one.
  public var resetgate: Gate
  /// How much of the state is replaced.
  public var updategate: Gate
  /// What replaces it.
  public var hiddenUpdate: Gate
  /// Where the state begins.
  public var hidInit: InitialState
  /// How it walks, and how gradients come back.
  public var recurrence: Recurrence

  /// A layer with so many units.
  public init(
    _ numUnits: Int, resetgate: Gate = Gate(WCell: nil), updategate: Gate = Gate(WCell: nil),
    hiddenUpdate: Gate = .cell, hidInit: InitialState = .constant(0), backwards: Bool = false,
    learnInit: Bool = false, gradientSteps: Int = -1, gradClipping: Double = 0,
    unrollScan: Bool = false, precomputeInput: Bool = true, maskInput: String? = nil,
    onlyReturnFinal: Bool = false, name: String? = nil
  ) {
    self.name = name
    self.numUnits = numUnits
    self.resetgate = resetgate
    self.updategate = updategate
    self.hiddenUpdate = hiddenUpdate
    self.hidInit = hidInit
    recurrence = Recurrence(
      backwards: backwards, learnInit: learnInit, gradientSteps: gradientSteps,
      gradClipping: gradClipping, unrollScan: unrollScan, precomputeInput: precomputeInput,
      maskInput: maskInput, onlyReturnFinal: onlyReturnFinal)
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<GRULayer>] {
    [
      .required("numUnits", \.numUnits), .optional("resetgate", \.resetgate),
      .optional("updategate", \.updategate), .optional("hiddenUpdate", \.hiddenUpdate),
      .optional("hidInit", \.hidInit),
    ] + recurrenceSettings
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "gru" }
  /// Its states and where each begins.
  public var initialStates: [(name: String, start: InitialState)] { [("hid_init", hidInit)] }

  /// What sets it apart in a few words.
  public var detail: String { detail(["\(numUnits) units"]) }

  /// The same layer with each setting in its shortest form.
  public var canonical: GRULayer {
    var copy = self
    copy.resetgate.WCell = nil
    copy.updategate.WCell = nil
    copy.hiddenUpdate.WCell = nil
    return copy
  }

  private static let gateNames = ["updategate", "resetgate", "hidden_update"]

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard numUnits > 0 else {
      throw NetworkError("needs at least 1 unit, got numUnits \(numUnits).")
    }
    return try sequenceShape(inputs, state: [numUnits])
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let features = try inputs[0].featureCount()
    let specs = zip(Self.gateNames, [updategate, resetgate, hiddenUpdate]).flatMap {
      $1.parameters($0, features: features, units: numUnits)
    }
    return try specs + stateParameters(["hid_init"], state: [numUnits])
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let walk = try SequenceWalk(self, inputs, context)
    // Every entry of the input enters one step only: clipping before the walk is clipping in it.
    let clipsInput = !recurrence.precomputeInput
    let input = clipsInput ? try walk.clipped(inputs[0]) : inputs[0]
    var inputSums = try input.sequenceProduct(
      context.joined("W_in_to_", Self.gateNames), context.joined("b_", Self.gateNames))
    if !clipsInput { inputSums = try walk.clipped(inputSums) }
    let W = try context.joined("W_hid_to_", Self.gateNames)
    return try walk.run { (time, states) throws(TensorError) in
      let hidden = states[0]
      let given = try inputSums.selected(axis: 1, index: time)
      let carried = try walk.clipped(hidden.matmul(W))
      func sum(_ gate: Int) throws(TensorError) -> Tensor {
        try given.part(gate, width: numUnits) + carried.part(gate, width: numUnits)
      }
      let update = try updategate.nonlinearity(sum(0))
      let reset = try resetgate.nonlinearity(sum(1))
      let new = try hiddenUpdate.nonlinearity(
        walk.clipped(
          given.part(2, width: numUnits) + reset * carried.part(2, width: numUnits)))
      return [try (1 - update) * hidden + update * new]
    }
  }
}
