import LasagneCommand
import Records
import Training

extension SquashLab {
  /// How sure the network is of its answers, right or wrong: the mean of the highest probabilities.
  static let metrics = [
    CustomMetric("sureness", summary: "The highest probability of each sample.", goal: .higher) {
      predictions, _ in try predictions.max(axes: [1])
    }
  ]

  /// Ends a session once it has been good enough for so many epochs: `{stopAt: {accuracy: 0.8}}`.
  static let callbacks = [
    CustomCallback("stopAt", summary: "Ends the session at an accuracy.") { arguments in
      guard let wanted = arguments["accuracy"]?.number else {
        throw TrainingError(.recipe, "It needs an accuracy, like {stopAt: {accuracy: 0.8}}.")
      }
      let epochs = arguments["epochs"]?.number ?? 1
      return { event, trainer in
        guard case .epochEnded(_, let points) = event else { return .goOn }
        let isGood = points.values["valid/accuracy"] ?? 0 >= wanted
        let count = isGood ? (trainer.remembered("stopAt")?.number ?? 0) + 1 : 0
        try trainer.remember("stopAt", .number(count))
        return count >= epochs ? .stop : .goOn
      }
    }
  ]
}
