import Lasagne
import Records
import Tensors

// What happens when a loss or a gradient is not finite.
extension Trainer {
  /// Keeps the weights at the beginning of an epoch, where the recipe may go back to them.
  func keepStart() throws {
    guard case .rollback = recipe.nonFinite else {
      kept.start = [:]
      kept.startState = [:]
      return
    }
    guard position.sample == 0 || kept.start.isEmpty else { return }
    kept.start = try weights.namedArrays()
    kept.startState = try trainingStep.state.hostArrays()
  }

  /// Does what the recipe says when an update was refused; the refused one counts as a step.
  func answer(
    _ finding: GatheredGradients.Finding, _ observer: (TrainingEvent) -> Void
  ) throws {
    let found = "\(finding.subject) of step \(step + 1) is \(finding.what)"
    let advice = "try a learning rate below \(learningRate), or look for such numbers in the data."
    let message: String
    switch recipe.nonFinite {
    case .stop:
      throw TrainingError(
        .nonFiniteLoss, "\(found); the weights are as they were before it: \(advice)")
    case .skip(let limit):
      guard state.skipped < limit else {
        throw TrainingError(
          .nonFiniteLoss,
          "\(found), and the \(limit) updates before it were left out already: \(advice)")
      }
      state.skipped += 1
      message = "\(found); this update is left out."
    case .rollback(let limit, let factor):
      guard state.rollbacks < limit else {
        throw TrainingError(
          .nonFiniteLoss,
          "\(found), and the run went back \(limit) times already: \(advice)")
      }
      state.rollbacks += 1
      state.rateFactor *= factor
      try weights.assign(kept.start, device: device)
      try trainingStep.state.restore(kept.startState, device: device)
      capturer.forget()
      message =
        "\(found); the weights are those at the beginning of the epoch again, and the learning rate "
        + "is multiplied by \(factor)."
    }
    position.step += 1
    obeyed = []
    observer(.warning(step: step, message: message))
  }
}
