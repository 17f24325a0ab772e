import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct FreezeTests {
  private func trainer(
    update: UpdateRule = .nesterovMomentum(momentum: 0.9), l2: Double = 0.01
  ) throws -> Trainer {
    var recipe = Fixture.recipe(update: update, learningRate: 0.01, epochs: 2)
    recipe.l2 = l2
    recipe.totalNormConstraint = 0.5
    return try Trainer(
      network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe)
  }

  /// The arrays of a checkpoint that belong to a parameter: its values and what the rule remembers.
  private func arrays(_ checkpoint: Checkpoint, of name: String) -> [String: HostArray] {
    checkpoint.arrays().filter { $0.key == "weights/\(name)" || $0.key.contains("\(name)/") }
  }

  @Test func `frozen parameters and their momentum stand still, the others learn`() throws {
    let trainer = try trainer()
    let script = Script([
      (1, .freeze(pattern: "conv*")), (2, .freeze(pattern: "batchNorm1")), (3, .snapshot),
      (6, .snapshot), (7, .unfreeze(pattern: "conv1.W")),
    ])
    try script.run(trainer)
    #expect(script.answers == Array(repeating: nil, count: 5))
    let before = try #require(script.checkpoints.first { $0.step == 3 })
    let after = try #require(script.checkpoints.first { $0.step == 6 })
    let frozen = ["conv1.W", "batchNorm1.beta", "batchNorm1.gamma", "batchNorm1.mean"]
    for name in frozen {
      #expect(after.frozen.contains(name), "\(name)")
      #expect(!arrays(before, of: name).isEmpty, "\(name)")
      #expect(arrays(before, of: name) == arrays(after, of: name), "\(name)")
    }
    #expect(arrays(before, of: "dense1.W") != arrays(after, of: "dense1.W"))
    let end = try trainer.checkpoint()
    #expect(arrays(after, of: "conv1.W") != arrays(end, of: "conv1.W"))
    #expect(arrays(after, of: "batchNorm1.gamma") == arrays(end, of: "batchNorm1.gamma"))
  }

  @Test func `frozen parameters have no penalty and no part in the norm of the gradients`() throws {
    let trainer = try trainer(l2: 1)
    let script = Script([(1, .freeze(pattern: "*"))])
    try script.run(trainer)
    // The first report has a penalty, those after it have none.
    #expect(script.values("train/penalty").count == 1)
    let watched = script.events.compactMap { event -> [String]? in
      guard case .metrics(let points) = event, points.step > 1 else { return nil }
      return points.values.keys.filter { $0.hasSuffix("gradientNorm") }
    }
    #expect(watched.joined().isEmpty)
  }

  @Test func `a run with frozen parameters goes on bitwise from a file`() throws {
    let planned: [(step: Int, action: ControlAction)] = [
      (1, .freeze(pattern: "conv1.W")), (6, .unfreeze(pattern: "conv1")),
    ]
    let whole = try trainer(update: .adam())
    try Script(planned).run(whole)
    let first = Script([planned[0], (3, .stop)])
    try first.run(try trainer(update: .adam()))
    let url = FileManager.default.temporaryDirectory
      .appending(path: "freeze-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try #require(first.checkpoints.last).write(to: url)
    let kept = try Checkpoint(contentsOf: url)
    #expect(kept.frozen == ["conv1.W"])
    let second = try Trainer.resume(
      from: kept, network: try Fixture.convolutional(), data: try Fixture.images())
    try Script([(6, .unfreeze(pattern: "conv1"))]).run(second)
    var expected = try whole.checkpoint()
    expected.attempt = 2
    #expect(try second.checkpoint() == expected)
  }

  @Test func `a pattern that fits nothing is refused with the closest name`() throws {
    let script = Script([(1, .freeze(pattern: "konv")), (1, .unfreeze(pattern: "dense1.V"))])
    try script.run(try trainer())
    #expect(
      script.answers == [
        "The network 'convolutional' has no layer and no parameter that fits 'konv': did you mean "
          + "'conv1'?",
        "The network 'convolutional' has no layer and no parameter that fits 'dense1.V': did you "
          + "mean 'dense1.W'?",
      ])
  }

  @Test(
    arguments: [
      ("conv1.W", "conv1.W", true), ("conv1.W", "conv1", false), ("conv1.W", "conv*", true),
      ("conv1.W", "*.W", true), ("conv1.W", "c*1*W", true), ("conv1.W", "c*1*b", false),
      ("aba", "ab*ba", false), ("abba", "ab*ba", true), ("x", "*", true), ("abc", "*c*b*", false),
    ])
  func `a star stands for any text`(text: String, pattern: String, isFitting: Bool) {
    #expect(Network.fits(text, pattern) == isFitting)
  }

  @Test func `a command of a person's own is obeyed, and can refuse`() throws {
    struct Refusal: Error, CustomStringConvertible { let description = "It is too early." }
    CommandRegistry.shared.register([
      CustomCommand("halve-\(#line)") { trainer, argument in
        guard trainer.step > 1 else { throw Refusal() }
        try trainer.set("learningRate", to: .number(argument.number ?? 0))
      }
    ])
    let name = try #require(CommandRegistry.shared.all.first { $0.name.hasPrefix("halve-") }?.name)
    let script = Script([
      (1, .custom(name: name, argument: .number(1))),
      (2, .custom(name: name, argument: .number(0.25))),
      (2, .custom(name: name + "x", argument: .null)),
    ])
    let trainer = try trainer()
    try script.run(trainer)
    #expect(trainer.recipe.learningRate == 0.25)
    #expect(
      script.answers == [
        "It is too early.", nil,
        "There is no command called '\(name)x': did you mean '\(name)'?",
      ])
  }
}
