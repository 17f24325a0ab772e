import Lasagne

/// The networks that are compared; `Benchmarks/peers` has the same for other libraries.
enum BenchNetwork: String, CaseIterable {
  case tiny, mlp, lenet, vgg, resnet, gru, lstm, transformer

  /// The network.
  ///
  /// - Parameter hasDropout: Without, losses can be compared: no two libraries draw the same masks.
  func network(hasDropout: Bool) throws -> Network {
    switch self {
    case .tiny: try Self.dense([20], [32, 32], classes: 2)
    case .mlp: try Self.dense([1, 28, 28], [800, 800], classes: 10)
    case .lenet: try Self.lenet(dropout: hasDropout ? 0.5 : 0)
    case .vgg: try Self.vgg()
    case .resnet: try Zoo.resnet()
    case .gru: try Self.recurrent(GRULayer(128, onlyReturnFinal: true))
    case .lstm: try Self.recurrent(LSTMLayer(128, peepholes: false, onlyReturnFinal: true))
    case .transformer:
      try Zoo.transformerClassifier(
        vocabulary: 256, length: 64, units: 128, layers: 4, heads: 4, dropout: 0, classes: 2)
    }
  }

  private static func dense(_ input: [Int], _ hidden: [Int], classes: Int) throws -> Network {
    try Network("dense", input: input) {
      for units in hidden { DenseLayer(units) }
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  private static func lenet(dropout: Double) throws -> Network {
    try Network("lenet", input: [1, 28, 28]) {
      Conv2DLayer(32, filterSize: 5)
      MaxPool2DLayer(2)
      Conv2DLayer(32, filterSize: 5)
      MaxPool2DLayer(2)
      DenseLayer(256)
      DropoutLayer(p: dropout)
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  /// Three stages of two convolutions, without normalization.
  private static func vgg() throws -> Network {
    try Network("vgg", input: [3, 32, 32]) {
      for filters in [32, 64, 128] {
        Conv2DLayer(filters, filterSize: 3, pad: 1, W: .heNormal(gain: .relu))
        Conv2DLayer(filters, filterSize: 3, pad: 1, W: .heNormal(gain: .relu))
        MaxPool2DLayer(2)
      }
      DenseLayer(256)
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  /// The rows of an image, one after the other.
  private static func recurrent(_ layer: some SequenceLayer) throws -> Network {
    try Network("recurrent", input: [28, 28]) {
      layer
      DenseLayer(10, nonlinearity: .softmax)
    }
  }
}
