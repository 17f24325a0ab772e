import Lasagne
import Tensors

/// The loss and the number of correct answers of a batch, as tensors.
struct BatchLoss {
  /// The mean of the objective over the batch; recorded for gradients in training.
  let loss: Tensor
  /// How many samples were classified correctly; `nil` where the objective knows no right or wrong.
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
  }

  let network: Network
  let objective: Objective
  let form: Form

  /// The function for a network whose last layer may end in softmax or sigmoid.
  ///
  /// - Parameter fusesCrossEntropy: Whether the logarithm of a cross-entropy and the exponential of
  ///   the nonlinearity before it may cancel. The same up to rounding, and finite where
  ///   probabilities round to zero.
  init(network: Network, objective: Objective, fusesCrossEntropy: Bool) throws {
    self.network = network
    self.objective = objective
    let output = try network.layer(network.outputs[0]).layer.base as? any ActivatedLayer
    switch (objective, output?.nonlinearity) {
    case (.categoricalCrossentropy, .softmax?) where fusesCrossEntropy: form = .softmaxLogits
    case (.binaryCrossentropy, .sigmoid?) where fusesCrossEntropy: form = .sigmoidLogits
    default: form = .plain
    }
  }

  /// Whether accuracies can be measured.
  var hasAccuracy: Bool {
    switch objective {
    case .categoricalCrossentropy, .multiclassHingeLoss, .binaryCrossentropy: true
    case .squaredError, .binaryHingeLoss, .huberLoss: false
    }
  }

  /// The loss of a batch.
  func callAsFunction(
    _ inputs: Tensor, _ targets: Tensor, weights: Weights, mode: ForwardMode
  ) throws -> BatchLoss {
    let pass = try network.forward(["": inputs], weights: weights, mode: mode)
    let losses: Tensor
    switch form {
    case .plain:
      losses = try objective(pass.output, targets)
    case .softmaxLogits:
      losses = try Objective.categoricalCrossentropy(
        logits: pass.outputBeforeNonlinearity, targets: targets)
    case .sigmoidLogits:
      losses = try Objective.binaryCrossentropy(
        logits: pass.outputBeforeNonlinearity, targets: targets)
    }
    let correct = try withoutGradients { try correctCount(pass, targets) }
    return BatchLoss(loss: try losses.mean(), correct: correct, pass: pass)
  }

  private func correctCount(_ pass: ForwardPass, _ targets: Tensor) throws -> Tensor? {
    switch objective {
    case .categoricalCrossentropy, .multiclassHingeLoss:
      try categoricalAccuracy(pass.output, targets).sum()
    case .binaryCrossentropy:
      try binaryAccuracy(pass.output, targets).sum()
    case .squaredError, .binaryHingeLoss, .huberLoss:
      nil
    }
  }
}
