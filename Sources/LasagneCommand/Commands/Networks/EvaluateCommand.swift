import ArgumentParser
import Foundation
import Lasagne
import LasagneEngine
import Records
import Training

/// `lasagne evaluate MODEL DATA`: loss and accuracy of weights on data.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a network's loss and accuracy on data.")

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The name of a data set in the workspace.")
  var data: String

  @OptionGroup var trained: WeightOptions

  @Option(help: ArgumentHelp("What is measured: \(RecipeOptions.list(Objective.names))."))
  var objective: String?

  @Option(
    help: ArgumentHelp(
      "What is measured of each of several outputs: '{digit: {weight: 1}, angle: {objective: …}}'.",
      valueName: "objectives"))
  var objectives: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What is measured besides: \(RecipeOptions.list(Metric.standardNames)).", valueName: "metric")
  )
  var metrics: [String] = []

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard objective != nil, objectives != nil else { return }
    throw ValidationError(
      "--objective is for a network with one output, --objectives for several; give one of them.")
  }

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let weights = try trained.weights(of: model, in: workspace)
    let data = try TrainingData(data, in: workspace)
    var fields: [String: JSONValue] = [:]
    if let objective { fields["objective"] = RecipeOptions.value(objective) }
    if let objectives { fields["objectives"] = RecipeOptions.value(objectives) }
    if !metrics.isEmpty { fields["metrics"] = .array(metrics.map(RecipeOptions.value)) }
    let recipe = try Recipe(json: .object(fields))
    try data.check(against: model.network, recipe: recipe.fitting(data))
    let evaluator = Evaluator(
      network: model.network, weights: weights, recipe: recipe,
      device: try trained.place())
    try report(
      "training",
      evaluator.evaluate(
        inputs: data.inputs, targets: data.targets,
        others: data.others(of: .training)))
    if let inputs = data.testInputs, let targets = data.testTargets {
      let others = data.others(of: .test)
      try report(
        "test", evaluator.evaluate(inputs: inputs, targets: targets, others: others))
    }
  }

  private func report(_ part: String, _ values: [String: Double]) throws {
    if common.json {
      try common.putJSON(Measurement(part: part, values: values))
      return
    }
    let figures = values.sorted { $0.key > $1.key }.map { "\($0.key) \(metric($0.value, $0.key))" }
    put("\(part): \(figures.joined(separator: ", "))")
  }

  private struct Measurement: Encodable {
    var part: String
    var values: [String: Double]
  }
}

extension Recipe {
  /// The recipe with batches no larger than the data: measuring needs no whole batch.
  func fitting(_ data: TrainingData) -> Recipe {
    var copy = self
    copy.batchSize = max(1, min(batchSize, data.inputs.shape.first ?? 1))
    return copy
  }
}
