import Lasagne

// ONNX's GridSample treats the border in another way: images are sampled by the arithmetic itself.
extension LayerExport {
  func transformer(_ layer: TransformerLayer) throws -> String {
    let lengths = try knownPlaces(shape)
    let size = layer.downsampleFactor.lengths(rows: lengths[0], columns: lengths[1])
    let (x, y) = ImageSampling.grid(rows: size.rows, columns: size.columns)
    let ones = [Double](repeating: 1, count: x.count)
    let grid = try constant(x + y + ones, shape: [3, x.count], "grid")
    let matrix = op("Reshape", [inputs[1], try ints([-1, 2, 3])])
    return try sampled(op("MatMul", [matrix, grid]), lengths, layer.borderMode)
  }

  func spline(_ layer: TPSTransformerLayer) throws -> String {
    let lengths = try knownPlaces(shape)
    let size = layer.downsampleFactor.lengths(rows: lengths[0], columns: lengths[1])
    let points = layer.controlPoints
    let spline = ThinPlateSpline.shared(
      points: points, rows: size.rows, columns: size.columns, bends: layer.bends(true))
    let start = try constant(spline.x + spline.y, shape: [1, 2, points], "points")
    let weights = try constant(
      spline.weights, shape: [points, size.rows * size.columns], "weights")
    let offsets = op("Reshape", [inputs[1], try ints([-1, 2, points])])
    return try sampled(
      op("MatMul", [op("Add", [offsets, start]), weights]), lengths, layer.borderMode)
  }

  /// The images at places between -1 and 1, given as (batch, 2, places).
  private func sampled(
    _ places: String, _ lengths: [Int], _ border: BorderMode
  ) throws -> String {
    let (row, column) = (
      try axis(places, 1, length: lengths[0], border),
      try axis(places, 0, length: lengths[1], border)
    )
    let pixels = try reshaped(
      inputs[0], from: shape, to: [.axis(0), .axis(1), .fixed(lengths[0] * lengths[1])])
    let batchAndChannels = op(
      "Slice", [op("Shape", [pixels]), try ints([0]), try ints([2]), try ints([0])])
    func corner(_ top: String, _ left: String) throws -> String {
      let index = op("Add", [op("Mul", [top, try number(Double(lengths[1]))]), left])
      let whole = try unsqueezed(op("Cast", [index], .int("to", Int(ONNXCode.int64))), [1])
      let length = op("Slice", [op("Shape", [whole]), try ints([2]), try ints([3]), try ints([0])])
      let shape = op("Concat", [batchAndChannels, length], .int("axis", 0))
      return op("GatherElements", [pixels, op("Expand", [whole, shape])], .int("axis", 2))
    }
    func between(_ first: String, _ second: String, _ share: String) throws -> String {
      let rest = op("Sub", [try number(1), share])
      return op("Add", [op("Mul", [first, rest]), op("Mul", [second, share])])
    }
    let upper = try between(
      corner(row.first, column.first), corner(row.first, column.second), column.share)
    let lower = try between(
      corner(row.second, column.first), corner(row.second, column.second), column.share)
    return try reshaped(
      between(upper, lower, row.share), from: [shape[0], shape[1], nil],
      to: [.axis(0), .axis(1)] + output.suffix(2).map { $0.map { .fixed($0) } ?? .rest })
  }

  /// The two lines that places lie between, and how far behind the first: (batch, 1, places).
  private func axis(
    _ places: String, _ index: Int, length: Int, _ border: BorderMode
  ) throws -> (first: String, second: String, share: String) {
    let place = op("Gather", [places, try int(index)], .int("axis", 1))
    let pixel = op(
      "Mul", [op("Add", [place, try number(1)]), try number(Double(length - 1) / 2)])
    let before = op("Floor", [pixel])
    let share = try unsqueezed(op("Sub", [pixel, before]), [1])
    let after = op("Add", [before, try number(1)])
    return try (inside(before, length, border), inside(after, length, border), share)
  }

  /// A line beyond the border brought back.
  private func inside(_ line: String, _ length: Int, _ border: BorderMode) throws -> String {
    switch border {
    case .nearest:
      return op("Clip", [line, try number(0), try number(Double(length - 1))])
    case .wrap: return try modulo(line, Double(length))
    case .mirror:
      guard length > 1 else { return op("Mul", [line, try number(0)]) }
      let period = Double(2 * (length - 1))
      return op(
        "Min", [try modulo(line, period), try modulo(op("Neg", [line]), period)])
    }
  }

  private func modulo(_ value: String, _ divisor: Double) throws -> String {
    let divisor = try number(divisor)
    let whole = op("Floor", [op("Div", [value, divisor])])
    return op("Sub", [value, op("Mul", [whole, divisor])])
  }
}
