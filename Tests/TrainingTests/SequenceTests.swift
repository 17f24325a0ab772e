import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct SequenceTests {
  /// Rows of six times; each label of the target is a bump of its own channel at some time.
  private func data(targets: [Int64]? = nil) throws -> TrainingData {
    var inputs: [Float] = []
    var labels: [Int64] = []
    for sample in 0..<64 {
      let (first, second) = (sample % 3, sample / 3 % 3)
      var rows = [Float](repeating: 0, count: 18)
      rows[3 * (first % 2) + first] = 1
      rows[3 * (3 + sample / 8 % 3) + second] = 1
      inputs += rows
      labels += sample % 2 == 0 ? [Int64(first + 1), Int64(second + 1)] : [Int64(first + 1), -1]
      if sample % 2 == 1 {
        inputs.replaceSubrange((inputs.count - 9)..., with: repeatElement(0, count: 9))
      }
    }
    return TrainingData(
      inputs: try HostArray(inputs, shape: [64, 6, 3]),
      targets: try HostArray(targets ?? labels, shape: [64, (targets ?? labels).count / 64]))
  }

  private func network(classes: Int = 4) throws -> Network {
    try Network("reader", input: [6, 3]) {
      DenseLayer(12, numLeadingAxes: 2)
      DenseLayer(classes, nonlinearity: .softmax, numLeadingAxes: 2)
    }
  }

  private func recipe() -> Recipe {
    Recipe(
      objective: .ctcLoss(), update: .adam(), learningRate: 0.02, batchSize: 16, epochs: 40,
      validationFraction: 0)
  }

  @Test func `a network learns to read sequences of different lengths by ctcLoss`() throws {
    let script = Script()
    let trainer = try Trainer(network: try network(), data: try data(), recipe: recipe())
    try script.run(trainer)
    let losses = script.values("train/epochLoss")
    #expect(try #require(losses.last) < 0.3 * (try #require(losses.first)))
    #expect(script.values("train/accuracy").isEmpty)
  }

  @Test func `sequences that cannot be are refused with their sample`() throws {
    func text(_ labels: [Int64], classes: Int = 4) -> String {
      sentence {
        var all = [Int64](repeating: 1, count: 64 * labels.count)
        all.replaceSubrange((3 * labels.count)..<(4 * labels.count), with: labels)
        _ = try Trainer(
          network: try network(classes: classes), data: try data(targets: all), recipe: recipe())
      }
    }
    #expect(text([1, 2]) == "")
    #expect(
      text([1, 9]).hasPrefix("The training target of sample 3 has the label 9, but labels go"))
    #expect(
      text([1, 0]).hasPrefix("The training target of sample 3 has the label 0, but labels go"))
    #expect(
      text([-1, 2]).hasPrefix("The training target of sample 3 has labels behind a negative number")
    )
    #expect(
      text([2, 2, 2, 2]).hasPrefix(
        "The training target of sample 0 needs 7 times, but the network's"))
    let flat = try Network("flat", input: [6, 3]) { DenseLayer(4, nonlinearity: .softmax) }
    #expect(
      sentence { _ = try Trainer(network: flat, data: try data(), recipe: recipe()) }
        .hasPrefix("The network gives 4 numbers for each sample; ctcLoss needs a row of classes"))
  }

  @Test func `smoothed and focal losses train a classifier and know its accuracy`() throws {
    for objective in [Objective.smoothedCrossentropy(), .categoricalFocalLoss()] {
      var recipe = Fixture.recipe(epochs: 12)
      recipe.objective = objective
      let script = Script()
      try script.run(
        try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe))
      #expect(try #require(script.values("test/accuracy").last) > 0.9)
    }
  }
}
