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

  public init() { self.init(.add) }

  public static var settings: [LayerSetting<ElemwiseMergeLayer>] {
    [.required("mergeFunction", \.mergeFunction), .optional("cropping", \.cropping)]
  }

  public static var namePrefix: String { "merge" }
  public static var incomingCount: ClosedRange<Int> { 1...Int.max }
  public var detail: String { mergeFunction.rawValue }

  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try commonShape(cropping.map { (modes) throws(NetworkError) in try modes.shapes(inputs) } ?? inputs)
  }

  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let inputs = try (cropping ?? [])(inputs)
    var result = inputs[0]
    for input in inputs.dropFirst() { result = try mergeFunction(result, input) }
    return result
  }
}
