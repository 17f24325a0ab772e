extension Zoo {
  /// Long short-term memory over a sequence, and a class for the whole of it.
  ///
  /// Sequences of (steps, features). The forgetgate's bias begins at 1 (Jozefowicz et al. 2015).
  ///
  /// - Parameters:
  ///   - layers: How many recurrent layers lie on each other.
  ///   - bidirectional: Whether each layer also walks backwards, its outputs joined with the others.
  public static func lstmClassifier(
    input: [Int] = [28, 28], units: Int = 128, layers: Int = 1, bidirectional: Bool = false,
    dropout: Double = 0, classes: Int = 10
  ) throws -> Network {
    try recurrentClassifier("lstmClassifier", input, layers, bidirectional, dropout, classes) {
      LSTMLayer(
        units, forgetgate: Gate(b: .constant(1)), backwards: $0, onlyReturnFinal: $1)
    }
  }

  /// Gated recurrent units over a sequence, and a class for the whole of it.
  ///
  /// Sequences of (steps, features); arguments as those of ``lstmClassifier(input:units:layers:bidirectional:dropout:classes:)``.
  public static func gruClassifier(
    input: [Int] = [28, 28], units: Int = 128, layers: Int = 1, bidirectional: Bool = false,
    dropout: Double = 0, classes: Int = 10
  ) throws -> Network {
    try recurrentClassifier("gruClassifier", input, layers, bidirectional, dropout, classes) {
      GRULayer(units, backwards: $0, onlyReturnFinal: $1)
    }
  }

  /// Recurrent layers on each other, the last of which gives its final step only.
  private static func recurrentClassifier(
    _ name: String, _ input: [Int], _ layers: Int, _ isBidirectional: Bool, _ dropout: Double,
    _ classes: Int, layer: (_ backwards: Bool, _ onlyReturnFinal: Bool) -> any Layer
  ) throws -> Network {
    try checkInput(input, ["steps", "features"], of: name)
    try checkCount(layers, "layers", in: depths, of: name)
    return try Network(name, input: input) {
      for index in 0..<layers {
        if isBidirectional {
          merge(ConcatLayer(axis: -1)) {
            branch { layer(false, index == layers - 1) }
            branch { layer(true, index == layers - 1) }
          }
        } else {
          layer(false, index == layers - 1)
        }
        if dropout > 0 { DropoutLayer(p: dropout) }
      }
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  private static func arguments(_ kind: String) -> [ZooArgument] {
    [
      ZooArgument("input", .shape([28, 28]), "steps and features of a sequence"),
      ZooArgument("units", .count(128), "units of each \(kind) layer"),
      ZooArgument("layers", .count(1), "\(kind) layers on each other"),
      ZooArgument("bidirectional", .flag(false), "whether each layer walks both ways"),
      ZooArgument("dropout", .number(0), "share dropped after each layer in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  }

  static let lstmClassifierEntry = ZooEntry(
    "lstmClassifier", "Long short-term memory over a sequence, a class for the whole",
    arguments("LSTM")
  ) {
    try lstmClassifier(
      input: $0.list("input"), units: $0.count("units"), layers: $0.count("layers"),
      bidirectional: $0.isOn("bidirectional"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }

  static let gruClassifierEntry = ZooEntry(
    "gruClassifier", "Gated recurrent units over a sequence, a class for the whole",
    arguments("GRU")
  ) {
    try gruClassifier(
      input: $0.list("input"), units: $0.count("units"), layers: $0.count("layers"),
      bidirectional: $0.isOn("bidirectional"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }
}
