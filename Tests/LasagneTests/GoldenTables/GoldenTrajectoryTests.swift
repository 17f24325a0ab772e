import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenTrajectoryTests {
  @Test(arguments: [false, true])
  func `training runs go where Lasagne's went`(fromLogits: Bool) throws {
    let before = Backend.liveTensorsOnThisThread
    let entries = try GoldenTables.entries("training.json", "trainings")
    for entry in entries {
      let trajectory = try GoldenTrajectory(entry)
      #expect(
        trajectory.network.parameters.map(\.fullName)
          == entry["param_names"]?.array?.compactMap(\.string))
      try trajectory.check(trajectory.run(fromLogits: fromLogits))
    }
    print("golden trajectories: \(entries.count) run / \(entries.count), logits: \(fromLogits)")
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
