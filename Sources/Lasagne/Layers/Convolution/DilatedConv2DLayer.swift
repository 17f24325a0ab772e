import Tensors

/// Convolution over images with gaps between the filter's entries (Yu & Koltun 2016).
///
/// `W` has the shape (channels, filters, rows, columns). As in Lasagne there is no padding, and filters
/// are not flipped.
public struct DilatedConv2DLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numFilters: Int
  /// The filter's length on each spatial axis.
  public var filterSize: Sizes
  /// The distance between the filter's entries.
  public var dilation: Sizes
  /// Must be 0; put a `PadLayer` before it for more.
  public var pad: Padding
  /// Whether each position has a bias of its own.
  public var untieBiases: Bool
  /// The filters.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// Must be false.
  public var flipFilters: Bool

  /// A layer with so many filters of a size.
  public init(
    _ numFilters: Int, filterSize: Sizes, dilation: Sizes = 1, pad: Padding = .valid,
    untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    flipFilters: Bool = false, name: String? = nil
  ) {
    self.name = name
    self.numFilters = numFilters
    self.filterSize = filterSize
    self.dilation = dilation
    self.pad = pad
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
  }

  /// The layer with every default.
  public init() { self.init(0, filterSize: 0) }

  /// In bfloat16 where a pass asks for it.
  public static var lowersPrecision: Bool { true }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<DilatedConv2DLayer>] {
    [
      .required("numFilters", \.numFilters), .required("filterSize", \.filterSize),
      .optional("dilation", \.dilation), .optional("pad", \.pad),
      .optional("untieBiases", \.untieBiases), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "conv" }

  /// What sets it apart in a few words.
  public var detail: String {
    "\(numFilters) filters \(filterSize.text(2)), dilation \(dilation.text(2)), \(nonlinearity.name)"
  }

  /// The same layer with each setting in its shortest form.
  public var canonical: DilatedConv2DLayer {
    var copy = self
    copy.filterSize = filterSize.canonical(2)
    copy.dilation = dilation.canonical(2)
    copy.pad = pad.canonical(2)
    return copy
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(2)
    guard numFilters > 0 else {
      throw NetworkError("needs at least 1 filter, got numFilters \(numFilters).")
    }
    guard pad.canonical(2) == .valid else {
      throw NetworkError(
        "works without padding only, got pad \(pad.text(2) ?? "0"); put a PadLayer before it.")
    }
    guard !flipFilters else {
      throw NetworkError("does not flip its filters; leave flipFilters off.")
    }
    let filter = try filterSize.positive(2, "filterSize")
    let dilation = try dilation.positive(2, "dilation")
    var output: Shape = [input[0], numFilters]
    for axis in 0..<2 {
      let span = (filter[axis] - 1) * dilation[axis] + 1
      if let length = input[axis + 2], length < span {
        throw NetworkError(
          "has filters that span \(span) places, larger than its input \(input.text); use smaller "
            + "filters or a smaller dilation.")
      }
      output.append(input[axis + 2].map { $0 - span + 1 })
    }
    return output
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let output = try outputShape(for: inputs)
    guard let channels = inputs[0][1] else {
      throw NetworkError("needs a known number of input channels, got \(inputs[0].text).")
    }
    let filter = try filterSize.positive(2, "filterSize")
    var specs = [ParameterSpec("W", shape: [channels, numFilters] + filter, source: W)]
    if let b { specs.append(try .bias(b, output: output, isUntied: untieBiases)) }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let dilation: [Int]
    do {
      dilation = try self.dilation.values(2, "dilation")
    } catch {
      throw TensorError(operation: context.layer, message: error.description)
    }
    var output = try inputs[0].convolution(
      context.parameter("W").permuted([1, 0, 2, 3]), bias: nil, stride: [1, 1], padding: [0, 0],
      dilation: dilation)
    if let b = context.optionalParameter("b") { output = try output.addingBias(b) }
    return try nonlinearity(output)
  }
}
