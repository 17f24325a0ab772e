import CTorch

extension Tensor {
  /// Numbers spread evenly over `from ..< to`.
  public static func uniform(
    _ shape: [Int], from: Double = 0, to: Double = 1, generator: Generator,
    dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try random("uniform", CT_UNIFORM, shape, from, to, generator, dataType, device)
  }

  /// Normally distributed numbers.
  public static func normal(
    _ shape: [Int], mean: Double = 0, deviation: Double = 1, generator: Generator,
    dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try random("normal", CT_NORMAL, shape, mean, deviation, generator, dataType, device)
  }

  /// Ones with the given probability, else zeros.
  public static func bernoulli(
    _ shape: [Int], probability: Double, generator: Generator, dataType: DataType = .float32,
    device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try random("bernoulli", CT_BERNOULLI, shape, probability, 0, generator, dataType, device)
  }

  /// The numbers `0 ..< count` in random order, as `int64` on the generator's device.
  public static func permutation(_ count: Int, generator: Generator) throws(TensorError) -> Tensor {
    try making("permutation") {
      $0.permutation(Int64(count), generator.handle, generator.device.code, $1)
    }
  }

  private static func random(
    _ operation: String, _ kind: CTRandom, _ shape: [Int], _ x: Double, _ y: Double,
    _ generator: Generator, _ dataType: DataType, _ device: Device
  ) throws(TensorError) -> Tensor {
    _ = try HostArray.count(of: shape)
    return try making(operation) {
      $0.random(
        Int32(kind.rawValue), shape.wide, Int64(shape.count), x, y, generator.handle, dataType.code,
        device.code, $1)
    }
  }
}
