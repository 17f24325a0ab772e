import Foundation
import Lasagne
import Tensors

/// Runs a trained network over whole arrays, a batch at a time, in deterministic mode.
public struct Evaluator {
  private let network: Network
  private let weights: Weights
  private let recipe: Recipe
  private let batchSize: Int
  private let device: Device

  /// Prepares a network with its weights.
  ///
  /// - Parameters:
  ///   - recipe: The one it was trained by: how inputs are scaled and what is minimized.
  ///   - batchSize: Samples at a time.
  public init(
    network: Network, weights: Weights, recipe: Recipe = Recipe(), batchSize: Int = 500,
    device: Device = .cpu
  ) {
    self.network = network
    self.weights = weights
    self.recipe = recipe
    self.batchSize = max(1, batchSize)
    self.device = device
  }

  /// The network's first output for each input; first axis: the samples.
  ///
  /// - Parameter others: Arrays for input layers beside the first, by the names of the layers.
  /// - Throws: `TrainingError` where the inputs do not fit the network.
  public func predict(
    _ inputs: HostArray, others: [String: HostArray] = [:]
  ) throws -> HostArray {
    let layout = try SampleLayout(inputsOf: network)
    let inputs = try layout.inputs(inputs, part: "given")
    let prepare = InputPreparation(
      dataType: inputs.dataType, inputScale: recipe.inputScale, readsIndices: layout.readsIndices)
    let augmenter = try Augmenter(recipe, layout: layout, device: device)
    let count = inputs.shape[0]
    let further = try layout.furtherInputs(others, count: count, part: "given")
    var data = Data()
    var sample: [Int] = []
    for start in stride(from: 0, to: count, by: batchSize) {
      let places = Array(start..<min(start + batchSize, count))
      let rows = try inputs.rows(places)
      let output = try withoutGradients { () throws -> HostArray in
        let scaled = try prepare(try Tensor(rows, device: device))
        let tensor = try augmenter?.deterministic(scaled) ?? scaled
        var named: [String: Tensor] = [:]
        for input in further {
          let prepare = InputPreparation(
            dataType: input.array.dataType, inputScale: recipe.inputScale,
            readsIndices: input.layout.readsIndices)
          named[input.layout.layer] = try prepare(
            try Tensor(input.array.rows(places), device: device))
        }
        return try network.output(
          network.named(tensor, named), weights: weights, deterministic: true
        ).hostArray()
      }
      sample = Array(output.shape.dropFirst())
      data.append(output.data)
    }
    return try HostArray(shape: [count] + sample, dataType: .float32, data: data)
  }

  /// The mean `loss` without penalties, for classifiers the `accuracy`, and the recipe's metrics over
  /// arrays.
  ///
  /// - Parameter others: Arrays for input layers beside the first, by the names of the layers.
  /// - Throws: `TrainingError` where the arrays do not fit the network and the objective.
  public func evaluate(
    inputs: HostArray, targets: HostArray, others: [String: HostArray] = [:]
  ) throws -> [String: Double] {
    let layout = try SampleLayout(network: network, recipe: recipe)
    let store = try SampleStore(
      try layout.samples(inputs: inputs, targets: targets, others: others, part: "given"),
      inputScale: recipe.inputScale, readsIndices: layout.readsIndices, device: device,
      augmenter: try Augmenter(recipe, layout: layout, device: device))
    let function = try LossFunction(network, recipe.withoutDropout)
    for metric in recipe.metrics { try function.check(metric) }
    var meters = MetricMeters(recipe.metrics, function)
    let totals = try Evaluation(function: function, weights: weights)
      .totals(of: store, at: Array(0..<store.count)[...], meters: &meters)
    let names = MetricNames(loss: "loss", accuracy: "accuracy", penalty: nil)
    var values = totals.means(names, hasAccuracy: function.hasAccuracy)
    for (key, value) in meters.values(part: "", totals: totals) {
      values[String(key.dropFirst())] = value
    }
    return values
  }
}

extension Recipe {
  /// The recipe for measuring, where nothing is dropped.
  fileprivate var withoutDropout: Recipe {
    var copy = self
    copy.dropout = nil
    return copy
  }
}
