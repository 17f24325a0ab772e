import Tensors

/// Long short-term memory (Hochreiter & Schmidhuber 1997) with peepholes (Gers & Schmidhuber 2000).
///
/// The ingate and the forgetgate look at the cell before the step, the outgate at the new one.
/// Parameters in order: W_in_to_…, W_hid_to_… and b_… of ingate, forgetgate, cell and outgate; the
/// peepholes W_cell_to_… of ingate, forgetgate and outgate; cell_init, hid_init. Gradients are clipped
/// at the four sums, before the peepholes are added.
public struct LSTMLayer: SequenceLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of units.
  public var numUnits: Int
  /// How much of the new input enters the cell.
  public var ingate: Gate
  /// How much of the cell is kept.
  public var forgetgate: Gate
  /// What enters the cell.
  public var cell: Gate
  /// How much of the cell is shown.
  public var outgate: Gate
  /// What is applied to the cell before it is shown.
  public var nonlinearity: Nonlinearity
  /// Where the cell begins.
  public var cellInit: InitialState
  /// Where the hidden state begins.
  public var hidInit: InitialState
  /// Whether gates look at the cell.
  public var peepholes: Bool
  /// How it walks, and how gradients come back.
  public var recurrence: Recurrence

  /// A layer with so many units.
  public init(
    _ numUnits: Int, ingate: Gate = Gate(), forgetgate: Gate = Gate(), cell: Gate = .cell,
    outgate: Gate = Gate(), nonlinearity: Nonlinearity = .tanh,
    cellInit: InitialState = .constant(0), hidInit: InitialState = .constant(0),
    backwards: Bool = false, learnInit: Bool = false, peepholes: Bool = true,
    gradientSteps: Int = -1, gradClipping: Double = 0, unrollScan: Bool = false,
    precomputeInput: Bool = true, maskInput: String? = nil, onlyReturnFinal: Bool = false,
    name: String? = nil
  ) {
    self.name = name
    self.numUnits = numUnits
    self.ingate = ingate
    self.forgetgate = forgetgate
    self.cell = cell
    self.outgate = outgate
    self.nonlinearity = nonlinearity
    self.cellInit = cellInit
    self.hidInit = hidInit
    self.peepholes = peepholes
    recurrence = Recurrence(
      backwards: backwards, learnInit: learnInit, gradientSteps: gradientSteps,
      gradClipping: gradClipping, unrollScan: unrollScan, precomputeInput: precomputeInput,
      maskInput: maskInput, onlyReturnFinal: onlyReturnFinal)
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<LSTMLayer>] {
    [
      .required("numUnits", \.numUnits), .optional("ingate", \.ingate),
      .optional("forgetgate", \.forgetgate), .optional("cell", \.cell),
      .optional("outgate", \.outgate), .optional("nonlinearity", \.nonlinearity),
      .optional("cellInit", \.cellInit), .optional("hidInit", \.hidInit),
      .optional("peepholes", \.peepholes),
    ] + recurrenceSettings
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "lstm" }
  /// Its states and where each begins.
  public var initialStates: [(name: String, start: InitialState)] {
    [("hid_init", hidInit), ("cell_init", cellInit)]
  }

  /// What sets it apart in a few words.
  public var detail: String {
    detail(["\(numUnits) units"] + (peepholes ? [] : ["no peepholes"]))
  }

  /// The same layer with each setting in its shortest form.
  public var canonical: LSTMLayer {
    var copy = self
    copy.cell.WCell = nil
    if !peepholes {
      let unused = Gate().WCell
      copy.ingate.WCell = unused
      copy.forgetgate.WCell = unused
      copy.outgate.WCell = unused
    }
    return copy
  }

  private var gates: [(name: String, gate: Gate)] {
    [("ingate", ingate), ("forgetgate", forgetgate), ("cell", cell), ("outgate", outgate)]
  }

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
    var specs = gates.flatMap {
      $0.gate.parameters($0.name, features: features, units: numUnits)
    }
    for (name, gate) in gates where peepholes && name != "cell" {
      guard let source = gate.WCell else {
        throw NetworkError(
          "needs weights WCell for the peephole of its \(name), got none; give them, or set peepholes "
            + "to false.")
      }
      specs.append(ParameterSpec("W_cell_to_\(name)", shape: [numUnits], source: source))
    }
    return try specs + stateParameters(["cell_init", "hid_init"], state: [numUnits])
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let walk = try SequenceWalk(self, inputs, context)
    let gates = gates
    let names = gates.map(\.name)
    let peepholes = names.map { context.optionalParameter("W_cell_to_\($0)") }
    let sums = try inputs[0].sequenceProduct(
      context.joined("W_in_to_", names), context.joined("b_", names))
    let W = try context.joined("W_hid_to_", names)
    return try walk.run { (time, states) throws(TensorError) in
      let (hidden, cell) = (states[0], states[1])
      let sum = try walk.clipped(
        Tensor.addmm(sums.selected(axis: 1, index: time), hidden, W))
      func gate(_ index: Int, seeing cell: Tensor?) throws(TensorError) -> Tensor {
        var part = try sum.part(index, width: numUnits)
        if let cell, let peephole = peepholes[index] {
          part = try part + cell * peephole
        }
        return try gates[index].gate.nonlinearity(part)
      }
      let kept = try gate(1, seeing: cell) * cell
      let new = try kept + gate(0, seeing: cell) * gate(2, seeing: nil)
      return [try gate(3, seeing: new) * nonlinearity(new), new]
    }
  }
}

extension LayerContext {
  /// Parameters of several gates side by side, so that one product serves all.
  func joined(_ prefix: String, _ gates: [String]) throws(TensorError) -> Tensor {
    var parts: [Tensor] = []
    for gate in gates { parts.append(try parameter(prefix + gate)) }
    return try Tensor.concatenate(parts, axis: -1)
  }
}
