import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct ResumeTests {
  /// The run without interruption, and the one that is taken apart at a step and put together again.
  private func compare(
    update: UpdateRule, stopStep: Int, schedule: Schedule = .constant,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let network = try Fixture.convolutional()
    let data = try Fixture.images()
    var recipe = Fixture.recipe(update: update, learningRate: 0.01, epochs: 3)
    recipe.schedule = schedule
    recipe.l2 = 0.001
    recipe.reportEverySteps = 3
    recipe.totalNormConstraint = 1
    let whole = Script()
    let wholeTrainer = try Trainer(network: network, data: data, recipe: recipe)
    try whole.run(wholeTrainer)

    let first = Script([(stopStep, .stop)])
    let state = try first.run(try Trainer(network: network, data: data, recipe: recipe))
    #expect(state == .stopped, sourceLocation: sourceLocation)
    let url = FileManager.default.temporaryDirectory
      .appending(path: "resume-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let kept = try #require(first.checkpoints.last)
    #expect(kept.step == stopStep, sourceLocation: sourceLocation)
    try kept.write(to: url)
    let read = try Checkpoint(contentsOf: url)
    #expect(read == kept, sourceLocation: sourceLocation)

    let second = Script()
    let resumed = try Trainer.resume(from: read, network: network, data: data)
    #expect(resumed.attempt == 2, sourceLocation: sourceLocation)
    try second.run(resumed)
    for key in ["train/loss", "train/accuracy", "train/epochLoss", "valid/loss", "rate/learning"] {
      #expect(
        first.values(key) + second.values(key) == whole.values(key), "\(key)",
        sourceLocation: sourceLocation)
    }
    var expected = try wholeTrainer.checkpoint()
    expected.attempt = 2
    #expect(try resumed.checkpoint() == expected, sourceLocation: sourceLocation)
  }

  @Test func `a run that went on in mid-epoch is bitwise the run that was not interrupted`() throws
  {
    try compare(update: .nesterovMomentum(momentum: 0.9), stopStep: 6)
    try compare(update: .adam(), stopStep: 5, schedule: .linear)
  }

  @Test func `a run that went on between two epochs is bitwise the same`() throws {
    try compare(update: .amsgrad(), stopStep: 4)
    try compare(update: .adadelta(), stopStep: 8, schedule: .cosine)
  }

  @Test func `a checkpoint of another network, of other data or of no run is refused`() throws {
    let data = try Fixture.blobs()
    let network = try Fixture.mlp()
    let checkpoint = try Trainer(network: network, data: data, recipe: Fixture.recipe())
      .checkpoint()
    let other = try Network("other", input: [4]) {
      DenseLayer(3, nonlinearity: .softmax).named("alone")
    }
    #expect(
      sentence { _ = try Trainer.resume(from: checkpoint, network: other, data: data) }
        == "The checkpoint has no alone.W, which the network 'other' needs; it was taken from "
        + "another network.")
    #expect(
      sentence {
        _ = try Trainer.resume(
          from: checkpoint, network: network, data: try Fixture.blobs(count: 120))
      }.hasPrefix("The checkpoint was taken with 216 training samples, the data has 108;"))
    #expect(
      sentence { _ = try Checkpoint(arrays: [:], metadata: [:]) }
        .hasPrefix("The file is not a checkpoint:"))
  }

  @Test func `a run that goes on elsewhere says that it is not bitwise, and why`() throws {
    var checkpoint = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 1)
    ).checkpoint()
    checkpoint.fingerprint["torch"] = "1.0"
    let script = Script()
    let trainer = try Trainer.resume(
      from: checkpoint, network: try Fixture.mlp(), data: try Fixture.blobs())
    try script.run(trainer)
    let warnings = script.events.compactMap { event in
      if case .warning(_, let message) = event { message } else { nil }
    }
    #expect(
      warnings == [
        "The run goes on from its checkpoint, but not bitwise as it would have: torch was 1.0 and "
          + "is \(Backend.version)."
      ])
  }
}
