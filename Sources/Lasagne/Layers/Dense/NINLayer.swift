import Tensors

/// A dense layer over the channels, the same at every position: a 1×1 convolution.
///
/// `W` has the shape (channels, units).
public struct NINLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numUnits: Int
  /// Whether each position has a bias of its own.
  public var untieBiases: Bool
  /// The weights.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity

  /// A layer with the given number of output channels.
  public init(
    _ numUnits: Int, untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify, name: String? = nil
  ) {
    self.name = name
    self.numUnits = numUnits
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// In bfloat16 where a pass asks for it.
  public static var lowersPrecision: Bool { true }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<NINLayer>] {
    [
      .required("numUnits", \.numUnits), .optional("untieBiases", \.untieBiases),
      .optional("W", \.W), .optional("b", \.b), .optional("nonlinearity", \.nonlinearity),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "nin" }
  /// What sets it apart in a few words.
  public var detail: String { "\(numUnits) units, \(nonlinearity.name)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard numUnits > 0 else {
      throw NetworkError("needs at least 1 unit, got numUnits \(numUnits).")
    }
    guard inputs[0].count >= 2 else {
      throw NetworkError(
        "needs an input of at least 2 axes (batch, channels), got \(inputs[0].text).")
    }
    return [inputs[0][0], numUnits] + inputs[0].dropFirst(2)
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    guard inputs[0].count >= 2, let channels = inputs[0][1] else {
      throw NetworkError("needs a known number of channels, got \(inputs[0].text).")
    }
    var specs = [ParameterSpec("W", shape: [channels, numUnits], source: W)]
    if let b {
      specs.append(
        try .bias(
          b, output: outputShape(for: inputs), isUntied: untieBiases))
    }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let shape = input.shape
    let positions = shape.dropFirst(2).reduce(1, *)
    let W = try context.parameter("W").transposed()
    var sum = try W.matmul(input.reshaped([shape[0], shape[1], positions]))
    sum = try sum.reshaped([shape[0], numUnits] + shape.dropFirst(2))
    if let b = context.optionalParameter("b") { sum = try sum.addingBias(b) }
    return try nonlinearity(sum)
  }
}

extension ParameterSpec {
  /// The bias of a layer with channels on axis 1: one each, or one for each place of an example.
  static func bias(
    _ source: ParameterSource, output: Shape, isUntied: Bool
  ) throws(NetworkError) -> ParameterSpec {
    let lengths = isUntied ? Array(output.dropFirst()) : [output[1]]
    guard lengths.allSatisfy({ $0 != nil }) else {
      throw NetworkError(
        "has a bias for each position, for which its output must have a known size, got "
          + "\(output.text); fix the input's size or leave untieBiases off.")
    }
    return ParameterSpec(
      "b", shape: lengths.compactMap { $0 }, source: source, tags: [.trainable])
  }
}

extension Tensor {
  /// This plus a bias of the channels (axis 1), or of each place of an example.
  func addingBias(_ bias: Tensor) throws(TensorError) -> Tensor {
    let shape =
      bias.rank == 1 && rank > 2
      ? [1, bias.shape[0]] + [Int](repeating: 1, count: rank - 2) : [1] + bias.shape
    return try self + bias.reshaped(shape)
  }
}
