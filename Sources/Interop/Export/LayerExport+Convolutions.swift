import Lasagne
import Tensors

extension LayerExport {
  func convolution(_ layer: some ConvolutionLayer) throws -> String {
    let axes = type(of: layer).spatialAxes
    let filter = Array(try array("W").shape.dropFirst(2))
    let pad = try layer.pad.widths(for: filter)
    // ONNX slides filters as they are; Lasagne turns them round first.
    let W =
      layer.flipFilters
      ? try parameter("W", form: "flipped") { try $0.flipped(axes: Array(2..<(2 + axes))) }
      : try parameter("W")
    let isTied = try has("b") && array("b").shape.count == 1
    let bias = isTied ? [try parameter("b")] : []
    var sum = op(
      "Conv", [x, W] + bias, .ints("kernel_shape", filter),
      .ints("strides", try layer.stride.values(axes, "stride")), .ints("pads", pad + pad),
      .int("group", layer.numGroups))
    if !isTied { sum = try addingBias(sum) }
    return try applying(layer.nonlinearity, to: sum)
  }

  func depthwise(_ layer: DepthwiseConv2DLayer) throws -> String {
    try convolution(layer.convolution(channels: shape[1] ?? 0))
  }

  func separable(_ layer: SeparableConv2DLayer) throws -> String {
    let filter = Array(try array("W_depthwise").shape.suffix(2))
    let pad = try layer.pad.widths(for: filter)
    let W =
      layer.flipFilters
      ? try parameter("W_depthwise", form: "flipped") { try $0.flipped(axes: [2, 3]) }
      : try parameter("W_depthwise")
    let middle = op(
      "Conv", [x, W], .ints("kernel_shape", filter),
      .ints("strides", try layer.stride.values(2, "stride")), .ints("pads", pad + pad),
      .int("group", shape[1] ?? 1))
    let sum = op("Conv", [middle, try parameter("W_pointwise")], .ints("kernel_shape", [1, 1]))
    return try applying(layer.nonlinearity, to: addingBias(sum))
  }

  /// Channels weighted by what a small network says of their means.
  func squeezeExcite(_ layer: SqueezeExciteLayer) throws -> String {
    func map(_ value: String, _ name: String) throws -> String {
      let bias = has("b_\(name)") ? [try parameter("b_\(name)")] : []
      return op("Gemm", [value, try parameter("W_\(name)")] + bias)
    }
    let places = Array(2..<shape.count)
    let means = try reduced(x, .mean, axes: places)
    let hidden = try applying(layer.nonlinearity, to: map(means, "squeeze"))
    let gates = try applying(layer.gate, to: map(hidden, "excite"))
    return op("Mul", [x, try unsqueezed(gates, places)])
  }

  func transposed(_ layer: some TransposedConvolutionLayer) throws -> String {
    let axes = type(of: layer).spatialAxes
    let filter = Array(try array("W").shape.dropFirst(2))
    let stride = try layer.stride.values(axes, "stride")
    let crop = try layer.crop.widths(for: filter, "crop")
    let W =
      layer.flipFilters
      ? try parameter("W")
      : try parameter("W", form: "flipped") { try $0.flipped(axes: Array(2..<(2 + axes))) }
    var extra = [Int](repeating: 0, count: axes)
    if let wanted = try layer.outputSize?.values(axes, "outputSize") {
      let lengths = try knownPlaces(shape)
      for axis in 0..<axes {
        extra[axis] =
          wanted[axis] - ((lengths[axis] - 1) * stride[axis] - 2 * crop[axis] + filter[axis])
      }
    }
    let sum = op(
      "ConvTranspose", [x, W], .ints("kernel_shape", filter), .ints("strides", stride),
      .ints("pads", crop + crop), .ints("output_padding", extra))
    return try applying(layer.nonlinearity, to: addingBias(sum))
  }

  func dilated(_ layer: DilatedConv2DLayer) throws -> String {
    let W = try parameter("W", form: "filters first") { try $0.permuted([1, 0, 2, 3]) }
    let sum = op(
      "Conv", [x, W], .ints("kernel_shape", Array(try array("W").shape.suffix(2))),
      .ints("dilations", try layer.dilation.values(2, "dilation")))
    return try applying(layer.nonlinearity, to: addingBias(sum))
  }

  /// Filters that differ from place to place: the sum over what each place sees, written out.
  func locallyConnected(_ layer: LocallyConnected2DLayer) throws -> String {
    let stored = try array("W").shape
    let first = stored.count - 4
    let filter = [stored[first], stored[first + 1]]
    let (rows, columns) = (stored[first + 2], stored[first + 3])
    let W = try parameter("W", form: "places \(layer.flipFilters)") { stored in
      let turned = layer.flipFilters ? try stored.flipped(axes: [first, first + 1]) : stored
      return try turned.reshaped(
        Array(stored.shape[..<first]) + [filter[0] * filter[1], rows, columns])
    }
    let widths = [0, 0, filter[0] / 2, filter[1] / 2]
    let padded = op("Pad", [x, try ints(widths + widths)])
    var seen: [String] = []
    for row in 0..<filter[0] {
      let band = try sliced(padded, axis: 2, from: row, to: row + rows)
      for column in 0..<filter[1] {
        let part = try sliced(band, axis: 3, from: column, to: column + columns)
        seen.append(try unsqueezed(part, [2]))
      }
    }
    let patches = op("Concat", seen, .int("axis", 2))
    let sum = op(
      "Einsum", [patches, W],
      .text("equation", layer.channelwise ? "bckij,ckij->bcij" : "bckij,fckij->bfij"))
    return try applying(layer.nonlinearity, to: addingBias(sum))
  }
}
