extension Zoo {
  /// Many small convolutions, halved images after each stage.
  ///
  /// Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014. The
  /// paper's network has `input: [3, 224, 224], units: [4096, 4096], normalized: false, classes: 1000`.
  ///
  /// - Parameters:
  ///   - depth: 11, 13, 16 or 19 layers with weights (with two hidden dense layers, as in the paper).
  ///   - width: The filters of the first stage; each stage has twice as many, up to eight times.
  ///   - units: The hidden dense layers.
  ///   - normalized: Whether batch normalization follows each convolution.
  public static func vgg(
    input: [Int] = [3, 32, 32], depth: Int = 16, width: Int = 64, units: [Int] = [512],
    normalized: Bool = true, classes: Int = 10
  ) throws -> Network {
    let convolutions = [
      11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4],
    ]
    guard let stages = convolutions[depth] else {
      throw NetworkError("The network 'vgg' has a depth of 11, 13, 16 or 19, got \(depth).")
    }
    return try Network("vgg\(depth)", input: input) {
      for (stage, count) in stages.enumerated() {
        for _ in 0..<count {
          let convolution = Conv2DLayer(
            width << min(stage, 3), filterSize: 3, pad: 1, W: .heNormal(gain: .relu))
          if normalized { batchNorm(convolution) } else { convolution }
        }
        MaxPool2DLayer(2)
      }
      for count in units {
        DenseLayer(count)
        DropoutLayer()
      }
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  static let vggEntry = ZooEntry(
    "vgg", "Stages of 3×3 convolutions, each with twice the filters on half the image",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("depth", .count(16), "11, 13, 16 or 19"),
      ZooArgument("width", .count(64), "filters of the first stage"),
      ZooArgument("units", .counts([512]), "units of each hidden dense layer"),
      ZooArgument("normalized", .flag(true), "whether to normalize after each convolution"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try vgg(
      input: $0.list("input"), depth: $0.count("depth"), width: $0.count("width"),
      units: $0.list("units"), normalized: $0.isOn("normalized"), classes: $0.count("classes"))
  }
}
