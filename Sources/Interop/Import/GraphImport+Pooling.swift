import Lasagne
import Tensors

extension GraphImport {
  mutating func pooling(_ node: ImportedNode, _ mode: PoolMode) throws {
    let flow = try flow(node)
    let axes = flow.shape.count - 2
    guard (1...3).contains(axes), let size = node.ints("kernel_shape"), size.count == axes,
      size.allSatisfy({ $0 > 0 })
    else {
      throw node.problem(
        "pools an input of shape \(flow.shape.text); images of 1 to 3 axes can be read.")
    }
    let stride = try node.ints("strides", count: axes, else: 1)
    guard try node.ints("dilations", count: axes, else: 1).allSatisfy({ $0 == 1 }),
      node.outputs.dropFirst().allSatisfy(\.isEmpty)
    else { throw node.problem("is dilated or gives places, which cannot be read.") }
    let (before, after) = try pads(node, flow, size, stride)
    let countsPadding = node.int("count_include_pad", 0) == 1
    let mode = mode != .max && countsPadding ? PoolMode.averageIncPad : mode
    let hasCeiling = node.int("ceil_mode", 0) == 1
    let ignoresBorder = before == after && !hasCeiling
    if !ignoresBorder {
      try checkBorder(node, flow, size, stride, before, after, hasCeiling)
    }
    // Behind a border that is not ignored nothing counts, whatever the mode is called.
    let chosen = !ignoresBorder && mode != .max ? PoolMode.averageExcPad : mode
    try give(
      node,
      pool(
        axes, size, stride, ignoresBorder ? before : before.map { _ in 0 }, ignoresBorder, chosen),
      reading: [flow])
  }

  /// Refuses a border that no layer here has: only all that does not fill a region at the end.
  private func checkBorder(
    _ node: ImportedNode, _ flow: Flow, _ size: [Int], _ stride: [Int], _ before: [Int],
    _ after: [Int], _ hasCeiling: Bool
  ) throws {
    let lengths = flow.shape.dropFirst(2).compactMap { $0 }
    let geometry = PoolGeometry(size: size, stride: stride, pad: before)
    let isKnown = lengths.count == size.count && before.allSatisfy { $0 == 0 }
    let isWhole =
      isKnown
      && lengths.indices.allSatisfy { axis in
        let places = geometry.outputLength(lengths[axis], axis, false)
        let needed = max(0, (places - 1) * stride[axis] + size[axis] - lengths[axis])
        return hasCeiling ? after[axis] == 0 : after[axis] == needed
      }
    guard isWhole else {
      throw node.problem(
        "has pads \(before + after)\(hasCeiling ? " with ceil_mode" : ""); only equal widths at both "
          + "ends, or none and all regions that the end cuts off, can be read.")
    }
  }

  private func pool(
    _ axes: Int, _ size: [Int], _ stride: [Int], _ pad: [Int], _ ignoresBorder: Bool,
    _ mode: PoolMode
  ) -> any Layer {
    let (size, stride, pad) = (Sizes.each(size), Sizes.each(stride), Sizes.each(pad))
    switch (axes, mode) {
    case (1, .max):
      return MaxPool1DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder)
    case (2, .max):
      return MaxPool2DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder)
    case (3, .max):
      return MaxPool3DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder)
    case (1, _):
      return Pool1DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder, mode: mode)
    case (2, _):
      return Pool2DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder, mode: mode)
    default:
      return Pool3DLayer(size, stride: stride, pad: pad, ignoreBorder: ignoresBorder, mode: mode)
    }
  }

  mutating func globalPool(_ node: ImportedNode, _ function: PoolFunction) throws {
    try pool(node, flow(node), function, keepsAxes: true)
  }

  mutating func reduce(_ node: ImportedNode, _ function: PoolFunction) throws {
    let flow = try flow(node)
    let rank = flow.shape.count
    let axes = try ints(node, "axes", input: 1)?.map { $0 < 0 ? $0 + rank : $0 }.sorted()
    guard rank > 2, axes == Array(2..<rank) else {
      throw node.problem(
        "works along the axes \(axes ?? []) of \(rank); only all axes after the first two can be read."
      )
    }
    try pool(node, flow, function, keepsAxes: node.int("keepdims", 1) == 1)
  }

  private mutating func pool(
    _ node: ImportedNode, _ flow: Flow, _ function: PoolFunction, keepsAxes: Bool
  ) throws {
    guard flow.shape.count > 2 else {
      throw node.problem("pools an input of shape \(flow.shape.text), which has no places.")
    }
    let layer = GlobalPoolLayer(poolFunction: function)
    let name = layerName(node, layer)
    let pooled = try add(layer, reading: [flow], called: name)
    guard keepsAxes else {
      try set(node, .flow(pooled))
      return
    }
    let pattern: [DimshuffleLayer.Entry] =
      [0, 1] + [DimshuffleLayer.Entry](repeating: .new, count: flow.shape.count - 2)
    try set(node, .flow(shuffled(pooled, pattern)))
  }
}
