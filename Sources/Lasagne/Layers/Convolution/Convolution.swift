import Tensors

/// What the convolutions over one, two and three axes have in common.
///
/// `W` has the shape (filters, channels / groups, spatial…). `flipFilters` is on by default: a true
/// convolution, where libtorch's is a correlation.
public protocol ConvolutionLayer: DescribedLayer, BiasedLayer {
  /// The number of spatial axes.
  static var spatialAxes: Int { get }
  /// The number of output channels.
  var numFilters: Int { get set }
  /// The filter's length on each spatial axis.
  var filterSize: Sizes { get set }
  /// The distance between filter positions.
  var stride: Sizes { get set }
  /// What is added around the input.
  var pad: Padding { get set }
  /// Whether each position has a bias of its own.
  var untieBiases: Bool { get set }
  /// The filters.
  var W: ParameterSource { get set }
  /// Whether filters are flipped on every spatial axis.
  var flipFilters: Bool { get set }
  /// Into how many independent groups channels and filters are divided.
  var numGroups: Int { get set }
}

extension ConvolutionLayer {
  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<Self>] {
    [
      .required("numFilters", \.numFilters), .required("filterSize", \.filterSize),
      .optional("stride", \.stride), .optional("pad", \.pad),
      .optional("untieBiases", \.untieBiases), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
      .optional("numGroups", \.numGroups),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "conv" }

  /// The same layer with each setting in its shortest form.
  public var canonical: Self {
    var copy = self
    copy.filterSize = filterSize.canonical(Self.spatialAxes)
    copy.stride = stride.canonical(Self.spatialAxes)
    copy.pad = pad.canonical(Self.spatialAxes)
    return copy
  }

  /// What sets it apart in a few words.
  public var detail: String {
    let axes = Self.spatialAxes
    var words = ["\(numFilters) filters \(filterSize.text(axes))"]
    if stride != 1 { words.append("stride \(stride.text(axes))") }
    if let pad = pad.text(axes) { words.append("pad \(pad)") }
    if numGroups != 1 { words.append("\(numGroups) groups") }
    return (words + [nonlinearity.name]).joined(separator: ", ")
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let axes = Self.spatialAxes
    let input = try inputs[0].checkedImage(axes)
    guard numFilters > 0 else {
      throw NetworkError("needs at least 1 filter, got numFilters \(numFilters).")
    }
    let filter = try filterSize.positive(axes, "filterSize")
    let stride = try stride.positive(axes, "stride")
    let pad = try pad.widths(for: filter)
    try checkGroups(input)
    var output: Shape = [input[0], numFilters]
    for axis in 0..<axes {
      guard let length = input[axis + 2] else {
        output.append(nil)
        continue
      }
      let positions = length + 2 * pad[axis] - filter[axis] + 1
      guard positions > 0 else {
        throw NetworkError(
          "has filters of \(filterSize.text(axes)), larger than its input \(input.text)"
            + (pad[axis] > 0 ? " with a pad of \(pad[axis])" : "")
            + "; use smaller filters, more padding, or less pooling before it.")
      }
      output.append((positions + stride[axis] - 1) / stride[axis])
    }
    return output
  }

  private func checkGroups(_ input: Shape) throws(NetworkError) {
    guard numGroups > 0, numFilters.isMultiple(of: numGroups) else {
      throw NetworkError(
        "needs a number of filters that its \(numGroups) groups divide, got \(numFilters).")
    }
    guard let channels = input[1] else {
      throw NetworkError("needs a known number of input channels, got \(input.text).")
    }
    guard channels.isMultiple(of: numGroups) else {
      throw NetworkError(
        "needs a number of input channels that its \(numGroups) groups divide, got \(channels).")
    }
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let output = try outputShape(for: inputs)
    let filter = try filterSize.positive(Self.spatialAxes, "filterSize")
    // The shape of the output exists only where the channels are known.
    let channels = inputs[0][1] ?? 0
    var specs = [
      ParameterSpec("W", shape: [numFilters, channels / numGroups] + filter, source: W)
    ]
    if let b { specs.append(try .bias(b, output: output, isUntied: untieBiases)) }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try convolved(
      inputs[0], context.parameter("W"), bias: context.optionalParameter("b"),
      layer: context.layer)
  }

  /// The output for an input and parameters; `layer` is the name that errors tell.
  func convolved(
    _ input: Tensor, _ weight: Tensor, bias: Tensor?, layer: String
  ) throws(TensorError) -> Tensor {
    let axes = Self.spatialAxes
    var W = weight
    let filter = Array(W.shape.dropFirst(2))
    if flipFilters, filter.contains(where: { $0 > 1 }) {
      W = try W.flipped(axes: Array(2..<(2 + axes)))
    }
    let isTied = bias?.rank == 1
    let sizes: (stride: [Int], pad: [Int])
    do {
      sizes = (try stride.values(axes, "stride"), try pad.widths(for: filter))
    } catch {
      throw TensorError(operation: layer, message: error.description)
    }
    var output = try input.convolution(
      W, bias: isTied ? bias : nil, stride: sizes.stride, padding: sizes.pad,
      dilation: [Int](repeating: 1, count: axes), groups: numGroups)
    if !isTied, let bias { output = try output.addingBias(bias) }
    return try nonlinearity(output)
  }
}

extension Shape {
  /// The shape, if it has a batch axis, channels and so many spatial axes.
  func checkedImage(_ axes: Int) throws(NetworkError) -> Shape {
    let names = ["batch", "channels", "length"]
    let spatial =
      switch axes {
      case 1: ["length"]
      case 2: ["rows", "columns"]
      default: ["depth", "rows", "columns"]
      }
    guard count == axes + 2 else {
      throw NetworkError(
        "needs an input of \(axes + 2) axes (\((names.prefix(2) + spatial).joined(separator: ", "))), "
          + "got \(count): \(text); put a ReshapeLayer before it or change the input's shape.")
    }
    return self
  }
}
