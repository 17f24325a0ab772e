import Tensors

/// Adds to each step of a sequence numbers of its position, which are learned.
///
/// Gehring and others, Convolutional Sequence to Sequence Learning, 2017. Inputs have the axes (batch, steps, features); `W` has the shape (positions, features), of which a
/// shorter sequence uses the first.
public struct PositionalEmbeddingLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The longest sequence; nil: as many steps as the input has.
  public var numPositions: Int?
  /// The numbers of each position.
  public var W: ParameterSource

  /// A layer for sequences as long as its input unless told otherwise.
  public init(
    _ numPositions: Int? = nil, W: ParameterSource = .normal(std: 0.02), name: String? = nil
  ) {
    self.name = name
    self.numPositions = numPositions
    self.W = W
  }

  /// The layer with every default.
  public init() { self.init(nil) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<PositionalEmbeddingLayer>] {
    [.optional("numPositions", \.numPositions), .optional("W", \.W)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "position" }
  /// What sets it apart in a few words.
  public var detail: String { numPositions.map { "\($0) positions" } ?? "" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedSequence()
    if let numPositions, numPositions < 1 {
      throw NetworkError("needs at least 1 position, got numPositions \(numPositions).")
    }
    guard let positions = numPositions ?? input[1] else {
      throw NetworkError(
        "needs a known number of steps, got \(input.text); give it numPositions, the longest sequence "
          + "there will be.")
    }
    if let steps = input[1], steps > positions {
      throw NetworkError(
        "has \(positions) positions for an input of \(steps) steps; raise numPositions.")
    }
    return input
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let input = try outputShape(for: inputs)
    let positions: Shape = [numPositions ?? input[1], input[2]]
    return [ParameterSpec("W", shape: positions.compactMap { $0 }, source: W)]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let W = try context.parameter("W")
    let steps = inputs[0].shape[1]
    guard steps <= W.shape[0] else {
      throw TensorError(
        operation: context.layer,
        message: "it has \(W.shape[0]) positions, fewer than its input has steps",
        shapes: [inputs[0].shape])
    }
    return try inputs[0] + (steps == W.shape[0] ? W : W.sliced(axis: 0, from: 0, to: steps))
  }
}

extension Shape {
  /// The shape, if it has the axes batch, steps and features, the last known.
  func checkedSequence() throws(NetworkError) -> Shape {
    guard count == 3, self[2] != nil else {
      throw NetworkError(
        "needs an input of 3 axes (batch, steps, features) with a known number of features, got "
          + "\(text); put a ReshapeLayer before it.")
    }
    return self
  }
}
