import Foundation
import Records

extension RecordedSource {
  /// The summary of a LeNet-like network.
  static let lenet: NetworkSummary = {
    func parameter(_ name: String, _ shape: [Int]) -> ParameterSummary {
      ParameterSummary(
        name: name, shape: shape, isTrainable: true, isRegularizable: shape.count > 1)
    }
    func layer(
      _ name: String, _ type: String, _ incoming: String?, _ shape: [Int], _ detail: String,
      _ weights: [Int]? = nil
    ) -> LayerSummary {
      LayerSummary(
        name: name, type: type, incomings: incoming.map { [$0] } ?? [],
        outputShape: [nil] + shape.map(Optional.some),
        parameters: weights.map {
          [parameter("\(name).W", $0), parameter("\(name).b", [shape[0]])]
        } ?? [], detail: detail)
    }
    return NetworkSummary(
      name: "lenet",
      layers: [
        layer("input", "InputLayer", nil, [1, 28, 28], ""),
        layer("conv1", "Conv2DLayer", "input", [32, 24, 24], "32 × 5×5, rectify", [32, 1, 5, 5]),
        layer("pool1", "MaxPool2DLayer", "conv1", [32, 12, 12], "2×2"),
        layer("conv2", "Conv2DLayer", "pool1", [32, 8, 8], "32 × 5×5, rectify", [32, 32, 5, 5]),
        layer("pool2", "MaxPool2DLayer", "conv2", [32, 4, 4], "2×2"),
        layer("dense1", "DenseLayer", "pool2", [256], "256 units, rectify", [512, 256]),
        layer("dropout", "DropoutLayer", "dense1", [256], "p 0.5"),
        layer("output", "DenseLayer", "dropout", [10], "10 units, softmax", [256, 10]),
      ],
      outputs: ["output"])
  }()

  /// Filters that turn from noise into edges.
  static func filters(_ step: Int) -> ImageStack {
    let blend = 1 - exp(-Double(step) / 500)
    var values: [Float] = []
    for filter in 0..<32 {
      let angle = Double(filter) * .pi / 16
      for row in 0..<5 {
        for column in 0..<5 {
          let along = cos(angle) * Double(column - 2) + sin(angle) * Double(row - 2)
          let noise = sin(Double(filter * 73 + row * 19 + column * 7) * 12.9898) * 0.3
          values.append(Float(noise * (1 - blend) + sin(along * 1.4) * 0.5 * blend))
        }
      }
    }
    return ImageStack(
      key: "conv1.W", step: step, time: 0, count: 32, channels: 1, height: 5, width: 5,
      values: values)
  }
}
