import Tensors

/// Where data comes in.
public struct InputLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The length of each axis; nil where it is known only at run time (the batch).
  public var shape: Shape

  /// An input of a shape, the batch axis included.
  public init(_ shape: Shape, name: String? = nil) {
    self.shape = shape
    self.name = name
  }

  /// The layer with every default.
  public init() { self.init([]) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<InputLayer>] { [.required("shape", \.shape)] }
  /// How many layers it may read.
  public static var incomingCount: ClosedRange<Int> { 0...0 }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard shape.allSatisfy({ $0.map { $0 > 0 } ?? true }) else {
      throw NetworkError(
        "needs lengths of at least 1 in its shape, got \(shape.text); use null (nil) for a length "
          + "that is not known yet.")
    }
    return shape
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    throw TensorError(operation: context.layer, message: "an input layer computes nothing")
  }
}
