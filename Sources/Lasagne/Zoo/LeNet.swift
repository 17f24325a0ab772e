extension Zoo {
  /// Convolutions and poolings in turn, then dense layers.
  ///
  /// After LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, with rectifiers
  /// and dropout. Images of (channels, rows, columns).
  public static func lenet(
    input: [Int] = [1, 28, 28], filters: [Int] = [32, 32], units: Int = 256,
    dropout: Double = 0.5, classes: Int = 10
  ) throws -> Network {
    try Network("lenet", input: input) {
      for count in filters {
        Conv2DLayer(count, filterSize: 5)
        MaxPool2DLayer(2)
      }
      DenseLayer(units)
      DropoutLayer(p: dropout)
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  static let lenetEntry = ZooEntry(
    "lenet", "Two convolutions with pooling, two dense layers: the first network for images",
    [
      ZooArgument("input", .shape([1, 28, 28]), "channels, rows and columns of an image"),
      ZooArgument("filters", .counts([32, 32]), "filters of each convolution"),
      ZooArgument("units", .count(256), "units of the hidden layer"),
      ZooArgument("dropout", .number(0.5), "share of the hidden units dropped in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try lenet(
      input: $0.list("input"), filters: $0.list("filters"), units: $0.count("units"),
      dropout: $0.number("dropout"), classes: $0.count("classes"))
  }
}
