import Tensors

/// What pooling makes of a region.
public enum PoolMode: String, Codable, Sendable, CaseIterable {
  /// The greatest number.
  case max
  /// The mean; padded zeros count.
  case averageIncPad = "average_inc_pad"
  /// The mean of what is not padding.
  case averageExcPad = "average_exc_pad"
}

/// What the pooling layers over one, two and three axes have in common.
public protocol PoolingLayer: DescribedLayer {
  /// The number of spatial axes.
  static var spatialAxes: Int { get }
  /// The region's length on each spatial axis.
  var poolSize: Sizes { get set }
  /// The distance between regions; nil: their size.
  var stride: Sizes? { get set }
  /// What is added on both sides of each axis.
  var pad: Sizes { get set }
  /// Whether a region that reaches over the end is left out.
  var ignoreBorder: Bool { get set }
  /// What is made of a region.
  var mode: PoolMode { get }
}

extension PoolingLayer {
  static var commonSettings: [LayerSetting<Self>] {
    [
      .required("poolSize", \.poolSize), .optional("stride", \.stride), .optional("pad", \.pad),
      .optional("ignoreBorder", \.ignoreBorder),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "pool" }

  /// The same layer with each setting in its shortest form.
  public var canonical: Self {
    var copy = self
    copy.poolSize = poolSize.canonical(Self.spatialAxes)
    copy.stride = stride?.canonical(Self.spatialAxes)
    if copy.stride == copy.poolSize { copy.stride = nil }
    copy.pad = pad.canonical(Self.spatialAxes)
    return copy
  }

  /// What sets it apart in a few words.
  public var detail: String {
    let axes = Self.spatialAxes
    var words = ["\(mode == .max ? "max" : mode.rawValue) of \(poolSize.text(axes))"]
    if let stride { words.append("stride \(stride.text(axes))") }
    if pad != 0 { words.append("pad \(pad.text(axes))") }
    if !ignoreBorder { words.append("with border") }
    return words.joined(separator: ", ")
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(Self.spatialAxes)
    let geometry = try geometry()
    var output: Shape = [input[0], input[1]]
    for axis in 0..<Self.spatialAxes {
      let length = input[axis + 2].map { geometry.outputLength($0, axis, ignoreBorder) }
      if let length, length <= 0 {
        throw NetworkError(
          "has regions of \(poolSize.text(Self.spatialAxes)), larger than its input \(input.text); "
            + "use smaller regions, or less pooling before it.")
      }
      output.append(length)
    }
    return output
  }

  package func geometry() throws(NetworkError) -> PoolGeometry {
    let axes = Self.spatialAxes
    let size = try poolSize.positive(axes, "poolSize")
    let stride = try (stride ?? poolSize).positive(axes, "stride")
    let pad = try pad.values(axes, "pad")
    guard zip(pad, size).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
      throw NetworkError("needs a pad smaller than its regions \(size), got \(pad).")
    }
    guard ignoreBorder || pad.allSatisfy({ $0 == 0 }) else {
      throw NetworkError(
        "can have a pad only where ignoreBorder is true, got pad \(pad); put a PadLayer before it.")
    }
    return PoolGeometry(size: size, stride: stride, pad: pad)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let geometry: PoolGeometry
    do {
      geometry = try self.geometry()
    } catch {
      throw TensorError(operation: context.layer, message: error.description)
    }
    return try inputs[0].pooled(geometry, mode, ignoreBorder: ignoreBorder)
  }
}

/// Sizes, distances and padding of pooling regions, one number for each spatial axis.
package struct PoolGeometry {
  package var size: [Int]
  package var stride: [Int]
  package var pad: [Int]

  package init(size: [Int], stride: [Int], pad: [Int]) {
    self.size = size
    self.stride = stride
    self.pad = pad
  }

  package func outputLength(_ length: Int, _ axis: Int, _ ignoreBorder: Bool) -> Int {
    let (size, stride) = (size[axis], stride[axis])
    if ignoreBorder {
      let positions = length + 2 * pad[axis] - size + 1
      return positions <= 0 ? 0 : (positions + stride - 1) / stride
    }
    if stride >= size { return (length + stride - 1) / stride }
    return max(0, (length - size + stride - 1) / stride) + 1
  }
}

extension Tensor {
  /// Pools the trailing axes as Lasagne does, which is wider than libtorch in two ways: without
  /// `ignoreBorder` a last, partial region counts, and a pad may be more than half the region.
  func pooled(
    _ geometry: PoolGeometry, _ mode: PoolMode, ignoreBorder: Bool
  ) throws(TensorError) -> Tensor {
    let axes = geometry.size.count
    let lengths = Array(shape.suffix(axes))
    var widths = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    for axis in 0..<axes {
      if ignoreBorder {
        widths[rank - axes + axis] = (geometry.pad[axis], geometry.pad[axis])
      } else {
        let output = geometry.outputLength(lengths[axis], axis, false)
        let needed = (output - 1) * geometry.stride[axis] + geometry.size[axis]
        widths[rank - axes + axis].after = Swift.max(0, needed - lengths[axis])
      }
    }
    let isWithinLibtorch =
      ignoreBorder && zip(geometry.pad, geometry.size).allSatisfy { 2 * $0 <= $1 }
    switch mode {
    case .max where isWithinLibtorch:
      return try maxPool(size: geometry.size, stride: geometry.stride, padding: geometry.pad)
    case .max:
      return try padded(widths, value: -.infinity)
        .maxPool(size: geometry.size, stride: geometry.stride, padding: nil)
    case .averageIncPad where isWithinLibtorch, .averageExcPad where isWithinLibtorch:
      return try averagePool(
        size: geometry.size, stride: geometry.stride, padding: geometry.pad,
        countIncludesPadding: mode == .averageIncPad)
    case .averageIncPad where ignoreBorder:
      return try padded(widths).averagePool(
        size: geometry.size, stride: geometry.stride, padding: nil)
    case .averageIncPad, .averageExcPad:
      // The share of each region that is no padding turns the mean over all into the mean over it.
      let ones = try Tensor.ones(
        [1, 1] + lengths, dataType: dataType, device: device)
      let share = try ones.padded(widths).averagePool(
        size: geometry.size, stride: geometry.stride, padding: nil)
      return try padded(widths).averagePool(
        size: geometry.size, stride: geometry.stride, padding: nil) / share
    }
  }
}
