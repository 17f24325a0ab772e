extension Zoo {
  /// Modules that look at the image with filters of several sizes at once.
  ///
  /// Szegedy et al., Going Deeper with Convolutions, 2014 (GoogLeNet, without the classifiers beside the
  /// way). Large images, from 128 rows on, are halved three times before the first module; smaller ones
  /// are not.
  ///
  /// - Parameter width: 64 for the paper's number of filters; half of it halves all of them.
  public static func inception(
    input: [Int] = [3, 32, 32], width: Int = 64, dropout: Double = 0.4, classes: Int = 10
  ) throws -> Network {
    try checkInput(input, imageAxes, of: "inception")
    try checkCount(width, "width", of: "inception")
    return try Network("inception", input: input) {
      if input[1] >= 128 {
        Conv2DLayer(width, filterSize: 7, stride: 2, pad: 3)
        MaxPool2DLayer(3, stride: 2, ignoreBorder: false)
      }
      NINLayer(width)
      Conv2DLayer(3 * width, filterSize: 3, pad: 1)
      if input[1] >= 128 { MaxPool2DLayer(3, stride: 2, ignoreBorder: false) }
      for (stage, modules) in modules.enumerated() {
        if stage > 0 { MaxPool2DLayer(3, stride: 2, ignoreBorder: false) }
        for module in modules { module.parts(width) }
      }
      GlobalPoolLayer()
      DropoutLayer(p: dropout)
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  /// The filters of one module, for a width of 64.
  private struct Module {
    let single, reduced3, filters3, reduced5, filters5, pooled: Int

    init(_ single: Int, _ three: (Int, Int), _ five: (Int, Int), _ pooled: Int) {
      self.single = single
      (reduced3, filters3) = three
      (reduced5, filters5) = five
      self.pooled = pooled
    }

    /// Four ways through the module, side by side in its output's channels.
    func parts(_ width: Int) -> [NetworkPart] {
      func scaled(_ filters: Int) -> Int { max(1, filters * width / 64) }
      return merge(ConcatLayer()) {
        branch { NINLayer(scaled(single)) }
        branch {
          NINLayer(scaled(reduced3))
          Conv2DLayer(scaled(filters3), filterSize: 3, pad: 1)
        }
        branch {
          NINLayer(scaled(reduced5))
          Conv2DLayer(scaled(filters5), filterSize: 5, pad: 2)
        }
        branch {
          MaxPool2DLayer(3, stride: 1, pad: 1)
          NINLayer(scaled(pooled))
        }
      }
    }
  }

  private static let modules = [
    [Module(64, (96, 128), (16, 32), 32), Module(128, (128, 192), (32, 96), 64)],
    [
      Module(192, (96, 208), (16, 48), 64), Module(160, (112, 224), (24, 64), 64),
      Module(128, (128, 256), (24, 64), 64), Module(112, (144, 288), (32, 64), 64),
      Module(256, (160, 320), (32, 128), 128),
    ],
    [Module(256, (160, 320), (32, 128), 128), Module(384, (192, 384), (48, 128), 128)],
  ]

  static let inceptionEntry = ZooEntry(
    "inception", "GoogLeNet: modules that look with filters of several sizes at once",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("width", .count(64), "filters of the first layer; 64 as in the paper"),
      ZooArgument("dropout", .number(0.4), "share of the features dropped in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try inception(
      input: $0.list("input"), width: $0.count("width"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }
}
