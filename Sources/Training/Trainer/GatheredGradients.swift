import Lasagne
import Tensors

/// The gradients of one update, gathered over its batches, with what was measured on the way.
struct GatheredGradients {
  /// What was found that no update may be made of.
  struct Finding {
    /// "The loss", or whose gradient.
    let subject: String
    /// "infinite" or "not a number".
    let what: String
  }

  /// The gradient of each trainable parameter, by the mean loss over all targets.
  let gradients: [Tensor]
  /// The sums over the targets.
  let totals: Totals
  /// What is not finite; `nil` if all is.
  let finding: Finding?
  /// What the last pass is still to put into the running averages.
  fileprivate let pass: ForwardPass?
  /// The running averages before the first pass, where several passes have changed them.
  fileprivate let before: [(tensor: Tensor, copy: Tensor)]

  /// Puts the running averages of the last pass into the weights.
  func finish(except frozen: Set<String>) throws(TensorError) {
    try pass?.applyUpdates(except: frozen)
  }

  /// Brings the running averages back to what they were.
  func undo() throws(TensorError) {
    try withoutGradients { () throws(TensorError) in
      for (tensor, copy) in before { try tensor.assign(copy) }
    }
  }
}

extension TrainingStep {
  /// Runs the batches of one update forward and backward; nothing but running averages changes, and
  /// with a single batch not even those.
  func gather(
    _ indices: ArraySlice<Int>, of store: SampleStore, epoch: Int, recipe: Recipe,
    learning: [(name: String, tensor: Tensor)], frozen: Set<String>, penalty: Tensor?,
    generator: Generator
  ) throws -> GatheredGradients {
    let parameters = learning.map(\.tensor)
    let batchSize = recipe.batchSize
    let isSingle = indices.count <= batchSize
    var mode = ForwardMode.training(generator: generator)
    mode.precision = recipe.precision
    let before = isSingle ? [] : try runningAverages()
    var gradients: [Tensor] = []
    var measured = MeasuredBatches(function: function, penalty: try penalty?.detached())
    let allCounts = store.targetCounts(indices)
    var lastPass: ForwardPass?
    for start in stride(from: indices.startIndex, to: indices.endIndex, by: batchSize) {
      let part = indices[start..<min(start + batchSize, indices.endIndex)]
      let samples = try store.trainingBatch(part, epoch: epoch)
      let batch = try function(
        samples.inputs, samples.targets, furtherTargets: store.furtherTargets(part),
        further: store.furtherInputs(part), weights: weights, mode: mode)
      let counts = store.targetCounts(part)
      try measured.add(batch, counts: counts)
      // Each batch counts by its targets, the penalty once.
      let shares = zip(counts, allCounts).map { Double($0) / Double(max(1, $1)) }
      var objective = isSingle ? batch.loss : try function.loss(batch, shares: shares)
      if start == indices.startIndex, let penalty { objective = try objective + penalty }
      let new = try Tensor.gradients(of: objective, withRespectTo: parameters)
      if gradients.isEmpty {
        gradients = new
      } else {
        gradients = try withoutGradients { () throws(TensorError) in
          try zip(gradients, new).map { (sum, gradient) throws(TensorError) in
            try sum + gradient
          }
        }
      }
      if isSingle { lastPass = batch.pass } else { try batch.pass.applyUpdates(except: frozen) }
    }
    let (totals, areFinite) = try measured.totals(gradients)
    return GatheredGradients(
      gradients: gradients, totals: totals,
      finding: try areFinite && totals.isFinite
        ? nil : finding(totals, learning.map(\.name), gradients), pass: lastPass,
      before: before)
  }

  /// The parameters that passes change, with copies.
  private func runningAverages() throws(TensorError) -> [(tensor: Tensor, copy: Tensor)] {
    var copies: [(tensor: Tensor, copy: Tensor)] = []
    for (parameter, tensor) in zip(weights.parameters, weights.tensors)
    where !parameter.isTrainable {
      copies.append((tensor, try tensor.copied()))
    }
    return copies
  }

  /// The first thing that is not finite.
  private func finding(
    _ totals: Totals, _ names: [String], _ gradients: [Tensor]
  ) throws(TensorError) -> GatheredGradients.Finding? {
    var sums = [("The loss", totals.loss + totals.penalty)]
    for (name, gradient) in zip(names, gradients) {
      sums.append(("The gradient of \(name)", try gradient.sum().item()))
    }
    guard let (subject, sum) = sums.first(where: { !$0.1.isFinite }) else { return nil }
    return .init(subject: subject, what: sum.isNaN ? "not a number" : "infinite")
  }
}

/// The losses and correct answers of an update's batches, kept on the device until all are there.
private struct MeasuredBatches {
  let function: LossFunction
  let penalty: Tensor?
  private var values: [Tensor] = []
  private var counts: [[Int]] = []

  init(function: LossFunction, penalty: Tensor?) {
    self.function = function
    self.penalty = penalty
  }

  mutating func add(_ batch: BatchLoss, counts: [Int]) throws(TensorError) {
    values += try batch.numbers()
    self.counts.append(counts)
  }

  /// The sums over all targets, and whether the gradients are finite; fetched at once.
  func totals(
    _ gradients: [Tensor]
  ) throws(TensorError) -> (totals: Totals, gradientsAreFinite: Bool) {
    let numbers = try withoutGradients { () throws(TensorError) in
      var wanted = values
      if let penalty { wanted.append(penalty) }
      // A sum is finite only if all its terms are.
      for gradient in gradients { wanted.append(try gradient.sum()) }
      return try Tensor.stack(wanted, axis: 0).values(as: Double.self)
    }
    var totals = Totals()
    let width = function.numberCount
    for (index, counts) in counts.enumerated() {
      totals += function.totals(
        numbers[(index * width)..<((index + 1) * width)], counts: counts)
    }
    if penalty != nil { totals.penalty = numbers[values.count] * Double(totals.count) }
    let areFinite = numbers.suffix(gradients.count).allSatisfy(\.isFinite)
    return (totals, areFinite)
  }
}
