import Lasagne
import Tensors

/// The loss and the number of correct answers of a batch, as tensors.
struct BatchLoss {
  /// The mean of the objective over the targets that count; recorded for gradients in training.
  let loss: Tensor
  /// How many targets were met, where each of several numbers a sample is met in part; `nil` where the
  /// objective knows no right or wrong.
  let correct: Tensor?
  /// The forward pass it was made from.
  let pass: ForwardPass
}

/// A network and its objective as one function.
struct LossFunction {
  /// How the objective is computed from the network's output.
  enum Form {
    /// From what the network gives.
    case plain
    /// The cross-entropy of a softmax, as one function of the logits.
    case softmaxLogits
    /// The cross-entropy of a sigmoid, as one function of the logits.
    case sigmoidLogits
    /// Another objective, as one function with the nonlinearity before it.
    case otherLogits
  }

  let network: Network
  let objective: Objective
  /// Whether the loss is computed from what is before the last nonlinearity.
  private let isFused: Bool

  /// How the objective is computed from the network's output.
  var form: Form {
    switch objective {
    case _ where !isFused: .plain
    case .categoricalCrossentropy: .softmaxLogits
    case .binaryCrossentropy: .sigmoidLogits
    default: .otherLogits
    }
  }

  /// The function for a network whose last layer may end in softmax or sigmoid.
  ///
  /// - Parameter fusesCrossEntropy: Whether the logarithm of a cross-entropy and the exponential of
  ///   the nonlinearity before it may cancel. The same up to rounding, and finite where
  ///   probabilities round to zero.
  init(network: Network, objective: Objective, fusesCrossEntropy: Bool) throws {
    self.network = network
    self.objective = objective
    let output = try network.layer(network.outputs[0]).layer.base as? any ActivatedLayer
    isFused =
      fusesCrossEntropy && objective.logitNonlinearity != nil
      && objective.logitNonlinearity == output?.nonlinearity
  }

  /// The function that a recipe minimizes.
  init(_ network: Network, _ recipe: Recipe) throws {
    try self.init(
      network: network.dropping(by: recipe.dropout), objective: recipe.objective,
      fusesCrossEntropy: recipe.fusesCrossEntropy)
  }

  /// Whether accuracies can be measured.
  var hasAccuracy: Bool { objective.accuracy != nil }

  /// The loss of a batch.
  ///
  /// - Parameter further: What input layers beside the first get, by their names.
  func callAsFunction(
    _ inputs: Tensor, _ targets: Tensor, further: [String: Tensor] = [:], weights: Weights,
    mode: ForwardMode
  ) throws -> BatchLoss {
    let pass = try network.forward(network.named(inputs, further), weights: weights, mode: mode)
    let output = isFused ? pass.outputBeforeNonlinearity : pass.output
    let (predictions, rows) = try objective.byStep(output, targets)
    func losses(_ targets: Tensor) throws(TensorError) -> Tensor {
      try isFused ? objective(logits: predictions, targets) : objective(predictions, targets)
    }
    let hasStepNumbers = output.rank > predictions.rank && rows.dataType == .int64
    let loss =
      try hasStepNumbers ? objective.meanOfCounted(rows, losses) : losses(rows).mean()
    let correct = try withoutGradients { try correctCount(pass, targets) }
    return BatchLoss(loss: loss, correct: correct, pass: pass)
  }

  private func correctCount(_ pass: ForwardPass, _ targets: Tensor) throws -> Tensor? {
    switch objective.accuracy {
    case .categorical:
      // No class has a negative number: where a step does not count, nothing is right.
      let (predictions, rows) = try objective.byStep(pass.output, targets)
      return try categoricalAccuracy(predictions, rows).sum()
    case .binary:
      let numbers = pass.output.count / max(1, pass.output.shape.first ?? 1)
      return try binaryAccuracy(pass.output, targets).sum() / Double(max(1, numbers))
    case nil: return nil
    }
  }
}
