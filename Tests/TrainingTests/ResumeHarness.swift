import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Takes a run apart at steps and puts it together again, to see whether anybody could tell.
struct ResumeHarness {
  var network: Network
  var data: TrainingData
  var recipe: Recipe
  /// What is asked of the run on its way, at the steps at which it is asked.
  var commands: [(step: Int, action: ControlAction)] = []

  /// An epoch of 54 samples has four updates.
  static func recipe() -> Recipe {
    var recipe = Fixture.recipe(learningRate: 0.01, epochs: 3)
    recipe.reportEverySteps = 3
    return recipe
  }

  /// After the first update, in mid-epoch, at the end of an epoch, at the beginning of the next, in
  /// the midst of the last and before its last update.
  static let stops = [1, 2, 4, 5, 9, 11]

  /// Measurements that do not depend on time.
  private static let keys = [
    "train/loss", "train/accuracy", "train/epochLoss", "train/penalty", "valid/loss",
    "valid/accuracy", "valid/averageLoss", "test/loss", "rate/learning",
  ]

  /// Compares the run without interruption with those that ended at a step, were written to a file,
  /// read again by another trainer and went on.
  func check(
    _ name: String = "", stops: [Int] = stops,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let whole = Script(commands)
    let undisturbed = try trainer()
    try whole.run(undisturbed)
    var expected = try undisturbed.checkpoint()
    expected.attempt = 2
    for stop in stops {
      let first = Script(commands.filter { $0.step <= stop } + [(stop, .stop)])
      #expect(try first.run(trainer()) == .stopped, "\(name)", sourceLocation: sourceLocation)
      let kept = try #require(first.checkpoints.last)
      #expect(kept.step == stop, "\(name)", sourceLocation: sourceLocation)
      let read = try Self.throughFile(kept)
      #expect(read == kept, "\(name) at \(stop)", sourceLocation: sourceLocation)

      let second = Script(commands.filter { $0.step > stop })
      let resumed = try Trainer.resume(from: read, network: network, data: data)
      #expect(resumed.attempt == 2, sourceLocation: sourceLocation)
      #expect(resumed.resumeNotice == nil, sourceLocation: sourceLocation)
      try second.run(resumed)
      for key in Self.keys {
        #expect(
          first.values(key) + second.values(key) == whole.values(key), "\(name) \(key) at \(stop)",
          sourceLocation: sourceLocation)
      }
      #expect(
        try resumed.checkpoint() == expected, "\(name) at \(stop)",
        sourceLocation: sourceLocation)
    }
  }

  private func trainer() throws -> Trainer {
    try Trainer(network: network, data: data, recipe: recipe)
  }

  private static func throughFile(_ checkpoint: Checkpoint) throws -> Checkpoint {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "resume-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try checkpoint.write(to: url)
    return try Checkpoint(contentsOf: url)
  }
}
