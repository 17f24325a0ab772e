import Tensors

/// Pools an image into grids of several sizes, so that images of any size give equally many numbers.
///
/// He et al. 2014. The grids are flattened, row by row, and joined: `[batch, channels, Σ p²]`.
public struct SpatialPyramidPoolingLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The rows and columns of each grid.
  public var poolDims: [Int]
  /// What is made of a region.
  public var mode: PoolMode
  /// How the regions are laid.
  public var implementation: Implementation

  /// How the regions of a grid are laid.
  public enum Implementation: String, Codable, Sendable, CaseIterable {
    /// Windows of one size: `ceil(n / p)` long, `floor(n / p)` apart.
    case fast
    /// From `floor(i · n / p)` to `ceil((i + 1) · n / p)`.
    case kaiming
  }

  /// A layer with grids of the given sizes.
  public init(
    poolDims: [Int] = [4, 2, 1], mode: PoolMode = .max, implementation: Implementation = .fast,
    name: String? = nil
  ) {
    self.name = name
    self.poolDims = poolDims
    self.mode = mode
    self.implementation = implementation
  }

  /// The layer with every default.
  public init() { self.init(poolDims: [4, 2, 1]) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<SpatialPyramidPoolingLayer>] {
    [
      .optional("poolDims", \.poolDims), .optional("mode", \.mode),
      .optional("implementation", \.implementation),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "pool" }

  /// What sets it apart in a few words.
  public var detail: String {
    "\(mode.rawValue), grids of \(poolDims.map(String.init).joined(separator: ", "))"
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(2)
    guard !poolDims.isEmpty, poolDims.allSatisfy({ (1...10_000).contains($0) }) else {
      throw NetworkError("needs poolDims from 1 to 10000, got \(poolDims).")
    }
    let largest = poolDims.max() ?? 1
    if let length = input.dropFirst(2).compactMap({ $0 }).first(where: { $0 < largest }) {
      throw NetworkError(
        "has a grid of \(largest), more than the \(length) places of its input \(input.text).")
    }
    let cells = poolDims.reduce(0) { $0 + $1 * $1 }
    return [input[0], input[1], cells]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    var grids: [Tensor] = []
    for parts in poolDims {
      let grid = try implementation == .fast ? fast(inputs[0], parts) : kaiming(inputs[0], parts)
      grids.append(try grid.flattened(fromAxis: 2))
    }
    return try Tensor.concatenate(grids, axis: 2)
  }

  private func fast(_ input: Tensor, _ parts: Int) throws(TensorError) -> Tensor {
    let lengths = input.shape.suffix(2)
    let geometry = PoolGeometry(
      size: lengths.map { ($0 + parts - 1) / parts }, stride: lengths.map { $0 / parts },
      pad: [0, 0])
    return try input.pooled(geometry, mode, ignoreBorder: true)
  }

  private func kaiming(_ input: Tensor, _ parts: Int) throws(TensorError) -> Tensor {
    var rows: [Tensor] = []
    for row in 0..<parts {
      let band = try input.part(row, of: parts, axis: 2)
      for column in 0..<parts {
        let region = try band.part(column, of: parts, axis: 3)
        rows.append(try (mode == .max ? PoolFunction.max : .mean)(region, axes: [2, 3]))
      }
    }
    return try Tensor.stack(rows, axis: 2)
  }
}

extension Tensor {
  fileprivate func part(_ index: Int, of parts: Int, axis: Int) throws(TensorError) -> Tensor {
    let length = shape[axis]
    return try sliced(
      axis: axis, from: index * length / parts, to: ((index + 1) * length + parts - 1) / parts)
  }
}
