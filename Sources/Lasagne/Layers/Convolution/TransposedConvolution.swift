import Tensors

/// What the transposed convolutions over two and three axes have in common.
///
/// `W` has the shape (channels, filters, spatial…); the output is `(length - 1) · stride - 2 · crop +
/// filterSize` long, or `outputSize`, which may add to its end. A layer that does not flip is the
/// transpose of a convolution that does.
public protocol TransposedConvolutionLayer: DescribedLayer, BiasedLayer {
  /// The number of spatial axes.
  static var spatialAxes: Int { get }
  /// The number of output channels.
  var numFilters: Int { get set }
  /// The filter's length on each spatial axis.
  var filterSize: Sizes { get set }
  /// How far apart the filter is laid down.
  var stride: Sizes { get set }
  /// What is cut off both ends of the output.
  var crop: Padding { get set }
  /// Whether each position has a bias of its own.
  var untieBiases: Bool { get set }
  /// The filters.
  var W: ParameterSource { get set }
  /// Whether filters are flipped on every spatial axis.
  var flipFilters: Bool { get set }
  /// The output's length on each spatial axis, where the formula leaves several possible.
  var outputSize: Sizes? { get set }
}

extension TransposedConvolutionLayer {
  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<Self>] {
    [
      .required("numFilters", \.numFilters), .required("filterSize", \.filterSize),
      .optional("stride", \.stride), .optional("crop", \.crop),
      .optional("untieBiases", \.untieBiases), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
      .optional("outputSize", \.outputSize),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "deconv" }

  /// The same layer with each setting in its shortest form.
  public var canonical: Self {
    var copy = self
    copy.filterSize = filterSize.canonical(Self.spatialAxes)
    copy.stride = stride.canonical(Self.spatialAxes)
    copy.crop = crop.canonical(Self.spatialAxes)
    copy.outputSize = outputSize?.canonical(Self.spatialAxes)
    return copy
  }

  /// What sets it apart in a few words.
  public var detail: String {
    "\(numFilters) filters \(filterSize.text(Self.spatialAxes)), \(nonlinearity.name)"
  }

  private func geometry() throws(NetworkError) -> (filter: [Int], stride: [Int], crop: [Int]) {
    let filter = try filterSize.positive(Self.spatialAxes, "filterSize")
    let stride = try stride.positive(Self.spatialAxes, "stride")
    return (filter, stride, try crop.widths(for: filter, "crop"))
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(Self.spatialAxes)
    guard numFilters > 0 else {
      throw NetworkError("needs at least 1 filter, got numFilters \(numFilters).")
    }
    let (filter, stride, crop) = try geometry()
    let wanted = try outputSize?.positive(Self.spatialAxes, "outputSize")
    var output: Shape = [input[0], numFilters]
    for axis in 0..<Self.spatialAxes {
      let smallest = input[axis + 2].map { ($0 - 1) * stride[axis] - 2 * crop[axis] + filter[axis] }
      if let smallest, let wanted, !(smallest..<(smallest + stride[axis])).contains(wanted[axis]) {
        throw NetworkError(
          "cannot have the outputSize \(wanted): on spatial axis \(axis) its input gives "
            + "\(smallest) to \(smallest + stride[axis] - 1).")
      }
      output.append(wanted?[axis] ?? smallest)
    }
    return output
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let output = try outputShape(for: inputs)
    guard let channels = inputs[0][1] else {
      throw NetworkError("needs a known number of input channels, got \(inputs[0].text).")
    }
    let filter = try geometry().filter
    var specs = [ParameterSpec("W", shape: [channels, numFilters] + filter, source: W)]
    if let b { specs.append(try .bias(b, output: output, isUntied: untieBiases)) }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let axes = Self.spatialAxes
    let sizes: (filter: [Int], stride: [Int], crop: [Int])
    let wanted: [Int]?
    do {
      sizes = try geometry()
      wanted = try outputSize?.values(axes, "outputSize")
    } catch {
      throw TensorError(operation: context.layer, message: error.description)
    }
    let input = inputs[0]
    var W = try context.parameter("W")
    // libtorch's is the transpose of a correlation: what does not flip here must be flipped for it.
    if !flipFilters { W = try W.flipped(axes: Array(2..<(2 + axes))) }
    let extra = wanted.map { wanted in
      (0..<axes).map { axis in
        let smallest =
          (input.shape[axis + 2] - 1) * sizes.stride[axis] - 2 * sizes.crop[axis]
          + sizes.filter[axis]
        return wanted[axis] - smallest
      }
    }
    var output = try input.convolution(
      W, bias: nil, stride: sizes.stride, padding: sizes.crop,
      dilation: [Int](repeating: 1, count: axes), transposed: true, outputPadding: extra ?? [])
    if let b = context.optionalParameter("b") { output = try output.addingBias(b) }
    return try nonlinearity(output)
  }
}
