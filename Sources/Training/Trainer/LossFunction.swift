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
  let network: Network
  let objective: Objective
  /// Whether the loss is computed from what is before the last nonlinearity.
  private let isFused: Bool

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

  /// Whether accuracies can be measured.
  var hasAccuracy: Bool { objective.accuracy != nil }

  /// The loss of a batch.
  func callAsFunction(
    _ inputs: Tensor, _ targets: Tensor, weights: Weights, mode: ForwardMode
  ) throws -> BatchLoss {
    let pass = try network.forward(["": inputs], weights: weights, mode: mode)
    let losses =
      try isFused
      ? objective(logits: pass.outputBeforeNonlinearity, targets)
      : objective(pass.output, targets)
    let correct = try withoutGradients { try correctCount(pass, targets) }
    return BatchLoss(loss: try losses.mean(), correct: correct, pass: pass)
  }

  private func correctCount(_ pass: ForwardPass, _ targets: Tensor) throws -> Tensor? {
    switch objective.accuracy {
    case .categorical: try categoricalAccuracy(pass.output, targets).sum()
    case .binary: try binaryAccuracy(pass.output, targets).sum()
    case nil: nil
    }
  }
}
