import Tensors

/// Which keys each query may see.
struct AttentionVisibility {
  /// Of the axes batch, keys or batch, queries, keys: 0 where a key is not seen.
  let mask: Tensor?
  /// Whether a query sees only the keys up to its own place.
  let isCausal: Bool
  /// The layer's name, for errors.
  let layer: String

  /// The attention weights for scores of the axes batch, heads, queries, keys.
  ///
  /// The weights of the keys that a query sees sum to 1; where it sees none, all are 0.
  func weights(of scores: Tensor) throws(TensorError) -> Tensor {
    guard let visible = try visible(scores) else { return try scores.softmax(axis: 3) }
    let hidden = try visible.not()
    func constant(_ number: Double) throws(TensorError) -> Tensor {
      try .full([1], number, dataType: scores.dataType, device: scores.device)
    }
    // Finite, so that a query that sees no key has weights that are numbers.
    let lowest = scores.dataType == .float16 ? -6e4 : -1e30
    let weights = try Tensor.select(hidden, constant(lowest), scores).softmax(axis: 3)
    return mask == nil ? weights : try .select(hidden, constant(0), weights)
  }

  /// True where a query sees a key, of axes that broadcast to those of the scores; nil: everywhere.
  private func visible(_ scores: Tensor) throws(TensorError) -> Tensor? {
    let (batch, queries, keys) = (scores.shape[0], scores.shape[2], scores.shape[3])
    var visible: Tensor?
    if let mask {
      let expected = mask.rank == 2 ? [batch, keys] : [batch, queries, keys]
      guard mask.shape == expected else {
        throw TensorError(
          operation: layer, message: "its mask must have the shape \(expected)",
          shapes: [mask.shape])
      }
      let shape = mask.rank == 2 ? [batch, 1, 1, keys] : [batch, 1, queries, keys]
      visible = try mask.equal(0).not().reshaped(shape)
    }
    guard isCausal else { return visible }
    guard queries == keys else {
      throw TensorError(
        operation: layer, message: "it is causal and needs as many keys as queries",
        shapes: [[queries], [keys]])
    }
    let places = try Tensor.arange(queries, device: scores.device)
    let earlier = try places.reshaped([1, 1, 1, keys])
      .lessOrEqual(places.reshaped([1, 1, queries, 1]))
    return try visible.map { (visible) throws(TensorError) in try visible * earlier } ?? earlier
  }
}
