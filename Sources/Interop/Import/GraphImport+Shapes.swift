import Lasagne
import Tensors

extension GraphImport {
  mutating func flatten(_ node: ImportedNode) throws {
    let flow = try flow(node)
    guard node.int("axis", 1) == 1 else {
      throw node.problem("keeps \(node.int("axis", 1)) axes; only 1 can be read.")
    }
    try flatten(node, flow)
  }

  private mutating func flatten(_ node: ImportedNode, _ flow: Flow) throws {
    if flow.shape.count == 2 { return try set(node, .flow(flow)) }
    // Axes of length 1 that were only just added go again.
    if let entry = entries[flow.layer], let shuffle = entry.layer as? DimshuffleLayer,
      let before = entry.incomings.first, before.shape.count == 2,
      shuffle.pattern.prefix(2) == [0, 1], shuffle.pattern.dropFirst(2).allSatisfy({ $0 == .new })
    {
      return try set(node, .flow(before))
    }
    try give(node, FlattenLayer(), reading: [flow])
  }

  mutating func reshape(_ node: ImportedNode) throws {
    let sizes: [Length]
    switch try value(node, 1) {
    case .lengths(let lengths): sizes = lengths
    case .constant(let array): sizes = array.values(as: Int64.self).map { .known(Int($0)) }
    default:
      throw node.problem("has a new shape that is computed from what flows, not from shapes.")
    }
    guard node.int("allowzero", 0) == 0 || !sizes.contains(.known(0)) else {
      throw node.problem("asks for an axis of length 0.")
    }
    if case .constant(let array) = try value(node, 0) {
      let known = sizes.compactMap { if case .known(let length) = $0 { length } else { nil } }
      guard known.count == sizes.count, !known.contains(where: { $0 < -1 }) else {
        throw node.problem("gives a constant a shape that is not known.")
      }
      return try set(node, .constant(array.reshaped(resolved(known, array, node))))
    }
    let flow = try flow(node)
    let lengths = try sizes.enumerated().map { try length($1, at: $0, flow, node) }
    let isFlat = lengths.count == 2 && lengths[0] == .inputAxis(0) && flow.shape.count > 2
    if isFlat {
      let rest = Array(flow.shape.dropFirst()).entryCount
      if lengths[1] == .rest || rest.map({ lengths[1] == .fixed($0) }) == true {
        return try flatten(node, flow)
      }
    }
    try give(node, ReshapeLayer(lengths), reading: [flow])
  }

  private func resolved(
    _ sizes: [Int], _ array: HostArray, _ node: ImportedNode
  ) throws -> [Int] {
    let kept = sizes.enumerated().map { place, size in
      size == 0 && place < array.shape.count ? array.shape[place] : size
    }
    guard let rest = kept.firstIndex(of: -1) else { return kept }
    let others = kept.filter { $0 != -1 }.map { $0 as Int? }.entryCount
    guard let others, others > 0, array.count.isMultiple(of: others) else {
      throw node.problem("cannot give a constant of shape \(array.shape) the shape \(sizes).")
    }
    var whole = kept
    whole[rest] = array.count / others
    return whole
  }

  private func length(
    _ length: Length, at place: Int, _ flow: Flow, _ node: ImportedNode
  ) throws -> ReshapeLayer.Length {
    let isOpen = flow.shape.first == .some(nil)
    switch length {
    case .known(0): return .inputAxis(place)
    case .known(-1): return .rest
    case .known(let size) where size < 0 || size >= 1 << 31:
      throw node.problem("asks for a length of \(size).")
    case .known(let size):
      // Where the file fixes the batch, its length stands for that of any batch.
      return place == 0 && isOpen && size == fixedBatch ? .inputAxis(0) : .fixed(size)
    case .open(flow.layer, let axis): return .inputAxis(axis)
    case .open(_, axis: 0) where isOpen: return .inputAxis(0)
    case .open(let layer, let axis):
      throw node.problem(
        "takes the length of axis \(axis) of \(layer), which its own input does not have.")
    }
  }

  // MARK: the order of axes

  mutating func transpose(_ node: ImportedNode) throws {
    switch try value(node, 0) {
    case .constant(let array):
      let axes = node.ints("perm") ?? array.shape.indices.reversed()
      guard axes.sorted() == Array(array.shape.indices) else {
        throw node.problem("puts the axes of \(array.shape) in the order \(axes).")
      }
      try set(node, .constant(Tensor(array).permuted(axes).hostArray()))
    default:
      let flow = try flow(node)
      let axes = node.ints("perm") ?? flow.shape.indices.reversed()
      guard axes.sorted() == Array(flow.shape.indices) else {
        throw node.problem("puts the axes of \(flow.shape.text) in the order \(axes).")
      }
      try set(node, .flow(shuffled(flow, axes.map { .axis($0) }, node)))
    }
  }

  mutating func squeeze(_ node: ImportedNode) throws {
    switch try value(node, 0) {
    case .constant(let array):
      let axes = try ints(node, "axes", input: 1)?.map { $0 < 0 ? $0 + array.shape.count : $0 }
      let kept = array.shape.indices.filter { !(axes?.contains($0) ?? (array.shape[$0] == 1)) }
      try set(node, .constant(array.reshaped(kept.map { array.shape[$0] })))
    case .lengths(let lengths): try set(node, .lengths(lengths))
    default:
      let flow = try flow(node)
      let rank = flow.shape.count
      let axes =
        try ints(node, "axes", input: 1)?.map { $0 < 0 ? $0 + rank : $0 }
        ?? flow.shape.indices.filter { flow.shape[$0] == 1 }
      try set(
        node,
        .flow(
          shuffled(flow, flow.shape.indices.filter { !axes.contains($0) }.map { .axis($0) }, node)))
    }
  }

  mutating func unsqueeze(_ node: ImportedNode) throws {
    guard let given = try ints(node, "axes", input: 1) else {
      throw node.problem("does not say which axes to add.")
    }
    func pattern(_ rank: Int) throws -> [Int?] {
      let whole = rank + given.count
      let new = Set(given.map { $0 < 0 ? $0 + whole : $0 })
      guard new.count == given.count, new.allSatisfy({ (0..<whole).contains($0) }) else {
        throw node.problem("adds the axes \(given) to \(rank).")
      }
      var next = 0
      return (0..<whole).map { place in
        if new.contains(place) { return nil }
        next += 1
        return next - 1
      }
    }
    switch try value(node, 0) {
    case .constant(let array):
      try set(
        node,
        .constant(
          array.reshaped(pattern(array.shape.count).map { $0.map { array.shape[$0] } ?? 1 })))
    case .lengths(let lengths): try set(node, .lengths(lengths))
    case .repeated(let array): try set(node, .repeated(array))
    case .flow(let flow):
      let entries = try pattern(flow.shape.count).map { axis in
        axis.map { DimshuffleLayer.Entry.axis($0) } ?? .new
      }
      try set(node, .flow(shuffled(flow, entries, node)))
    }
  }

  /// A flow with its axes in another order; what is shuffled twice is shuffled once.
  mutating func shuffled(
    _ flow: Flow, _ pattern: [DimshuffleLayer.Entry], _ node: ImportedNode? = nil
  ) throws -> Flow {
    var (flow, pattern) = (flow, pattern)
    if let entry = entries[flow.layer], let inner = entry.layer as? DimshuffleLayer,
      let before = entry.incomings.first
    {
      pattern = pattern.map { if case .axis(let axis) = $0 { inner.pattern[axis] } else { .new } }
      flow = before
    }
    if pattern == flow.shape.indices.map({ .axis($0) }) { return flow }
    let layer = DimshuffleLayer(pattern)
    let name =
      if let node { layerName(node, layer) } else { unusedName("dimshuffle1") }
    return try add(layer, reading: [flow], called: name)
  }
}
