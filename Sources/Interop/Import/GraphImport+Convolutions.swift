import Lasagne
import Tensors

extension GraphImport {
  mutating func convolution(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let W = try constant(node, 1)
    let axes = W.shape.count - 2
    guard (1...3).contains(axes), flow.shape.count == axes + 2 else {
      throw node.problem(
        "has filters of shape \(W.shape) for an input of shape \(flow.shape.text); images of 1 to 3 "
          + "axes can be read.")
    }
    let filter = Array(W.shape.suffix(axes))
    let stride = try node.ints("strides", count: axes, else: 1)
    let dilation = try node.ints("dilations", count: axes, else: 1)
    let span = zip(filter, dilation).map { ($0 - 1) * $1 + 1 }
    let pads = try pads(node, flow, span, stride)
    let bias = try optionalConstant(node, 2)
    let b: ParameterSource? = bias == nil ? nil : .constant(0)
    var weights = ["W": W]
    weights["b"] = bias
    let groups = node.int("group", 1)
    guard dilation == [Int](repeating: 1, count: axes) else {
      guard axes == 2, groups == 1, stride == [1, 1] else {
        throw node.problem(
          "is dilated; that can be read for images of 2 axes with stride 1 and without groups.")
      }
      weights["W"] = try Tensor(W.converted(to: .float32)).permuted([1, 0, 2, 3]).hostArray()
      let layer = DilatedConv2DLayer(
        W.shape[0], filterSize: .each(filter), dilation: .each(dilation), b: b,
        nonlinearity: .linear)
      try give(node, layer, reading: [padded(flow, pads.before, pads.after, node)], weights)
      return
    }
    let isEven = pads.before == pads.after
    let input = isEven ? flow : try padded(flow, pads.before, pads.after, node)
    let pad: Padding = isEven ? .sizes(.each(pads.before)) : .valid
    let (size, step) = (Sizes.each(filter), Sizes.each(stride))
    let layer: any Layer =
      switch axes {
      case 1:
        Conv1DLayer(
          W.shape[0], filterSize: size, stride: step, pad: pad, b: b, nonlinearity: .linear,
          flipFilters: false, numGroups: groups)
      case 2:
        Conv2DLayer(
          W.shape[0], filterSize: size, stride: step, pad: pad, b: b, nonlinearity: .linear,
          flipFilters: false, numGroups: groups)
      default:
        Conv3DLayer(
          W.shape[0], filterSize: size, stride: step, pad: pad, b: b, nonlinearity: .linear,
          flipFilters: false, numGroups: groups)
      }
    try give(node, layer, reading: [input], weights)
  }

  mutating func transposedConvolution(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let W = try constant(node, 1)
    let axes = W.shape.count - 2
    guard (2...3).contains(axes), flow.shape.count == axes + 2 else {
      throw node.problem("has filters of shape \(W.shape); images of 2 or 3 axes can be read.")
    }
    try node.require("group", 1)
    let ones = [Int](repeating: 1, count: axes)
    guard try node.ints("dilations", count: axes, else: 1) == ones, !node.has("output_shape"),
      ["NOTSET", "VALID"].contains(node.text("auto_pad", "NOTSET"))
    else {
      throw node.problem("has dilations, an output_shape or auto_pad, which cannot be read.")
    }
    let filter = Array(W.shape.suffix(axes))
    let stride = try node.ints("strides", count: axes, else: 1)
    let pads = try node.ints("pads", count: 2 * axes, else: 0)
    guard pads.prefix(axes).elementsEqual(pads.suffix(axes)) else {
      throw node.problem("cuts off \(pads), different widths at both ends, which cannot be read.")
    }
    let extra = try node.ints("output_padding", count: axes, else: 0)
    var outputSize: Sizes?
    if extra.contains(where: { $0 != 0 }) {
      let lengths = flow.shape.dropFirst(2).compactMap { $0 }
      guard lengths.count == axes else {
        throw node.problem("has an output_padding for an input of unknown size.")
      }
      let sizes = (0..<axes).map { axis -> Int in
        let smallest = (lengths[axis] - 1) * stride[axis] + filter[axis]
        return smallest - 2 * pads[axis] + extra[axis]
      }
      outputSize = .each(sizes)
    }
    let bias = try optionalConstant(node, 2)
    let b: ParameterSource? = bias == nil ? nil : .constant(0)
    var weights = ["W": W]
    weights["b"] = bias
    let crop = Padding.sizes(.each(Array(pads.prefix(axes))))
    let layer: any Layer =
      axes == 2
      ? TransposedConv2DLayer(
        W.shape[1], filterSize: .each(filter), stride: .each(stride), crop: crop, b: b,
        nonlinearity: .linear, flipFilters: true, outputSize: outputSize)
      : TransposedConv3DLayer(
        W.shape[1], filterSize: .each(filter), stride: .each(stride), crop: crop, b: b,
        nonlinearity: .linear, flipFilters: true, outputSize: outputSize)
    try give(node, layer, reading: [flow], weights)
  }

  /// The widths before and after each spatial axis.
  func pads(
    _ node: ImportedNode, _ flow: Flow, _ span: [Int], _ stride: [Int]
  ) throws -> (before: [Int], after: [Int]) {
    let axes = span.count
    guard stride.allSatisfy({ $0 > 0 }), span.allSatisfy({ $0 > 0 }) else {
      throw node.problem("has strides \(stride) and sizes \(span), which must be at least 1.")
    }
    let rule = node.text("auto_pad", "NOTSET")
    switch rule {
    case "NOTSET", "VALID":
      let pads = try node.ints("pads", count: 2 * axes, else: 0)
      guard pads.allSatisfy({ $0 >= 0 }) else {
        throw node.problem("has pads \(pads), which must be 0 or more.")
      }
      return rule == "VALID"
        ? ([Int](repeating: 0, count: axes), [Int](repeating: 0, count: axes))
        : (Array(pads.prefix(axes)), Array(pads.suffix(axes)))
    case "SAME_UPPER", "SAME_LOWER":
      let lengths = flow.shape.dropFirst(2).compactMap { $0 }
      guard lengths.count == axes else {
        throw node.problem("has auto_pad \(rule) for an input of unknown size.")
      }
      let totals = (0..<axes).map { axis in
        let places = (lengths[axis] + stride[axis] - 1) / stride[axis]
        return max(0, (places - 1) * stride[axis] + span[axis] - lengths[axis])
      }
      let less = totals.map { $0 / 2 }
      let more = zip(totals, less).map { $0 - $1 }
      return rule == "SAME_UPPER" ? (less, more) : (more, less)
    default: throw node.problem("has the auto_pad '\(rule)', which is not known.")
    }
  }

  /// A flow with zeros around its places.
  mutating func padded(
    _ flow: Flow, _ before: [Int], _ after: [Int], _ node: ImportedNode
  ) throws -> Flow {
    guard (before + after).contains(where: { $0 > 0 }) else { return flow }
    let layer = PadLayer(.each(zip(before, after).map { PadLayer.Pair($0, $1) }))
    return try add(layer, reading: [flow], called: unusedName("pad1"))
  }
}
