import Lasagne
import Tensors

// Attention as maps to queries, keys and values, one pass over all heads, and a map of what they give.
extension PlanBuilder {
  /// Attention with several heads, of a sequence to itself or to another.
  func attention(_ layer: MultiHeadAttentionLayer, _ place: PlanPlace) throws -> PlanValue {
    let (sources, maskSource) = layer.roles(place.inputs)
    let query = try map(plain(sources.query), "query", place)
    let key = try map(plain(sources.key), "key", place)
    let value = try map(plain(sources.value), "value", place)
    let mask = maskSource.map(plain)
    let (queries, keys, inner) = (query.shape[0], key.shape[0], query.shape[1])
    let width = inner / layer.numHeads
    let maskRows = mask.map { $0.shape.count == 1 ? 1 : queries } ?? 0
    let weightCount = rows * layer.numHeads * queries * keys
    let kept = layer.dropout > 0 ? buffer(weightCount) : nil
    if let kept {
      // Drawn by the layer itself in the order of samples, heads, queries and keys.
      emit(.bernoulli, [kept], sizes: [weightCount], numbers: draw(1 - layer.dropout))
    }
    let weights = buffer(weightCount)
    let joined = self.value(
      [queries, inner],
      needsGradient: query.needsGradient || key.needsGradient || value.needsGradient)
    let sizes = [
      rows, layer.numHeads, queries, keys, width, layer.causal ? 1 : 0, maskRows,
    ]
    let scales = [1 / Double(width).squareRoot(), layer.dropout < 1 ? 1 / (1 - layer.dropout) : 1]
    emit(
      .attend,
      [query.buffer, key.buffer, value.buffer, mask?.buffer, kept, weights, joined.buffer],
      sizes: sizes, numbers: scales)
    onWayBack { [self] in
      guard joined.needsGradient, let from = joined.gradient else { return }
      // Nobody else reads what the maps give.
      let gradients = [query, key, value].map { gradient(of: $0).buffer }
      emit(
        .attendBack, [query.buffer, key.buffer, value.buffer, kept, weights, from] + gradients,
        sizes: sizes, numbers: scales)
    }
    return try map(joined, "output", place)
  }

  /// A sequence through one of the layer's four maps.
  private func map(_ input: PlanValue, _ name: String, _ place: PlanPlace) throws -> PlanValue {
    let index = try place.parameter("W_\(name)")
    let bias = place.bindings["b_\(name)"]
    let steps = input.shape[0]
    let output = product(
      of: input, by: index, lines: rows * steps, bias: bias,
      shape: [steps, weights.parameters[index].shape[1]])
    output.pending = PlanValue.Pending(
      bias: bias, activation: .linear, columns: output.shape[1])
    output.owner = owner
    // The layer's own result waits for its reader, as that of a dense layer does.
    if name != "output" { settle(output) }
    return output
  }
}
