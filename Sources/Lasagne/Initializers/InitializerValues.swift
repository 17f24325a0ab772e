import Tensors

extension Initializer {
  /// Makes the first values of a parameter.
  ///
  /// Values are drawn on the CPU and then moved, so that a seed means the same on every device: the
  /// generator must be one of the CPU, and its state decides the values. Throws `InitializerError` where the shape does not fit.
  public func makeValues(
    shape: [Int], generator: Generator, dataType: DataType = .float32, device: Device = .cpu
  ) throws -> Tensor {
    let spread = try spread(for: shape)
    let values =
      switch self {
      case .sparse(let sparsity, _):
        try Self.sparse(shape, spread, share: sparsity, generator)
      case .orthogonal(let gain):
        try Self.orthogonal(shape, spread, generator) * gain.value
      default:
        try spread.draw(shape, generator)
      }
    return try values.converted(to: dataType).moved(to: device)
  }

  private static func sparse(
    _ shape: [Int], _ spread: Spread, share: Double, _ generator: Generator
  ) throws(TensorError) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let chosen = Int(share * Double(rows))
    var mask = [Float](repeating: 0, count: rows * columns)
    for column in 0..<columns {
      let order = try Tensor.permutation(rows, generator: generator).values(as: Int64.self)
      for row in order.prefix(chosen) {
        mask[Int(row) * columns + column] = 1
      }
    }
    return try spread.draw(shape, generator) * Tensor(mask, shape: shape)
  }

  private static func orthogonal(
    _ shape: [Int], _ spread: Spread, _ generator: Generator
  ) throws(TensorError) -> Tensor {
    let matrix = [shape[0], shape.dropFirst().reduce(1, *)]
    let (left, _, right) = try spread.draw(matrix, generator).svd()
    let basis = left.shape == matrix ? left : right
    return try basis.reshaped(shape)
  }
}

extension Initializer.Spread {
  /// Draws numbers in float32 on the CPU.
  func draw(_ shape: [Int], _ generator: Generator) throws(TensorError) -> Tensor {
    switch self {
    case .constant(let value):
      try Tensor.full(shape, value)
    case .normal(let mean, let std):
      try Tensor.normal(shape, mean: mean, deviation: std, generator: generator)
    case .uniform(let low, let high):
      try Tensor.uniform(shape, from: low, to: high, generator: generator)
    case .given(let values):
      try Tensor(values, shape: shape)
    }
  }
}
