import Tensors

/// A convolution over images whose filters differ from place to place.
///
/// `W` has the shape (filters, channels, filter rows, filter columns, rows, columns); without the channels
/// where `channelwise`, which filters every channel by itself. As in Lasagne, the output is as large as
/// the input (`pad` same, `stride` 1), and filters are flipped by default.
public struct LocallyConnected2DLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numFilters: Int
  /// The filter's length on each spatial axis; odd.
  public var filterSize: Sizes
  /// Must be 1.
  public var stride: Sizes
  /// Must be `same`.
  public var pad: Padding
  /// Whether each position has a bias of its own.
  public var untieBiases: Bool
  /// The filters.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// Whether filters are flipped on every spatial axis.
  public var flipFilters: Bool
  /// Whether each output channel sees only the input channel of the same number.
  public var channelwise: Bool

  /// A layer with so many filters of a size.
  public init(
    _ numFilters: Int, filterSize: Sizes, stride: Sizes = 1, pad: Padding = .same,
    untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    flipFilters: Bool = true, channelwise: Bool = false, name: String? = nil
  ) {
    self.name = name
    self.numFilters = numFilters
    self.filterSize = filterSize
    self.stride = stride
    self.pad = pad
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
    self.channelwise = channelwise
  }

  /// The layer with every default.
  public init() { self.init(0, filterSize: 0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<LocallyConnected2DLayer>] {
    [
      .required("numFilters", \.numFilters), .required("filterSize", \.filterSize),
      .optional("stride", \.stride), .optional("pad", \.pad),
      .optional("untieBiases", \.untieBiases), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
      .optional("channelwise", \.channelwise),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "local" }

  /// What sets it apart in a few words.
  public var detail: String {
    "\(numFilters) filters \(filterSize.text(2))\(channelwise ? ", channelwise" : ""), "
      + nonlinearity.name
  }

  /// The same layer with each setting in its shortest form.
  public var canonical: LocallyConnected2DLayer {
    var copy = self
    copy.filterSize = filterSize.canonical(2)
    copy.stride = stride.canonical(2)
    copy.pad = pad.canonical(2)
    return copy
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(2)
    guard numFilters > 0 else {
      throw NetworkError("needs at least 1 filter, got numFilters \(numFilters).")
    }
    guard stride.canonical(2) == 1, pad == .same else {
      throw NetworkError(
        "works with stride 1 and pad 'same' only, got stride \(stride.text(2)) and pad "
          + "\(pad.text(2) ?? "0"); leave both out.")
    }
    _ = try pad.widths(for: filterSize.positive(2, "filterSize"))
    guard input.dropFirst().allSatisfy({ $0 != nil }) else {
      throw NetworkError(
        "needs a known number of channels, rows and columns, got \(input.text); its filters differ from "
          + "place to place.")
    }
    guard !channelwise || input[1] == numFilters else {
      throw NetworkError(
        "is channelwise and so needs as many filters as input channels (\(input[1] ?? 0)), got "
          + "\(numFilters).")
    }
    return [input[0], numFilters] + input[2...]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let output = try outputShape(for: inputs)
    let filter = try filterSize.positive(2, "filterSize")
    let lengths = inputs[0].dropFirst().compactMap { $0 }
    let channels = channelwise ? [] : [lengths[0]]
    var specs = [
      ParameterSpec("W", shape: [numFilters] + channels + filter + lengths[1...], source: W)
    ]
    if let b { specs.append(try .bias(b, output: output, isUntied: untieBiases)) }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    var W = try context.parameter("W")
    let first = W.rank - 4
    if flipFilters { W = try W.flipped(axes: [first, first + 1]) }
    let filter = Array(W.shape[first..<(first + 2)])
    let patches = try patches(of: input, filter)
    var output =
      channelwise
      ? try (patches * W.flattenedPair(at: first)).sum(axes: [2])
      : try product(patches, W.flattenedPair(at: first))
    if let b = context.optionalParameter("b") { output = try output.addingBias(b) }
    return try nonlinearity(output)
  }

  /// What each place sees: batch, channels, entries of the filter, rows, columns.
  private func patches(of input: Tensor, _ filter: [Int]) throws(TensorError) -> Tensor {
    let (rows, columns) = (input.shape[2], input.shape[3])
    let widths = filter.map { ($0 / 2, $0 / 2) }
    let padded = try input.padded([(0, 0), (0, 0)] + widths.map { (before: $0, after: $1) })
    var seen: [Tensor] = []
    for row in 0..<filter[0] {
      let band = try padded.sliced(axis: 2, from: row, to: row + rows)
      for column in 0..<filter[1] {
        seen.append(try band.sliced(axis: 3, from: column, to: column + columns))
      }
    }
    return try Tensor.stack(seen, axis: 2)
  }

  /// One product of matrices for each place: patches times `W`, which has the axes filters, channels,
  /// entries of the filter, rows, columns.
  private func product(_ patches: Tensor, _ W: Tensor) throws(TensorError) -> Tensor {
    let shape = patches.shape
    let places = shape[3] * shape[4]
    let entries = shape[1] * shape[2]
    let left = try patches.permuted([3, 4, 0, 1, 2]).reshaped([places, shape[0], entries])
    let right = try W.permuted([3, 4, 1, 2, 0]).reshaped([places, entries, numFilters])
    return try left.matmul(right)
      .reshaped([shape[3], shape[4], shape[0], numFilters]).permuted([2, 3, 0, 1])
  }
}

extension Tensor {
  /// An axis and the next as one.
  fileprivate func flattenedPair(at axis: Int) throws(TensorError) -> Tensor {
    let lengths = shape
    return try reshaped(
      lengths[..<axis] + [lengths[axis] * lengths[axis + 1]] + lengths[(axis + 2)...])
  }
}
