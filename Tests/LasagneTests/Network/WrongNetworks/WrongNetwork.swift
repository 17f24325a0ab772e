import Testing

/// A network that cannot be built, and the one sentence that says why.
struct WrongNetwork: CustomTestStringConvertible, Sendable {
  let what: String
  /// The entries of its model file after the input.
  let layers: [String]
  /// The shape of the input `in` without the batch.
  let input: String
  /// What the file tells as its output.
  let output: String?
  let sentence: String

  init(
    _ what: String, _ layers: String..., input: String = "3, 8, 8", output: String? = nil,
    says sentence: String
  ) {
    self.what = what
    self.layers = layers
    self.input = input
    self.output = output
    self.sentence = sentence
  }

  var testDescription: String { what }

  static let all = convolutions + settings + connections + sequences + parameters + words

  /// The model file; what holds in it holds for the same network built in Swift.
  var modelFile: String {
    let entries = ["{name: in, type: InputLayer, shape: [null, \(input)]}"] + layers
    return "lasagne: 1\nname: net\nlayers:\n" + entries.map { "  - \($0)\n" }.joined()
      + (output.map { "output: \($0)\n" } ?? "")
  }
}
