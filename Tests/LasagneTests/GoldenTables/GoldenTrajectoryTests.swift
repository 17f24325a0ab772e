import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenTrajectoryTests {
  @Test(arguments: [false, true])
  func `training runs go where Lasagne's went`(fromLogits: Bool) throws {
    let before = Backend.liveTensorsOnThisThread
    let entries = try GoldenTables.entries("training.json", "trainings")
    var run = 0
    for entry in entries {
      let trajectory = try GoldenTrajectory(entry)
      guard !fromLogits || trajectory.canUseLogits else { continue }
      run += 1
      #expect(
        trajectory.network.parameters.map(\.fullName)
          == entry["param_names"]?.array?.compactMap(\.string))
      try trajectory.check(trajectory.run(fromLogits: fromLogits))
    }
    print("golden trajectories: \(run) run / \(entries.count), logits: \(fromLogits)")
    if !fromLogits { #expect(run == entries.count) }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
