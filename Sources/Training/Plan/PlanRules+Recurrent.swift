import Lasagne
import Tensors

/// What the plans of recurrent cells have in common: products with the whole sequence, the states of
/// all steps, one after the other in memory, and the gradients of both.
struct PlanSequence {
  let builder: PlanBuilder
  let input: PlanValue
  let output: PlanValue
  /// The gates' names, in the order of the cell.
  let gates: [String]
  let units: Int
  let steps: Int
  private let place: PlanPlace
  private let recurrence: Recurrence
  /// The input, step by step in the order of the visits.
  private let visited: Int
  /// The products of all steps with the input, step by step.
  let given: Int
  /// The biases side by side.
  let bias: Int
  /// The hidden states; the first is where the sequence begins.
  let hidden: Int
  /// Products with the hidden state, step by step, with `given` added where the sequence `joins` both;
  /// the cell turns them into its gates.
  let carried: Int
  private let joins: Bool
  /// The matrices of the hidden state, in panels where plans pack them; the products of all steps read
  /// them.
  private let carrying: [Int]

  private var rows: Int { builder.rows }
  private var depth: Int { input.width / steps }
  private var width: Int { gates.count * units }
  private var returnsFinal: Bool { recurrence.onlyReturnFinal }

  init(
    _ layer: some SequenceLayer, _ place: PlanPlace, gates: [String], units: Int, joins: Bool,
    _ builder: PlanBuilder
  ) throws {
    recurrence = layer.recurrence
    guard recurrence.maskInput == nil, recurrence.gradClipping == 0,
      recurrence.gradientSteps == -1, place.inputs.count == 1
    else {
      throw PlanRefusal("has a mask, a given state or cut gradients, which have no plan rule")
    }
    (self.builder, self.place, self.gates, self.units) = (builder, place, gates, units)
    self.joins = joins
    input = builder.plain(place.inputs[0])
    steps = input.shape[0]
    let rows = builder.rows
    let (width, depth) = (gates.count * units, input.width / input.shape[0])
    visited = builder.buffer(rows * steps * depth)
    given = builder.buffer(rows * steps * width)
    bias = builder.buffer(width)
    hidden = builder.buffer((steps + 1) * rows * units)
    carried =
      joins && builder.planning.joinsProducts ? given : builder.buffer(steps * rows * width)
    carrying = try gates.map { gate in
      let weights = builder.parameter(try place.parameter("W_hid_to_\(gate)"))
      guard builder.planning.packsPanels else { return weights }
      let panels = builder.panels(rows: units, columns: units)
      builder.emit(
        .packPanels, [weights, panels],
        sizes: [units, units, units, 1, units * PlanOperation.panelWidth])
      return panels
    }
    let own: Int? =
      recurrence.onlyReturnFinal
      ? builder.slice(hidden, from: steps * rows * units, count: rows * units) : nil
    output = PlanValue(
      shape: place.shape, buffer: own ?? builder.buffer(rows * steps * units),
      needsGradient: true)
    for position in 0..<steps {
      builder.emit(
        .copyRows, [moment(input.buffer, position), state(visited, position, width: depth)],
        sizes: [rows, depth, steps * depth, depth, 0])
    }
    for (number, gate) in gates.enumerated() {
      let weights = builder.parameter(try place.parameter("W_in_to_\(gate)"))
      let part = builder.slice(
        given, from: number * units, count: rows * steps * width - number * units)
      builder.emit(
        .multiply, [visited, weights, part],
        sizes: [rows * steps, units, depth, depth, 1, units, 1, width, 0])
      let biasPart = builder.slice(bias, from: number * units, count: units)
      builder.emit(
        .copyRows, [builder.parameter(try place.parameter("b_\(gate)")), biasPart],
        sizes: [1, units, units, units, 0])
    }
  }

  /// The place in the sequence that is visited after so many others.
  func time(_ position: Int) -> Int { recurrence.backwards ? steps - 1 - position : position }

  /// The part of a buffer of states that belongs to a step.
  func state(_ buffer: Int, _ position: Int, width: Int? = nil) -> Int {
    let count = rows * (width ?? units)
    return builder.slice(buffer, from: position * count, count: count)
  }

  /// Where the first sample's numbers of a step are in the input, or in its gradient.
  private func moment(_ buffer: Int, _ position: Int) -> Int {
    let first = time(position) * depth
    return builder.slice(buffer, from: first, count: rows * input.width - first)
  }

  /// Puts the first value of a state at its beginning.
  func begin(_ buffer: Int, _ parameter: String) throws {
    let first = builder.parameter(try place.parameter(parameter))
    builder.emit(
      .copyRows, [first, state(buffer, 0)], sizes: [rows, units, 0, units, 0])
  }

  /// The products of a step with the hidden state before it.
  func carry(_ position: Int) {
    let part = state(carried, position, width: width)
    if joins, carried != given {
      builder.emit(
        .addScaled, [state(given, position, width: width), part], sizes: [rows * width, 0],
        numbers: [1])
    }
    for (number, matrix) in carrying.enumerated() {
      let to = builder.slice(part, from: number * units, count: rows * width - number * units)
      builder.emit(
        .multiply, [state(hidden, position), matrix, to],
        sizes: [rows, units, units, units, 1] + factor
          + [width, joins ? 1 : 0] + panel(lines: units))
    }
  }

  /// How a right factor with a column for each unit lies in memory: not at all where it is in panels.
  private var factor: [Int] { builder.planning.packsPanels ? [0, 0] : [units, 1] }

  /// How far apart the panels of a right factor are, where it lies in panels.
  private func panel(lines: Int) -> [Int] {
    builder.planning.packsPanels ? [lines * PlanOperation.panelWidth] : []
  }

  /// Hands out the hidden state after a step, where every step is wanted.
  func give(_ position: Int) {
    guard !returnsFinal else { return }
    let first = time(position) * units
    let to = builder.slice(
      output.buffer, from: first, count: rows * steps * units - first)
    builder.emit(
      .copyRows, [state(hidden, position + 1), to],
      sizes: [rows, units, units, steps * units, 0])
  }

  /// Adds what comes from outside to the gradient of the hidden state after a step.
  func take(_ position: Int, into gradient: Int, from outside: Int) {
    if returnsFinal {
      guard position == steps - 1 else { return }
      builder.emit(.addScaled, [outside, gradient], sizes: [rows * units, 1], numbers: [1])
      return
    }
    let first = time(position) * units
    let part = builder.slice(outside, from: first, count: rows * steps * units - first)
    builder.emit(
      .copyRows, [part, gradient], sizes: [rows, units, steps * units, units, 1])
  }

  /// The matrices of the hidden state, turned, one below the other, and in panels where plans pack them.
  func turnedWeights() throws -> Int {
    let packs = builder.planning.packsPanels
    let panels =
      packs ? builder.panels(rows: width, columns: units) : builder.buffer(width * units)
    for (number, gate) in gates.enumerated() {
      let first = number * units * (packs ? PlanOperation.panelWidth : units)
      let part = builder.slice(panels, from: first, count: builder.count(of: panels) - first)
      let weights = builder.parameter(try place.parameter("W_hid_to_\(gate)"))
      guard packs else {
        builder.emit(.transpose, [weights, part], sizes: [1, units, units, 0])
        continue
      }
      builder.emit(
        .packPanels, [weights, part],
        sizes: [units, units, 1, units, width * PlanOperation.panelWidth])
    }
    return panels
  }

  /// The gradient that a step's products pass on to the hidden state before it, added to what there
  /// is where `adds`.
  func carryBack(_ carriedGradient: Int, _ turned: Int, to gradient: Int, adds: Bool) {
    builder.emit(
      .multiply, [carriedGradient, turned, gradient],
      sizes: [rows, units, width, width, 1] + factor + [units, adds ? 1 : 0] + panel(lines: width))
  }

  /// The gradients of everything the whole sequence shares.
  func finish(givenGradient: Int, carriedGradient: Int) throws {
    let sums = builder.buffer(width)
    builder.fill(sums, with: 0)
    builder.emit(.columnSums, [givenGradient, sums], sizes: [rows * steps, width])
    try weightsBack("W_in", visited, givenGradient, depth)
    try weightsBack("W_hid", hidden, carriedGradient, units)
    for (number, gate) in gates.enumerated() {
      let offset = number * units
      addBack(sums, offset, toParameter: try place.parameter("b_\(gate)"))
    }
    try inputBack(givenGradient)
  }

  /// The gradient of the input.
  private func inputBack(_ givenGradient: Int) throws {
    guard input.needsGradient else { return }
    let visitedGradient = builder.buffer(rows * steps * depth)
    for (number, gate) in gates.enumerated() {
      let offset = number * units
      let part = builder.slice(givenGradient, from: offset, count: rows * steps * width - offset)
      let weights = builder.parameter(try place.parameter("W_in_to_\(gate)"))
      builder.emit(
        .multiply, [part, weights, visitedGradient],
        sizes: [rows * steps, depth, units, width, 1, 1, units, depth, number > 0 ? 1 : 0])
    }
    let (to, adds) = builder.gradient(of: input)
    for position in 0..<steps {
      builder.emit(
        .copyRows, [state(visitedGradient, position, width: depth), moment(to, position)],
        sizes: [rows, depth, depth, steps * depth, adds ? 1 : 0])
    }
  }

  /// The gradients of all gates' matrices by which something of this depth is multiplied.
  ///
  /// All at once and turned: what is multiplied is then the narrow factor, which products bring into
  /// panels, not the gradient of all gates.
  private func weightsBack(
    _ name: String, _ multiplied: Int, _ gradient: Int, _ depth: Int
  ) throws {
    let indices = try gates.map { try place.parameter("\(name)_to_\($0)") }
    guard indices.contains(where: builder.isTrainable) else { return }
    let turned = builder.buffer(width * depth)
    builder.emit(
      .multiply, [gradient, multiplied, turned],
      sizes: [width, depth, rows * steps, 1, width, depth, 1, depth, 0])
    for (number, index) in indices.enumerated() where builder.isTrainable(index) {
      let (to, adds) = builder.gradient(ofParameter: index)
      let part = builder.slice(turned, from: number * units * depth, count: units * depth)
      builder.emit(.transpose, [part, to], sizes: [1, units, depth, adds ? 1 : 0])
    }
  }

  /// Adds `units` sums to the gradient of a parameter.
  func addBack(_ sums: Int, _ offset: Int, toParameter index: Int) {
    guard builder.isTrainable(index) else { return }
    let (to, adds) = builder.gradient(ofParameter: index)
    builder.emit(
      .addScaled, [builder.slice(sums, from: offset, count: units), to],
      sizes: [units, adds ? 1 : 0], numbers: [1])
  }

  /// The gradient of the first value of a state, where training changes it.
  func endBack(_ gradient: Int, _ parameter: String) throws {
    let index = try place.parameter(parameter)
    guard builder.isTrainable(index) else { return }
    builder.emit(
      .columnSums, [gradient, builder.sum(intoParameter: index)], sizes: [rows, units])
  }
}
