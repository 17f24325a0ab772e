import Tensors

/// Every output sees every input: `nonlinearity(x · W + b)`.
///
/// `W` has the shape (inputs, units). Axes after the leading ones are flattened.
public struct DenseLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of outputs.
  public var numUnits: Int
  /// The weights.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// How many axes at the front are kept; negative counts from the end.
  public var numLeadingAxes: Int

  /// A layer with the given number of outputs.
  public init(
    _ numUnits: Int, W: ParameterSource = .glorotUniform(), b: ParameterSource? = .constant(0),
    nonlinearity: Nonlinearity = .rectify, numLeadingAxes: Int = 1, name: String? = nil
  ) {
    self.name = name
    self.numUnits = numUnits
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.numLeadingAxes = numLeadingAxes
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// In bfloat16 where a pass asks for it.
  public static var lowersPrecision: Bool { true }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<DenseLayer>] {
    [
      .required("numUnits", \.numUnits), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("numLeadingAxes", \.numLeadingAxes),
    ]
  }

  /// What sets it apart in a few words.
  public var detail: String { "\(numUnits) units, \(nonlinearity.name)" }

  /// Where leading and trailing axes part.
  private func leadingAxes(_ rank: Int) throws(NetworkError) -> Int {
    guard (-rank..<rank).contains(numLeadingAxes) else {
      throw NetworkError(
        "keeps \(numLeadingAxes) leading axes of an input with \(rank), leaving no trailing axes to "
          + "multiply; lower numLeadingAxes.")
    }
    return numLeadingAxes < 0 ? numLeadingAxes + rank : numLeadingAxes
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard numUnits > 0 else {
      throw NetworkError("needs at least 1 unit, got numUnits \(numUnits).")
    }
    return inputs[0].prefix(try leadingAxes(inputs[0].count)) + [numUnits]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let leading = try leadingAxes(inputs[0].count)
    guard let inputCount = Array(inputs[0][leading...]).entryCount else {
      throw NetworkError(
        "needs a fixed input size except for the \(leading) leading axes, got \(inputs[0].text); give "
          + "the input layer numbers there, or raise numLeadingAxes.")
    }
    var specs = [ParameterSpec("W", shape: [inputCount, numUnits], source: W)]
    if let b { specs.append(ParameterSpec("b", shape: [numUnits], source: b, tags: [.trainable])) }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let W = try context.parameter("W")
    let leading = numLeadingAxes < 0 ? numLeadingAxes + input.rank : numLeadingAxes
    let shape = input.shape
    let isMatrix = leading == 1 && input.rank == 2
    let matrix =
      isMatrix ? input : try input.reshaped([shape[..<leading].reduce(1, *), W.shape[0]])
    let sum =
      if let b = context.optionalParameter("b") {
        try Tensor.addmm(b, matrix, W)
      } else {
        try matrix.matmul(W)
      }
    return try nonlinearity(leading == 1 ? sum : sum.reshaped(shape[..<leading] + [numUnits]))
  }
}
