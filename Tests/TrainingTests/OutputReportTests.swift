import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// What runs tell and keep of networks whose outputs have objectives of their own, and of all others.
struct OutputReportTests {
  @Test func `a session's steps tell of every output, whoever listens`() throws {
    for way in [StepCapturing.off, .everywhere] {
      let trainer = try Trainer(
        network: SeveralOutputsTests.network(), data: SeveralOutputsTests.data(),
        recipe: SeveralOutputsTests.recipe(), capturing: way)
      trainer.blockObserver = { _ in Issue.record("a block has no place for several outputs") }
      let script = Script()
      try script.run(trainer)
      for key in ["train/loss", "train/digit/loss", "train/digit/accuracy", "train/angle/loss"] {
        #expect(script.values(key).count == 2, "\(key)")
      }
    }
  }

  @Test(arguments: [StepCapturing.off, .everywhere])
  func `the objective of an only output may have a weight, too`(way: StepCapturing) throws {
    func run(_ objectives: [String: OutputObjective]?, rate: Double) throws -> (Script, Trainer) {
      let network = try Network("one", input: [4]) {
        DenseLayer(3, nonlinearity: .softmax, name: "digit")
      }
      var recipe = SeveralOutputsTests.recipe()
      (recipe.objectives, recipe.learningRate) = (objectives, rate)
      let script = Script()
      let trainer = try Trainer(
        network: network, data: SeveralOutputsTests.data(), recipe: recipe, capturing: way)
      try script.run(trainer)
      return (script, trainer)
    }
    // Twice the loss at half the rate.
    let (plain, one) = try run(nil, rate: 0.3)
    let (named, other) = try run(["digit": OutputObjective(weight: 2)], rate: 0.15)
    #expect(one.planRefusal == nil)
    #expect(other.planRefusal == "the recipe's objectives has no plan rule")
    for (a, b) in zip(one.weights.tensors, other.weights.tensors) {
      #expect(try (a - b).absolute().max().item() < 1e-6)
    }
    let losses = plain.values("train/loss")
    #expect(losses.count == 2 && named.values("train/loss").count == 2)
    for (loss, (own, sum)) in zip(
      losses, zip(named.values("train/digit/loss"), named.values("train/loss")))
    {
      #expect(abs(loss - own) < 1e-6 && abs(2 * loss - sum) < 1e-6)
    }
  }

  @Test func `a network with one output keeps what it always kept`() throws {
    let totals = Totals(loss: 4, penalty: 1, correct: 5, count: 8)
    let old = #"{"correct":5,"count":8,"loss":4,"penalty":1}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(totals), as: UTF8.self) == old)
    #expect(try JSONDecoder().decode(Totals.self, from: Data(old.utf8)) == totals)
    #expect(
      totals.means(.training, hasAccuracy: true)
        == ["train/loss": 0.5, "train/accuracy": 0.625, "train/penalty": 0.125])
    guard case .object(let fields) = Recipe().json else {
      Issue.record("a recipe is no object")
      return
    }
    #expect(fields["objectives"] == nil)
  }

  @Test func `noise for measuring has targets for each output`() throws {
    let network = try SeveralOutputsTests.network()
    var recipe = SeveralOutputsTests.recipe()
    recipe.epochs = 1_000_000
    let data = try TrainingData(
      noiseFor: network, count: 12, objective: .squaredError, objectives: recipe.objectives)
    #expect(data.targets.shape == [12] && data.targets.dataType == .int64)
    #expect(data.others.mapValues(\.shape) == ["angle": [12, 2]])
    try data.check(against: network, recipe: recipe)
    let trainer = try Trainer(network: network, data: data, recipe: recipe)
    let profile = try StepProfiler(trainer, rounds: 1).profile()
    #expect(profile.layers.count == network.layers.count)
  }
}
