import Lasagne
import Tensors

// Rules for Lasagne's GRU and LSTM: a product and a pass over the numbers for each step.
extension PlanBuilder {
  /// A GRU: gates in the order update, reset, new.
  func gru(_ layer: GRULayer, _ place: PlanPlace) throws -> PlanValue {
    guard layer.updategate.nonlinearity == .sigmoid, layer.resetgate.nonlinearity == .sigmoid,
      layer.hiddenUpdate.nonlinearity == .tanh
    else { throw PlanRefusal("has unusual nonlinearities, which have no plan rule") }
    let sequence = try PlanSequence(
      layer, place, gates: ["updategate", "resetgate", "hidden_update"], units: layer.numUnits,
      joins: false, self)
    let (count, steps) = (rows * layer.numUnits, sequence.steps)
    let fresh = buffer(steps * count)
    try sequence.begin(sequence.hidden, "hid_init")
    func cell(_ position: Int) -> [Int?] {
      [
        sequence.state(sequence.carried, position, width: 3 * layer.numUnits),
        sequence.state(fresh, position), sequence.state(sequence.hidden, position),
      ]
    }
    for position in 0..<steps {
      sequence.carry(position)
      emit(
        .gruStep,
        [sequence.state(sequence.given, position, width: 3 * layer.numUnits), sequence.bias]
          + cell(position) + [sequence.state(sequence.hidden, position + 1)],
        sizes: [rows, layer.numUnits])
      sequence.give(position)
    }
    onWayBack { [self] in
      guard let outside = sequence.output.gradient else { return }
      let (givenGradient, carriedGradient) = (
        buffer(3 * steps * count), buffer(3 * steps * count)
      )
      let turned = try sequence.turnedWeights()
      var gradient = buffer(count)
      fill(gradient, with: 0)
      for position in (0..<steps).reversed() {
        sequence.take(position, into: gradient, from: outside)
        let before = buffer(count)
        let given = sequence.state(givenGradient, position, width: 3 * layer.numUnits)
        let carried = sequence.state(carriedGradient, position, width: 3 * layer.numUnits)
        emit(
          .gruStepBack, [gradient] + cell(position) + [given, carried, before],
          sizes: [rows, layer.numUnits])
        sequence.carryBack(carried, turned, to: before, adds: true)
        gradient = before
      }
      try sequence.endBack(gradient, "hid_init")
      try sequence.finish(givenGradient: givenGradient, carriedGradient: carriedGradient)
    }
    return sequence.output
  }

  /// An LSTM: gates in the order in, forget, cell, out.
  func lstm(_ layer: LSTMLayer, _ place: PlanPlace) throws -> PlanValue {
    guard
      [layer.ingate, layer.forgetgate, layer.outgate].allSatisfy({ $0.nonlinearity == .sigmoid }),
      layer.cell.nonlinearity == .tanh, layer.nonlinearity == .tanh
    else { throw PlanRefusal("has unusual nonlinearities, which have no plan rule") }
    let units = layer.numUnits
    let sequence = try PlanSequence(
      layer, place, gates: ["ingate", "forgetgate", "cell", "outgate"], units: units,
      joins: true, self)
    let (count, steps) = (rows * units, sequence.steps)
    let (cells, squashed) = (buffer((steps + 1) * count), buffer(steps * count))
    let peepholeNames = ["ingate", "forgetgate", "outgate"].map { "W_cell_to_\($0)" }
    let peepholeIndices = peepholeNames.compactMap { place.bindings[$0] }
    guard peepholeIndices.isEmpty || peepholeIndices.count == 3 else {
      throw PlanRefusal("has some of its peepholes only, which has no plan rule")
    }
    let peepholes = peepholeIndices.isEmpty ? nil : buffer(3 * units)
    for (number, index) in peepholeIndices.enumerated() {
      let part = peepholes.map { slice($0, from: number * units, count: units) }
      emit(.copyRows, [parameter(index), part], sizes: [1, units, units, units, 0])
    }
    try sequence.begin(sequence.hidden, "hid_init")
    try sequence.begin(cells, "cell_init")
    func cell(_ position: Int) -> [Int?] {
      [
        sequence.state(sequence.carried, position, width: 4 * units),
        sequence.state(cells, position), sequence.state(cells, position + 1),
        sequence.state(squashed, position),
      ]
    }
    for position in 0..<steps {
      sequence.carry(position)
      emit(
        .lstmStep,
        [sequence.bias, peepholes] + cell(position)
          + [sequence.state(sequence.hidden, position + 1)],
        sizes: [rows, units])
      sequence.give(position)
    }
    onWayBack { [self] in
      guard let outside = sequence.output.gradient else { return }
      let turned = try sequence.turnedWeights()
      let peepholeSums = peepholes.map { _ in buffer(3 * units) }
      if let peepholeSums { fill(peepholeSums, with: 0) }
      let cellGradient = buffer(count)
      fill(cellGradient, with: 0)
      var gradient = buffer(count)
      fill(gradient, with: 0)
      for position in (0..<steps).reversed() {
        sequence.take(position, into: gradient, from: outside)
        // The gates make room for their gradients.
        emit(
          .lstmStepBack,
          [gradient, cellGradient] + cell(position) + [peepholes, peepholeSums],
          sizes: [rows, units])
        let before = buffer(count)
        let gates = sequence.state(sequence.carried, position, width: 4 * units)
        sequence.carryBack(gates, turned, to: before, adds: false)
        gradient = before
      }
      try sequence.endBack(gradient, "hid_init")
      try sequence.endBack(cellGradient, "cell_init")
      for (number, index) in peepholeIndices.enumerated() {
        if let peepholeSums { sequence.addBack(peepholeSums, number * units, toParameter: index) }
      }
      try sequence.finish(givenGradient: sequence.carried, carriedGradient: sequence.carried)
    }
    return sequence.output
  }
}
