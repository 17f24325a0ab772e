extension Zoo {
  /// Dense layers one after the other, with dropout between them.
  ///
  /// Srivastava et al., Dropout, 2014: part of the inputs is dropped too, and half of what each layer says.
  public static func mlp(
    input: [Int] = [1, 28, 28], hidden: [Int] = [800, 800], inputDropout: Double = 0.2,
    dropout: Double = 0.5, classes: Int = 10
  ) throws -> Network {
    try Network("mlp", input: input) {
      DropoutLayer(p: inputDropout)
      for units in hidden {
        DenseLayer(units)
        DropoutLayer(p: dropout)
      }
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  static let mlpEntry = ZooEntry(
    "mlp", "Dense layers with dropout between them",
    [
      ZooArgument("input", .shape([1, 28, 28]), "shape of one example"),
      ZooArgument("hidden", .counts([800, 800]), "units of each hidden layer"),
      ZooArgument("inputDropout", .number(0.2), "share of the inputs dropped in training"),
      ZooArgument("dropout", .number(0.5), "share of the hidden units dropped in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try mlp(
      input: $0.list("input"), hidden: $0.list("hidden"), inputDropout: $0.number("inputDropout"),
      dropout: $0.number("dropout"), classes: $0.count("classes"))
  }
}
