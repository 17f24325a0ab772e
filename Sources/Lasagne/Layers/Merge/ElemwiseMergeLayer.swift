import Tensors

/// How two inputs are merged number by number.
public enum MergeFunction: String, Codable, Sendable, CaseIterable {
  case add, sub, mul, maximum, minimum

  func callAsFunction(_ first: Tensor, _ second: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .add: try first + second
    case .sub: try first - second
    case .mul: try first * second
    case .maximum: try first.maximum(second)
    case .minimum: try first.minimum(second)
    }
  }
}

/// Merges its inputs number by number, from the first to the last.
public struct ElemwiseMergeLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// How two are merged.
  public var mergeFunction: MergeFunction
  /// How axes of different length are made equal.
  public var cropping: [Cropping?]?

  /// A layer with the given function.
  public init(_ mergeFunction: MergeFunction, cropping: [Cropping?]? = nil, name: String? = nil) {
    self.name = name
    self.mergeFunction = mergeFunction
    self.cropping = cropping
  }

  /// The layer with every default.
  public init() { self.init(.add) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ElemwiseMergeLayer>] {
    [.required("mergeFunction", \.mergeFunction), .optional("cropping", \.cropping)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "merge" }
  /// How many layers it may read.
  public static var incomingCount: ClosedRange<Int> { 1...Int.max }
  /// What sets it apart in a few words.
  public var detail: String { mergeFunction.rawValue }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try commonShape(
      cropping.map { (modes) throws(NetworkError) in try modes.shapes(inputs) } ?? inputs)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let inputs = try (cropping ?? [])(inputs)
    var result = inputs[0]
    for input in inputs.dropFirst() { result = try mergeFunction(result, input) }
    return result
  }
}
