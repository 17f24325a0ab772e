import CTorch

extension Tensor {
  /// The cross-correlation with a weight (the filters are *not* flipped), over 1 to 3 axes.
  ///
  /// - Parameters:
  ///   - weight: Shape `[filters, channels / groups, …]`; transposed
  ///     `[channels, filters / groups, …]`.
  ///   - bias: Shape `[filters]`.
  ///   - stride: One number per spatial axis; so are `padding`, `dilation`, `outputPadding`.
  ///   - transposed: The gradient of a convolution by its input, as an operation of its own.
  ///   - outputPadding: Lengths added on one side of a transposed convolution's output; empty is 0.
  ///   - groups: Channels and filters are divided into so many independent groups.
  public func convolution(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int], padding: [Int], dilation: [Int],
    transposed: Bool = false, outputPadding: [Int] = [], groups: Int = 1
  ) throws(TensorError) -> Tensor {
    let inputs = [self, weight] + (bias.map { [$0] } ?? [])
    let axes = weight.rank - 2
    guard (1...3).contains(axes) else {
      throw TensorError(
        operation: "convolution",
        message: "a weight has 3 to 5 axes (filters, channels and 1 to 3 spatial axes)",
        shapes: inputs.map(\.shape))
    }
    let outputPadding = outputPadding.isEmpty ? [Int](repeating: 0, count: axes) : outputPadding
    var settings = CTConvolution()
    settings.axes = Int64(axes)
    settings.groups = Int64(groups)
    settings.transposed = transposed
    settings.stride = try triple("stride", stride, axes, inputs, "convolution")
    settings.padding = try triple("padding", padding, axes, inputs, "convolution")
    settings.dilation = try triple("dilation", dilation, axes, inputs, "convolution")
    settings.output_padding = try triple(
      "outputPadding", outputPadding, axes, inputs, "convolution")
    return try withExtendedLifetime(inputs) { () throws(TensorError) -> Tensor in
      try making("convolution", inputs) { backend, out in
        withUnsafePointer(to: settings) {
          backend.convolution(handle, weight.handle, bias?.handle ?? CTTensor(), $0, out)
        }
      }
    }
  }

  /// The greatest element of each window, over as many trailing axes as `size` has numbers (1 to 3).
  ///
  /// - Parameters:
  ///   - stride: The distance of windows; nil means `size`.
  ///   - padding: Width added on both sides, as minus infinity; nil means none.
  ///   - ceilMode: Also takes a last window that reaches over the edge.
  public func maxPool(
    size: [Int], stride: [Int]? = nil, padding: [Int]? = nil, ceilMode: Bool = false
  ) throws(TensorError) -> Tensor {
    var settings = CTPooling()
    settings.ceil_mode = ceilMode
    return try pooled("maxPool", settings, size, stride, padding)
  }

  /// The mean of each window, over as many trailing axes as `size` has numbers (1 to 3).
  ///
  /// - Parameters:
  ///   - stride: The distance of windows; nil means `size`.
  ///   - padding: Width of zeros added on both sides; nil means none.
  ///   - ceilMode: Also takes a last window that reaches over the edge.
  ///   - countIncludesPadding: Whether padded zeros count as elements of the mean.
  public func averagePool(
    size: [Int], stride: [Int]? = nil, padding: [Int]? = nil, ceilMode: Bool = false,
    countIncludesPadding: Bool = true
  ) throws(TensorError) -> Tensor {
    var settings = CTPooling()
    settings.takes_average = true
    settings.ceil_mode = ceilMode
    settings.counts_padding = countIncludesPadding
    return try pooled("averagePool", settings, size, stride, padding)
  }

  private func pooled(
    _ name: String, _ settings: CTPooling, _ size: [Int], _ stride: [Int]?, _ padding: [Int]?
  ) throws(TensorError) -> Tensor {
    let axes = size.count
    guard (1...3).contains(axes) else {
      throw TensorError(
        operation: name, message: "\(axes) window sizes, expected 1 to 3", shapes: [shape])
    }
    var settings = settings
    settings.axes = Int64(axes)
    settings.size = try triple("size", size, axes, [self], name)
    settings.stride = try triple("stride", stride ?? size, axes, [self], name)
    let padding = padding ?? [Int](repeating: 0, count: axes)
    settings.padding = try triple("padding", padding, axes, [self], name)
    try checkWindow(size, padding: padding, ceilMode: settings.ceil_mode, name)
    return try making(name, [self]) { backend, out in
      withUnsafePointer(to: settings) { backend.pool(handle, $0, out) }
    }
  }
}

extension Tensor {
  /// libtorch's own message for a window that does not fit leaves the window out.
  private func checkWindow(
    _ size: [Int], padding: [Int], ceilMode: Bool, _ name: String
  ) throws(TensorError) {
    let lengths = shape.suffix(size.count)
    let fits = zip(lengths, zip(size, padding)).allSatisfy { $0 + 2 * $1.1 >= $1.0 }
    guard ceilMode || fits else {
      throw TensorError(
        operation: name,
        message: "a window of \(size) is larger than the input with its padding \(padding)",
        shapes: [shape])
    }
  }
}

/// A list of one number per spatial axis in the fixed form the backend's structs have.
private func triple(
  _ argument: String, _ numbers: [Int], _ axes: Int, _ inputs: [Tensor], _ operation: String
) throws(TensorError) -> (Int64, Int64, Int64) {
  guard numbers.count == axes else {
    throw TensorError(
      operation: operation,
      message: "\(argument) \(numbers) has \(numbers.count) numbers, expected \(axes)",
      shapes: inputs.map(\.shape))
  }
  func number(_ axis: Int) -> Int64 { axis < axes ? Int64(numbers[axis]) : 0 }
  return (number(0), number(1), number(2))
}
