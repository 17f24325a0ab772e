extension Zoo {
  /// Dense layers down to a few numbers, the code, and the same way back to the input.
  ///
  /// Hinton & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks, 2006. Outputs lie
  /// between 0 and 1, as inputs should; the layer `code` holds the code.
  public static func autoencoder(
    input: [Int] = [1, 28, 28], hidden: [Int] = [512, 128], code: Int = 32
  ) throws -> Network {
    guard let count = input.map({ $0 as Int? }).entryCount else {
      throw NetworkError("The network 'autoencoder' cannot have an input as large as \(input).")
    }
    return try Network("autoencoder", input: input) {
      for units in hidden { DenseLayer(units) }
      DenseLayer(code, nonlinearity: .linear).named("code")
      for units in hidden.reversed() { DenseLayer(units) }
      DenseLayer(count, nonlinearity: .sigmoid)
      ReshapeLayer([.inputAxis(0)] + input.map { .fixed($0) }).named("output")
    }
  }

  static let autoencoderEntry = ZooEntry(
    "autoencoder", "Dense layers down to a small code and back to the input",
    [
      ZooArgument("input", .shape([1, 28, 28]), "shape of one example"),
      ZooArgument("hidden", .counts([512, 128]), "units of each layer before the code"),
      ZooArgument("code", .count(32), "numbers in the code"),
    ]
  ) {
    try autoencoder(
      input: $0.list("input"), hidden: $0.list("hidden"), code: $0.count("code"))
  }
}
