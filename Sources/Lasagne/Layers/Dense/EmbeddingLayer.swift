import Tensors

/// Gives each index a row of numbers of its own, which are learned.
///
/// `W` has the shape (indices, numbers); the output has one axis more than the input.
public struct EmbeddingLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// How many different indices there are.
  public var inputSize: Int
  /// How many numbers each index is given.
  public var outputSize: Int
  /// The rows.
  public var W: ParameterSource

  /// A layer for indices from 0 to `inputSize - 1`.
  public init(
    inputSize: Int, outputSize: Int, W: ParameterSource = .normal(), name: String? = nil
  ) {
    self.name = name
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.W = W
  }

  /// The layer with every default.
  public init() { self.init(inputSize: 0, outputSize: 0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<EmbeddingLayer>] {
    [
      .required("inputSize", \.inputSize), .required("outputSize", \.outputSize),
      .optional("W", \.W),
    ]
  }

  /// Whether its first input holds whole numbers (indices).
  public static var readsIndices: Bool { true }

  /// What sets it apart in a few words.
  public var detail: String { "\(inputSize) indices, \(outputSize) numbers each" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputSize > 0, outputSize > 0 else {
      throw NetworkError(
        "needs an inputSize and an outputSize of at least 1, got \(inputSize) and \(outputSize).")
    }
    return inputs[0] + [outputSize]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    [ParameterSpec("W", shape: [inputSize, outputSize], source: W)]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try context.parameter("W").embedding(inputs[0])
  }
}
