extension Zoo {
  /// Residual blocks in three stages, for small images.
  ///
  /// He et al., Deep Residual Learning for Image Recognition, 2015, section 4.2, with a convolution on the
  /// shortcut where the shape changes.
  ///
  /// - Parameters:
  ///   - depth: The layers with weights: 6n + 2 (20, 32, 44, 56, 110), with bottlenecks 9n + 2 (29, 56,
  ///     164).
  ///   - width: The filters of the first stage; each stage has twice as many.
  ///   - bottleneck: Whether blocks work on fewer channels than they pass on.
  public static func resnet(
    input: [Int] = [3, 32, 32], depth: Int = 20, width: Int = 16, bottleneck: Bool = false,
    classes: Int = 10
  ) throws -> Network {
    try checkCount(width, "width", of: "resnet")
    try checkCount(depth, "depth", in: depths, of: "resnet")
    let layers = bottleneck ? 9 : 6
    guard depth > 2, (depth - 2).isMultiple(of: layers) else {
      throw NetworkError(
        "The network 'resnet' \(bottleneck ? "with bottlenecks " : "")has a depth of \(layers)n + 2, "
          + "such as \(layers * 3 + 2), got \(depth).")
    }
    return try Network("resnet\(depth)", input: input) {
      batchNorm(Conv2DLayer(width, filterSize: 3, pad: 1, W: .heNormal(gain: .relu)))
      for stage in 0..<3 {
        for block in 0..<(depth - 2) / layers {
          residualBlock(
            width << stage, stride: stage > 0 && block == 0 ? 2 : 1, isBottleneck: bottleneck,
            isFirst: block == 0 && (stage > 0 || bottleneck))
        }
      }
      GlobalPoolLayer()
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  /// Two convolutions, or three through a bottleneck, with a way round them.
  private static func residualBlock(
    _ filters: Int, stride: Int, isBottleneck: Bool, isFirst: Bool
  ) -> Residual {
    let outputs = isBottleneck ? 4 * filters : filters
    func convolution(_ filters: Int, _ size: Int, stride: Int = 1) -> Conv2DLayer {
      Conv2DLayer(
        filters, filterSize: .all(size), stride: .all(stride), pad: .same,
        W: .heNormal(gain: .relu))
    }
    return Residual(nonlinearity: .rectify) {
      if isBottleneck {
        batchNorm(convolution(filters, 1))
        batchNorm(convolution(filters, 3, stride: stride))
        batchNorm(convolution(outputs, 1).linear)
      } else {
        batchNorm(convolution(filters, 3, stride: stride))
        batchNorm(convolution(filters, 3).linear)
      }
    } shortcut: {
      if isFirst { batchNorm(convolution(outputs, 1, stride: stride).linear) }
    }
  }

  static let resnetEntry = ZooEntry(
    "resnet", "Residual blocks in three stages, for small images",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("depth", .count(20), "6n + 2 layers, with bottlenecks 9n + 2"),
      ZooArgument("width", .count(16), "filters of the first stage"),
      ZooArgument("bottleneck", .flag(false), "whether blocks work on a quarter of the channels"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try resnet(
      input: $0.list("input"), depth: $0.count("depth"), width: $0.count("width"),
      bottleneck: $0.isOn("bottleneck"), classes: $0.count("classes"))
  }
}

extension Conv2DLayer {
  /// The same layer without a nonlinearity: the end of a way that is added to another.
  fileprivate var linear: Conv2DLayer {
    var copy = self
    copy.nonlinearity = .linear
    return copy
  }
}
