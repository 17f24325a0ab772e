extension Zoo {
  /// Blocks in which every layer reads all layers before it.
  ///
  /// Huang et al., Densely Connected Convolutional Networks, 2016, for small images.
  ///
  /// - Parameters:
  ///   - depth: The layers with weights: 3n + 4.
  ///   - growth: The channels that each layer adds.
  public static func densenet(
    input: [Int] = [3, 32, 32], depth: Int = 40, growth: Int = 12, classes: Int = 10
  ) throws -> Network {
    try checkCount(growth, "growth", of: "densenet")
    try checkCount(depth, "depth", in: depths, of: "densenet")
    guard depth > 4, (depth - 4).isMultiple(of: 3) else {
      throw NetworkError("The network 'densenet' has a depth of 3n + 4, such as 22, got \(depth).")
    }
    let stem = 16
    let layers = (depth - 4) / 3
    return try Network("densenet\(depth)", input: input) {
      convolution(stem, 3)
      for block in 0..<3 {
        if block > 0 {
          normalized
          convolution(stem + block * layers * growth, 1)
          Pool2DLayer(2, mode: .averageExcPad)
        }
        for _ in 0..<layers {
          merge(ConcatLayer()) {
            branch {}
            branch {
              normalized
              convolution(growth, 3)
            }
          }
        }
      }
      normalized
      GlobalPoolLayer()
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  /// Normalization and a rectifier, which here come before the convolution.
  @NetworkBuilder private static var normalized: [NetworkPart] {
    BatchNormLayer()
    NonlinearityLayer(.rectify)
  }

  private static func convolution(_ filters: Int, _ size: Int) -> Conv2DLayer {
    Conv2DLayer(
      filters, filterSize: .all(size), pad: .same, W: .heNormal(gain: .relu), b: nil,
      nonlinearity: .linear)
  }

  static let densenetEntry = ZooEntry(
    "densenet", "Blocks in which every layer reads all layers before it",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("depth", .count(40), "3n + 4 layers"),
      ZooArgument("growth", .count(12), "channels that each layer adds"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try densenet(
      input: $0.list("input"), depth: $0.count("depth"), growth: $0.count("growth"),
      classes: $0.count("classes"))
  }
}
