import Lasagne
import Tensors

/// The loss and the number of correct answers of a batch, as tensors.
struct BatchLoss {
  /// The mean of the objective over the targets that count; recorded for gradients in training.
  let loss: Tensor
  /// How many targets were met, where each of several numbers a sample is met in part; `nil` where the
  /// objective knows no right or wrong.
  let correct: Tensor?
  /// Each output by itself, where they have objectives of their own.
  let outputs: [OutputLoss]
  /// The forward pass it was made from.
  let pass: ForwardPass

  /// All its numbers, in the order in which ``LossFunction/totals(_:counts:)`` reads them.
  func numbers() throws(TensorError) -> [Tensor] {
    let all: [Tensor?] = [loss, correct] + outputs.flatMap { [$0.loss, $0.correct] }
    return try all.compactMap(\.self).map { number throws(TensorError) in try number.detached() }
  }
}

/// The mean loss of one output, not weighted, and how many of its targets were met.
struct OutputLoss {
  let loss: Tensor
  let correct: Tensor?
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

  /// One output with its objective.
  struct Head {
    let output: OutputHead
    /// Whether the loss is computed from what is before the last nonlinearity.
    let isFused: Bool
  }

  let network: Network
  let heads: [Head]
  /// Whether each output is measured by itself, too.
  let isNamed: Bool

  /// The first output's objective.
  var objective: Objective { heads[0].output.objective }
  private var isFused: Bool { heads[0].isFused }

  /// How the objective is computed from the network's output.
  var form: Form {
    switch objective {
    case _ where !isFused: .plain
    case .categoricalCrossentropy: .softmaxLogits
    case .binaryCrossentropy: .sigmoidLogits
    default: .otherLogits
    }
  }

  /// The function for a network with one output, whose last layer may end in softmax or sigmoid.
  ///
  /// - Parameter fusesCrossEntropy: Whether the logarithm of a cross-entropy and the exponential of
  ///   the nonlinearity before it may cancel. The same up to rounding, and finite where
  ///   probabilities round to zero.
  init(network: Network, objective: Objective, fusesCrossEntropy: Bool) throws {
    try self.init(
      network, Recipe(objective: objective, fusesCrossEntropy: fusesCrossEntropy))
  }

  /// The function that a recipe minimizes.
  init(_ network: Network, _ recipe: Recipe) throws {
    let network = try network.dropping(by: recipe.dropout)
    self.network = network
    isNamed = recipe.objectives != nil
    heads = try recipe.heads(of: network).map { output in
      let layer = try network.layer(output.layer).layer.base as? any ActivatedLayer
      let wanted = output.objective.logitNonlinearity
      return Head(
        output: output,
        isFused: recipe.fusesCrossEntropy && wanted != nil && wanted == layer?.nonlinearity)
    }
  }

  /// Whether accuracies can be measured of the network as a whole.
  var hasAccuracy: Bool { !isNamed && objective.accuracy != nil }

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - furtherTargets: Those of the outputs beside the first, in order.
  ///   - further: What input layers beside the first get, by their names.
  func callAsFunction(
    _ inputs: Tensor, _ targets: Tensor, furtherTargets: [Tensor] = [],
    further: [String: Tensor] = [:], weights: Weights, mode: ForwardMode
  ) throws -> BatchLoss {
    let pass = try network.forward(network.named(inputs, further), weights: weights, mode: mode)
    let outputs = try zip(heads, [targets] + furtherTargets).map { head, targets in
      try OutputLoss(
        loss: head.loss(pass, targets),
        correct: withoutGradients { try head.correctCount(pass, targets) })
    }
    guard isNamed else {
      return BatchLoss(
        loss: outputs[0].loss, correct: outputs[0].correct, outputs: [], pass: pass)
    }
    var total = try outputs[0].loss * heads[0].output.weight
    for (head, output) in zip(heads, outputs).dropFirst() {
      total = try total + output.loss * head.output.weight
    }
    return BatchLoss(loss: total, correct: nil, outputs: outputs, pass: pass)
  }
}

extension LossFunction.Head {
  /// The mean loss of this output's targets.
  fileprivate func loss(_ pass: ForwardPass, _ targets: Tensor) throws(TensorError) -> Tensor {
    let given =
      isFused ? pass.outputsBeforeNonlinearity[output.place] : pass.outputs[output.place]
    let objective = output.objective
    let (predictions, rows) = try objective.byStep(given, targets)
    func losses(_ targets: Tensor) throws(TensorError) -> Tensor {
      try isFused ? objective(logits: predictions, targets) : objective(predictions, targets)
    }
    let hasStepNumbers = given.rank > predictions.rank && rows.dataType == .int64
    return try hasStepNumbers ? objective.meanOfCounted(rows, losses) : losses(rows).mean()
  }

  fileprivate func correctCount(_ pass: ForwardPass, _ targets: Tensor) throws -> Tensor? {
    let given = pass.outputs[output.place]
    switch output.objective.accuracy {
    case .categorical:
      // No class has a negative number: where a step does not count, nothing is right.
      let (predictions, rows) = try output.objective.byStep(given, targets)
      return try categoricalAccuracy(predictions, rows).sum()
    case .binary:
      let numbers = given.count / max(1, given.shape.first ?? 1)
      return try binaryAccuracy(given, targets).sum() / Double(max(1, numbers))
    case nil: return nil
    }
  }
}
