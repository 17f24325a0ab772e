import Tensors

/// Joins its inputs along an axis.
public struct ConcatLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axis; negative counts from the end.
  public var axis: Int
  /// How axes of different length are made equal; the joined axis is never cropped.
  public var cropping: [Cropping?]?

  /// A layer that joins channels unless told otherwise.
  public init(axis: Int = 1, cropping: [Cropping?]? = nil, name: String? = nil) {
    self.name = name
    self.axis = axis
    self.cropping = cropping
  }

  /// The layer with every default.
  public init() { self.init(axis: 1) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ConcatLayer>] {
    [.optional("axis", \.axis), .optional("cropping", \.cropping)]
  }

  /// How many layers it may read.
  public static var incomingCount: ClosedRange<Int> { 1...Int.max }
  /// What sets it apart in a few words.
  public var detail: String { "along axis \(axis)" }

  private func modes(_ axis: Int) -> [Cropping?] {
    var modes = cropping ?? []
    if modes.indices.contains(axis) { modes[axis] = nil }
    return modes
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let axis = try [axis].normalized(rank: inputs[0].count, "axis")[0]
    let cropped = try cropping == nil ? inputs : modes(axis).shapes(inputs)
    var shape = try commonShape(cropped, except: axis)
    let lengths = cropped.map { $0[axis] }
    shape[axis] = lengths.contains(nil) ? nil : lengths.compactMap { $0 }.reduce(0, +)
    return shape
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let axis = axis < 0 ? axis + inputs[0].rank : axis
    return try Tensor.concatenate(modes(axis)(inputs), axis: axis)
  }
}
