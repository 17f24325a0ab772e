extension Zoo {
  /// Convolutions with small dense networks at every position, and no dense layer at the end.
  ///
  /// Lin et al., Network In Network, 2013: the mean of each class's channel is its score.
  ///
  /// - Parameter width: The filters of the large convolutions.
  public static func nin(
    input: [Int] = [3, 32, 32], width: Int = 192, dropout: Double = 0.5, classes: Int = 10
  ) throws -> Network {
    try checkCount(width, "width", in: 2...NetworkLimits.length, of: "nin")
    return try Network("nin", input: input) {
      Conv2DLayer(width, filterSize: 5, pad: 2)
      NINLayer(width * 5 / 6)
      NINLayer(width / 2)
      MaxPool2DLayer(3, stride: 2, ignoreBorder: false)
      DropoutLayer(p: dropout)

      Conv2DLayer(width, filterSize: 5, pad: 2)
      NINLayer(width)
      NINLayer(width)
      Pool2DLayer(3, stride: 2, ignoreBorder: false, mode: .averageExcPad)
      DropoutLayer(p: dropout)

      Conv2DLayer(width, filterSize: 3, pad: 1)
      NINLayer(width)
      NINLayer(classes)
      GlobalPoolLayer()
      NonlinearityLayer(.softmax)
    }
  }

  static let ninEntry = ZooEntry(
    "nin", "Network in network: small dense networks at every position, no dense layer at the end",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("width", .count(192), "filters of the large convolutions"),
      ZooArgument("dropout", .number(0.5), "share of the numbers dropped in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try nin(
      input: $0.list("input"), width: $0.count("width"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }
}
