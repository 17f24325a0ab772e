import Tensors

/// Where data comes in.
public struct InputLayer: DescribedLayer {
  public var name: String?
  /// The length of each axis; nil where it is known only at run time (the batch).
  public var shape: Shape

  /// An input of a shape, the batch axis included.
  public init(_ shape: Shape, name: String? = nil) {
    self.shape = shape
    self.name = name
  }

  public init() { self.init([]) }

  public static var settings: [LayerSetting<InputLayer>] { [.required("shape", \.shape)] }
  public static var incomingCount: ClosedRange<Int> { 0...0 }

  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard shape.allSatisfy({ $0.map { $0 > 0 } ?? true }) else {
      throw NetworkError(
        "needs lengths of at least 1 in its shape, got \(shape.text); use null (nil) for a length "
          + "that is not known yet.")
    }
    return shape
  }

  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    throw TensorError(operation: context.layer, message: "an input layer computes nothing")
  }
}
