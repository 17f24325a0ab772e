import Lasagne
import Tensors

/// One update in a form that a device can repeat without the host.
///
/// What `TrainingStep` does, with all that differs from step to step in tensors that stay: the
/// samples' positions, the rule's numbers, the seed. Whether loss and gradients are finite is found
/// out on the device; where they are not, this step and all after it change nothing, until the host
/// has seen it.
final class RepeatedStep {
  /// What it tells of a step: loss, correct answers, penalty, and whether all was finite.
  static let figureCount = 4

  let capture: StepCapture
  private let step: TrainingStep
  private let recipe: Recipe
  private let frozen: Set<String>
  private let learning: [Int]
  private let samples: RepeatedSamples
  private let numbers: Tensor
  /// Each of the numbers by itself, over the same memory.
  private let places: [StepNumber]
  private let figures: Tensor
  /// 1 from a step on that was not finite.
  private let halted: Tensor
  /// All that a step changes.
  private let changed: [Tensor]

  /// - Parameter halted: Shared by all steps of a run, whatever their rows.
  init(
    _ step: TrainingStep, recipe: Recipe, frozen: Set<String>, samples: RepeatedSamples,
    halted: Tensor, device: Device
  ) throws(TensorError) {
    self.step = step
    self.recipe = recipe
    self.frozen = frozen
    self.samples = samples
    self.halted = halted
    capture = try StepCapture(device: device)
    let learning = step.trainable.indices.filter { !frozen.contains(step.trainable[$0].name) }
    self.learning = learning
    let numbers = try Tensor.zeros([recipe.update.numberCount], device: device)
    self.numbers = numbers
    places = try (0..<recipe.update.numberCount).map { index throws(TensorError) in
      .tensor(try numbers.selected(axis: 0, index: index))
    }
    figures = try Tensor.zeros([Self.figureCount], device: device)
    var changed: [Tensor] = []
    for index in learning {
      let tensor = step.trainable[index].tensor
      changed.append(tensor)
      changed += try recipe.update.remembered(of: index, tensor, in: step.state)
    }
    for (parameter, tensor) in zip(step.weights.parameters, step.weights.tensors)
    where !parameter.isTrainable && !frozen.contains(parameter.fullName) {
      changed.append(tensor)
    }
    self.changed = changed
  }

  /// Queues one more step; what came of it is on its way to the host.
  ///
  /// - Parameters:
  ///   - learningRate: The recipe's, times the factor of its schedule.
  ///   - seed: Of the random numbers.
  func callAsFunction(
    _ indices: ArraySlice<Int>, of store: SampleStore, epoch: Int, learningRate: Double,
    seed: UInt64
  ) throws {
    try samples.set(indices, of: store, epoch: epoch, by: capture)
    let counts = step.state.stepCounts
    let values = recipe.update.countStep(in: step.state, learningRate: learningRate)
    do {
      try capture.fill(numbers, with: values.map(Float.init))
      try capture.step(seed: seed, operations)
    } catch {
      step.state.stepCounts = counts
      throw error
    }
    try capture.send(figures)
  }

  /// The operations of a step: the same ones, on the same tensors, each time.
  private func operations() throws {
    let (inputs, targets) = try samples.batch()
    var mode = ForwardMode.training(generator: capture.generator)
    mode.precision = recipe.precision
    let penalty = try step.penalty(recipe, frozen)
    let batch = try step.function(inputs, targets, weights: step.weights, mode: mode)
    let objective = if let penalty { try batch.loss + penalty } else { batch.loss }
    let parameters = learning.map { step.trainable[$0].tensor }
    let gradients = try Tensor.gradients(of: objective, withRespectTo: parameters)
    try withoutGradients { try update(batch, penalty, gradients) }
  }

  private func update(_ batch: BatchLoss, _ penalty: Tensor?, _ gradients: [Tensor]) throws {
    let loss = try batch.loss.detached()
    let nothing = try loss * 0
    let price = try penalty?.detached() ?? nothing
    // A sum is finite only if all its terms are.
    let sums = try gradients.map { gradient throws(TensorError) in try gradient.sum() }
    let isFinite = try Tensor.stack([loss, price] + sums, axis: 0).isFinite().all()
      .converted(to: .float32)
    let goes = try (isFinite - halted).greater(0)
    try halted.maximumInPlace(1 - isFinite)
    let correct = batch.correct ?? nothing
    try figures.assign(try Tensor.stack([loss, correct, price, isFinite], axis: 0))

    let before = try changed.map { tensor throws(TensorError) in try tensor.copied() }
    do {
      try makeUpdate(try step.limited(gradients, recipe))
      try batch.pass.applyUpdates(except: frozen)
    } catch {
      for (tensor, old) in zip(changed, before) { try tensor.assign(old) }
      throw error
    }
    for (tensor, old) in zip(changed, before) { try tensor.keep(where: goes, else: old) }
  }

  private func makeUpdate(_ gradients: [Tensor]) throws(TensorError) {
    // A parameter that stands still takes the place of its own gradient, which nobody reads.
    let parameters = step.trainable.map(\.tensor)
    var placed = parameters
    for (index, gradient) in zip(learning, gradients) { placed[index] = gradient }
    try recipe.update.step(
      parameters: parameters, gradients: placed, state: step.state, numbers: places,
      frozen: Set(parameters.indices).subtracting(learning), undecayed: step.undecayed)
    try step.constrain(recipe, frozen)
  }
}
