extension Zoo {
  /// Two images through the same layers, and whether they show the same thing.
  ///
  /// Koch et al., Siamese Neural Networks for One-shot Image Recognition, 2015; features are compared by
  /// their product. The inputs are called `left` and `right`, and every parameter exists once.
  public static func siamese(
    input: [Int] = [1, 28, 28], filters: [Int] = [16, 32], units: Int = 64
  ) throws -> Network {
    try Network("siamese") {
      for side in ["left", "right"] {
        let own = side == "left"
        InputLayer([nil] + input, name: side)
        for (index, count) in filters.enumerated() {
          let convolution = Conv2DLayer(
            count, filterSize: 5, W: .heNormal(gain: .relu), name: "\(side)_conv\(index)")
          if own { convolution } else { convolution.sharing("left_conv\(index)") }
          MaxPool2DLayer(2)
        }
        let features = DenseLayer(units, nonlinearity: .tanh, name: "\(side)_features")
        if own { features } else { features.sharing("left_features") }
      }
      ElemwiseMergeLayer(.mul).reading("left_features", "right_features")
      DenseLayer(1, nonlinearity: .sigmoid).named("same")
    }
  }

  static let siameseEntry = ZooEntry(
    "siamese", "Two images through shared layers, and whether they show the same",
    [
      ZooArgument("input", .shape([1, 28, 28]), "channels, rows and columns of an image"),
      ZooArgument("filters", .counts([16, 32]), "filters of each convolution"),
      ZooArgument("units", .count(64), "features that are compared"),
    ]
  ) {
    try siamese(
      input: $0.list("input"), filters: $0.list("filters"), units: $0.count("units"))
  }
}
