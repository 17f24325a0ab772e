import Lasagne
import Tensors

/// Why a network or a recipe has no plan: the sentence for a person.
struct PlanRefusal: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Collects the operations of a plan: first those of the forward pass, then, last rule first, those
/// for the gradients.
final class PlanBuilder {
  let rows: Int
  let weights: Weights
  /// Which rewrites there are.
  let planning: StepPlanning
  private(set) var operations: [PlanOperation] = []
  /// For each operation the layer whose rule asked for it; nil where none did.
  private(set) var owners: [Int?] = []
  /// How many of the operations belong to the forward pass.
  private(set) var forwardCount = 0
  /// The layer whose rule is at work.
  var owner: Int?
  /// Where layers without a rule are noted, instead of ending the work at the first.
  var refusals: [Int: PlanRefusal]?
  private var tape: [(owner: Int?, body: () throws -> Void)] = []
  private var bound: [Int: Tensor] = [:]
  private var counts: [Int] = []
  private var parameterBuffers: [Int: Int] = [:]
  private var gradientBuffers: [Int: Int] = [:]
  private var keptBuffers: Set<Int> = []
  /// Products for gradients that are made with the update, by their parameters, while nothing else asks
  /// for these gradients.
  private var updateProducts: [(parameter: Int, owner: Int?, operation: PlanOperation)] = []
  private var slices: [Int: (base: Int, offset: Int)] = [:]

  /// A builder for batches of so many rows.
  init(rows: Int, weights: Weights, planning: StepPlanning) {
    self.rows = rows
    self.weights = weights
    self.planning = planning
  }

  /// Memory of the plan's own for so many floats.
  func buffer(_ count: Int) -> Int {
    counts.append(count)
    return counts.count - 1
  }

  /// A part of a buffer as a buffer.
  func slice(_ base: Int, from offset: Int, count: Int) -> Int {
    let new = buffer(count)
    slices[new] = slices[base].map { ($0.base, $0.offset + offset) } ?? (base, offset)
    return new
  }

  /// Memory for the panels of a matrix that is the right factor of several products.
  func panels(rows: Int, columns: Int) -> Int {
    let width = PlanOperation.panelWidth
    return buffer((columns + width - 1) / width * width * rows)
  }

  /// The buffer of a parameter's values.
  func parameter(_ index: Int) -> Int {
    if let known = parameterBuffers[index] { return known }
    let tensor = weights.tensors[index]
    let new = buffer(tensor.count)
    bound[new] = tensor
    parameterBuffers[index] = new
    return new
  }

  /// The buffer of numbers that never change.
  func constant(_ tensor: Tensor) -> Int {
    let new = buffer(tensor.count)
    bound[new] = tensor
    return new
  }

  /// Whether training changes a parameter.
  func isTrainable(_ index: Int) -> Bool { weights.parameters[index].isTrainable }

  /// Where the gradient of a parameter goes; `adds` says whether there is something already.
  func gradient(ofParameter index: Int) -> (buffer: Int, adds: Bool) {
    if let known = gradientBuffers[index] {
      emitUpdateProduct(ofParameter: index)
      return (known, true)
    }
    let new = buffer(weights.parameters[index].count)
    keptBuffers.insert(new)
    gradientBuffers[index] = new
    return (new, false)
  }

  /// The gradient of a parameter, set to zero if there was none: for operations that add.
  func sum(intoParameter index: Int) -> Int {
    let (buffer, adds) = gradient(ofParameter: index)
    if !adds { fill(buffer, with: 0) }
    return buffer
  }

  /// Keeps a buffer's memory from being used for anything else.
  func keep(_ buffer: Int) { keptBuffers.insert(buffer) }

  /// The whole that a buffer is a part of, if it has memory of the plan's own; nil for tensors.
  func ownMemory(_ buffer: Int) -> Int? {
    let base = slices[buffer]?.base ?? buffer
    return bound[base] == nil ? base : nil
  }

  /// How many floats a buffer holds.
  func count(of buffer: Int) -> Int { counts[buffer] }

  /// How many buffers there are.
  var bufferCount: Int { counts.count }

  func emit(_ code: PlanOperation.Code, _ buffers: [Int?], sizes: [Int], numbers: [Double] = []) {
    operations.append(PlanOperation(code, buffers, sizes: sizes, numbers: numbers))
    owners.append(owner)
  }

  func emit(_ operation: PlanOperation) {
    operations.append(operation)
    owners.append(owner)
  }

  func emit(
    _ code: PlanOperation.Code, _ buffers: [Int?], sizes: [Int], activation: PlanActivation
  ) {
    operations.append(PlanOperation(code, buffers, sizes: sizes, activation: activation))
    owners.append(owner)
  }

  func fill(_ buffer: Int, with number: Double) {
    emit(.fill, [buffer], sizes: [counts[buffer]], numbers: [number])
  }

  /// What has to be emitted for gradients, after the same of all rules that come later.
  func onWayBack(_ body: @escaping () throws -> Void) { tape.append((owner, body)) }

  /// What follows belongs to no layer and is not part of the forward pass.
  func endForward() {
    owner = nil
    forwardCount = operations.count
  }

  /// Emits what was recorded, last first.
  func goBack() throws {
    while let (owner, body) = tape.popLast() {
      self.owner = owner
      try body()
    }
    for (_, owner, operation) in updateProducts {
      self.owner = owner
      emit(operation)
      operations[operations.count - 1].isForUpdate = true
    }
    updateProducts = []
    owner = nil
  }

  /// Whether the gradient of a parameter of so many numbers should be made tile by tile with its update:
  /// it is large, and what it is made from, so many numbers, is not needed much longer for that.
  func fusesUpdate(count: Int, keeping factors: Int) -> Bool {
    planning.fusesUpdates && count >= 1 << 15 && count >= factors
  }

  /// Makes a gradient that nothing was emitted for yet at the end, with the update, unless some other
  /// operation asks for it before.
  func leaveToUpdate(_ product: PlanOperation, ofParameter index: Int) {
    updateProducts.append((index, owner, product))
  }

  /// Another operation adds to the gradient, so it has to be there.
  private func emitUpdateProduct(ofParameter index: Int) {
    guard let place = updateProducts.firstIndex(where: { $0.parameter == index }) else { return }
    let (_, owner, operation) = updateProducts.remove(at: place)
    operations.append(operation)
    owners.append(owner)
  }

  /// Drops what was recorded: it holds this builder.
  func forgetWayBack() { tape = [] }

  /// Gradients of trainable parameters that nothing depends on are zero.
  func fillMissingGradients() {
    for index in weights.parameters.indices where isTrainable(index) {
      _ = gradientBuffers[index] ?? sum(intoParameter: index)
    }
  }

  /// The operations as they run, and where their buffers lie.
  ///
  /// - Parameters:
  ///   - worksInBlocks: Whether operations go block by block through the batch where they can.
  ///   - reusesMemory: Whether buffers share a place where they are not needed at the same time.
  func arranged(
    worksInBlocks: Bool, reusesMemory: Bool = true
  ) -> (blocks: PlanBlocks?, layout: PlanLayout) {
    let bases = slices.mapValues(\.base)
    let kept = reusesMemory ? keptBuffers : Set(counts.indices.filter { slices[$0] == nil })
    let fixed = Set(bound.keys)
    guard worksInBlocks else {
      let layout = PlanLayout(
        operations: operations, counts: counts, bound: fixed, kept: kept.subtracting(fixed),
        bases: bases)
      return (nil, layout)
    }
    let blocks = PlanBlocks(
      operations, rows: rows, counts: counts, bound: fixed, kept: keptBuffers, bases: bases)
    let elsewhere = fixed.union(blocks.threadOffsets.keys)
    let layout = PlanLayout(
      operations: blocks.operations, counts: blocks.counts, bound: elsewhere,
      kept: kept.subtracting(elsewhere), bases: bases
    ) { _, time in blocks.spans[time] }
    return (blocks, layout)
  }

  /// The plan, and the buffer of each parameter's gradient.
  ///
  /// Without blocks, operation by operation, it can be taken apart.
  func finish(
    worksInBlocks: Bool = false, reusesMemory: Bool = true
  ) throws(TensorError) -> (plan: StepPlan, gradients: [Int: Int]) {
    let (blocks, layout) = arranged(worksInBlocks: worksInBlocks, reusesMemory: reusesMemory)
    let counts = blocks?.counts ?? counts
    let buffers = counts.indices.map { index -> StepPlan.Buffer in
      if let tensor = bound[index] { return .bound(tensor) }
      if let (base, offset) = slices[index] {
        return .own(offset: layout.offsets[base] + offset, count: counts[index])
      }
      let place = blocks?.places[index]
      return .own(
        offset: blocks?.threadOffsets[index] ?? layout.offsets[index], count: counts[index],
        row: place?.row ?? 0, extent: place?.extent ?? .batch)
    }
    let plan = try StepPlan(
      buffers: buffers, operations: blocks?.operations ?? operations, rowCount: rows,
      memoryCount: layout.total, threadMemoryCount: blocks?.threadMemory ?? 0)
    return (plan, gradientBuffers)
  }
}
