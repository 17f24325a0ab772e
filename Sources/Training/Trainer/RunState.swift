/// What a run has to remember between epochs beside weights and position; part of a checkpoint.
struct RunState: Codable, Equatable, Sendable {
  /// What the schedule has seen of its metric.
  var plateau = PlateauState()
}
