extension Zoo {
  /// A network that learns where to look: it turns and scales the image before it classifies.
  ///
  /// Jaderberg et al., Spatial Transformer Networks, 2015. The layer `theta` holds the map, which at first
  /// leaves the image as it is.
  ///
  /// - Parameter downsampling: By how much the image that is looked at is smaller than the input.
  public static func spatialTransformer(
    input: [Int] = [1, 40, 40], downsampling: Int = 1, filters: Int = 32, classes: Int = 10
  ) throws -> Network {
    try checkCount(downsampling, "downsampling", of: "spatialTransformer")
    return try Network("spatialTransformer", input: input) {
      for _ in 0..<2 {
        MaxPool2DLayer(2)
        Conv2DLayer(20, filterSize: 5)
      }
      DenseLayer(50)
      DenseLayer(6, W: .constant(0), b: .values([1, 0, 0, 0, 1, 0]), nonlinearity: .linear)
        .named("theta")

      TransformerLayer(
        localizationNetwork: "theta",
        downsampleFactor: DownsampleFactor(integerLiteral: downsampling)
      ).reading("input")
      for _ in 0..<2 {
        Conv2DLayer(filters, filterSize: 3)
        MaxPool2DLayer(2)
      }
      DenseLayer(256)
      DropoutLayer()
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  static let spatialTransformerEntry = ZooEntry(
    "spatialTransformer", "Learns where to look: turns and scales the image before it classifies",
    [
      ZooArgument("input", .shape([1, 40, 40]), "channels, rows and columns of an image"),
      ZooArgument("downsampling", .count(1), "by how much the image looked at is smaller"),
      ZooArgument("filters", .count(32), "filters of each convolution after it"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try spatialTransformer(
      input: $0.list("input"), downsampling: $0.count("downsampling"),
      filters: $0.count("filters"), classes: $0.count("classes"))
  }
}
