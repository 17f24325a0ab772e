// What an attention layer needs of its inputs, and the parameters that follow from them.
extension MultiHeadAttentionLayer {
  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let (sources, mask) = roles(inputs)
    let units = try sizes(sources.query).units
    for (what, shape) in [
      ("queries", sources.query), ("keys", sources.key), ("values", sources.value),
    ] {
      guard shape.count == 3, shape[2] != nil else {
        throw NetworkError(
          "needs \(what) of 3 axes (batch, steps, features) with a known number of features, got "
            + "\(shape.text); put a ReshapeLayer or a DimshuffleLayer before it.")
      }
    }
    let (queries, keys) = (sources.query, sources.key)
    guard [queries[0]].agrees(with: [keys[0]]),
      Array(keys.prefix(2)).agrees(with: Array(sources.value.prefix(2)))
    else {
      throw NetworkError(
        "needs queries, keys and values of one batch, and a value for each key, got \(queries.text), "
          + "\(keys.text) and \(sources.value.text).")
    }
    guard !causal || [queries[1]].agrees(with: [keys[1]]) else {
      throw NetworkError(
        "can be causal only where there are as many keys as queries, got \(queries.text) and "
          + "\(keys.text); leave causal off or give it a mask.")
    }
    if let mask { try check(mask, queries, keys) }
    guard (0...1).contains(dropout) else {
      throw NetworkError("needs a dropout from 0 to 1, got \(dropout).")
    }
    return [queries[0], queries[1], units]
  }

  private func check(_ mask: Shape, _ queries: Shape, _ keys: Shape) throws(NetworkError) {
    let forms: [Shape] = [[queries[0], keys[1]], [queries[0], queries[1], keys[1]]]
    guard forms.contains(where: { $0.agrees(with: mask) }) else {
      throw NetworkError(
        "needs a mask of shape \(forms[0].text) (batch, keys) or \(forms[1].text) (batch, queries, "
          + "keys), got \(mask.text) from \(maskInput ?? "").")
    }
  }

  /// The features of the output, and of all heads together.
  private func sizes(_ queries: Shape) throws(NetworkError) -> (units: Int, inner: Int) {
    guard numHeads > 0 else {
      throw NetworkError("needs at least 1 head, got numHeads \(numHeads).")
    }
    guard let units = numUnits ?? queries.last ?? nil, units > 0 else {
      throw NetworkError(
        "needs at least 1 unit and a known number of features, got numUnits "
          + "\(numUnits.map(String.init) ?? "null") and \(queries.text).")
    }
    if let headSize {
      guard headSize > 0 else {
        throw NetworkError("needs a headSize of at least 1, got \(headSize).")
      }
      return (units, numHeads * headSize)
    }
    guard units.isMultiple(of: numHeads) else {
      throw NetworkError(
        "needs a number of units that its \(numHeads) heads divide, got \(units); give it a headSize "
          + "or another number of heads.")
    }
    return (units, units)
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let sources = roles(inputs).sources
    let (units, inner) = try sizes(sources.query)
    let maps = [
      ("query", query, sources.query), ("key", key, sources.key), ("value", value, sources.value),
    ]
    var specs: [ParameterSpec] = []
    for (name, map, shape) in maps {
      // The shape of the output exists only where features are known.
      specs += map.parameters(name, from: (shape.last ?? nil) ?? 0, to: inner)
    }
    return specs + output.parameters("output", from: inner, to: units)
  }
}
