/// Everything a training run reports, in the order in which it happens.
public enum TrainingEvent: Equatable, Sendable {
  case started(totalSteps: Int, epochs: Int, stepsPerEpoch: Int, fingerprint: [String: String])
  /// Values measured at a step.
  case metrics(MetricPoints)
  case histogram(Histogram)
  case images(ImageStack)
  /// An epoch (counted from 1) ended, with its mean training and validation metrics.
  case epochEnded(epoch: Int, points: MetricPoints)
  /// A command took effect at this step, or was refused.
  case acknowledged(command: ControlCommand, step: Int, refusal: String?)
  case checkpointed(step: Int)
  case warning(step: Int, message: String)
  /// The run is over: `finished`, `stopped` or `paused`.
  case ended(step: Int, state: SessionState)
}
