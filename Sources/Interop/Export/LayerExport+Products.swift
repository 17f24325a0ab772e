import Lasagne
import Tensors

// Layers that multiply by a matrix, or add and multiply number by number.
extension LayerExport {
  func dense(_ layer: DenseLayer) throws -> String {
    let rank = shape.count
    let leading = layer.numLeadingAxes < 0 ? layer.numLeadingAxes + rank : layer.numLeadingAxes
    let W = try parameter("W")
    guard leading == 1 else { return try denseKeepingAxes(layer, leading, W) }
    let matrix = rank == 2 ? x : op("Flatten", [x], .int("axis", 1))
    let bias = has("b") ? [try parameter("b")] : []
    return try applying(layer.nonlinearity, to: op("Gemm", [matrix, W] + bias))
  }

  private func denseKeepingAxes(_ layer: DenseLayer, _ leading: Int, _ W: String) throws -> String {
    var matrix = x
    if leading == 0 {
      matrix = op("Reshape", [x, try ints([1, -1])])
    } else if shape.count > leading + 1 {
      matrix = try reshaped(
        x, from: shape, to: (0..<leading).map { .axis($0) } + [.fixed(try array("W").shape[0])])
    }
    var sum = op("MatMul", [matrix, W])
    if has("b") { sum = op("Add", [sum, try parameter("b")]) }
    if leading == 0 { sum = op("Reshape", [sum, try ints([layer.numUnits])]) }
    return try applying(layer.nonlinearity, to: sum)
  }

  /// A dense layer over channels is a convolution with filters of one place.
  func nin(_ layer: NINLayer) throws -> String {
    let rank = shape.count
    let sum: String
    if rank == 2 {
      sum = op("MatMul", [x, try parameter("W")])
    } else {
      let places = rank - 2
      let W = try parameter("W", form: "nin \(places)") {
        try $0.transposed().reshaped(
          [$0.shape[1], $0.shape[0]] + [Int](repeating: 1, count: places))
      }
      sum = op("Conv", [x, W], .ints("kernel_shape", [Int](repeating: 1, count: places)))
    }
    return try applying(layer.nonlinearity, to: addingBias(sum))
  }

  /// A value plus the layer's bias: one number for each channel, or one for each place.
  func addingBias(_ value: String) throws -> String {
    guard has("b") else { return value }
    let lengths = try array("b").shape
    let isTied = lengths.count == 1 && output.count > 2
    let places = isTied ? [Int](repeating: 1, count: output.count - 2) : []
    return op("Add", [value, try parameter("b", shape: [1] + lengths + places)])
  }

  func bias(_ layer: BiasLayer) throws -> String {
    guard has("b") else { return x }
    return op("Add", [x, try parameter("b", across: sharedAxes(layer.sharedAxes))])
  }

  func scale(_ layer: ScaleLayer) throws -> String {
    op("Mul", [x, try parameter("scales", across: sharedAxes(layer.sharedAxes))])
  }

  private func sharedAxes(_ axes: Axes) throws -> [Int] {
    try axes.resolved(
      rank: shape.count, auto: Axes.allButChannels(rank: shape.count), "sharedAxes")
  }

  func embedding(_ layer: EmbeddingLayer) throws -> String {
    op("Gather", [try parameter("W"), x], .int("axis", 0))
  }
}
