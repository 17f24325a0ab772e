import CTorch

// Negative axes count from the end.
extension Tensor {
  /// The same elements under another shape; one length may be -1: whatever is left.
  public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
    try rearranged("reshaped", CT_RESHAPE, shape)
  }

  /// The axes in another order.
  public func permuted(_ axes: [Int]) throws(TensorError) -> Tensor {
    try rearranged("permuted", CT_PERMUTE, axes)
  }

  /// A matrix with rows and columns exchanged; other ranks throw.
  public func transposed() throws(TensorError) -> Tensor {
    try unary("transposed", CT_TRANSPOSED)
  }

  /// All axes from one on as a single axis.
  public func flattened(fromAxis axis: Int = 0) throws(TensorError) -> Tensor {
    try rearranged("flattened", CT_FLATTEN, [axis])
  }

  /// Axes of length 1 repeated to the lengths given, without a copy; new axes come first.
  public func expanded(to shape: [Int]) throws(TensorError) -> Tensor {
    try rearranged("expanded", CT_EXPAND, shape)
  }

  /// A new axis of length 1 at a place.
  public func unsqueezed(axis: Int) throws(TensorError) -> Tensor {
    try rearranged("unsqueezed", CT_UNSQUEEZE, [axis])
  }

  /// Without an axis of length 1; throws if it is longer.
  public func squeezed(axis: Int) throws(TensorError) -> Tensor {
    try rearranged("squeezed", CT_SQUEEZE, [axis])
  }

  /// The same axes in the opposite order along each of the axes given.
  public func flipped(axes: [Int]) throws(TensorError) -> Tensor {
    try rearranged("flipped", CT_FLIP, axes)
  }

  /// Each entry along an axis `times` times in a row: `[a, a, b, b]`.
  public func repeated(axis: Int, times: Int) throws(TensorError) -> Tensor {
    try rearranged("repeated", CT_REPEAT, [axis, times])
  }

  /// A number around the elements; one pair of widths per axis, negative widths cut off.
  public func padded(
    _ widths: [(before: Int, after: Int)], value: Double = 0
  ) throws(TensorError) -> Tensor {
    guard widths.count == rank else {
      throw TensorError(
        operation: "padded", message: "\(widths.count) pairs of widths, expected one for each axis",
        shapes: [shape])
    }
    let flat = widths.reversed().flatMap { [Int64($0.before), Int64($0.after)] }
    return try making("padded", [self]) {
      $0.pad(handle, flat, Int64(flat.count), value, $1)
    }
  }

  /// The elements in row-major order in memory; itself where they are.
  public func contiguous() throws(TensorError) -> Tensor {
    try unary("contiguous", CT_CONTIGUOUS)
  }

  /// A copy with memory of its own.
  public func copied() throws(TensorError) -> Tensor {
    try unary("copied", CT_COPY)
  }

  /// The same numbers as another element type.
  public func converted(to dataType: DataType) throws(TensorError) -> Tensor {
    try making("converted", [self]) { $0.convert(handle, dataType.code, $1) }
  }

  /// The same numbers on another device; itself where they are there.
  public func moved(to device: Device) throws(TensorError) -> Tensor {
    try making("moved", [self]) { $0.move(handle, device.code, $1) }
  }
}
