import Tensors

extension Penalty {
  /// The penalty of a whole network, for Lasagne's `regularize_network_params`; 0 where no parameter
  /// passes the filter.
  public func ofNetwork(
    _ weights: Weights, tags filter: TagFilter = .regularizable
  ) throws(TensorError) -> Tensor {
    let chosen = zip(weights.parameters, weights.tensors).filter { filter.accepts($0.0.tags) }
    return try applyPenalty(chosen.map(\.1), self)
  }

  /// The penalty of some layers, each times its coefficient, for Lasagne's
  /// `regularize_layer_params_weighted`; 0 where no parameter passes the filter.
  ///
  /// A parameter that several of the layers share counts once for each of them.
  public func ofLayers(
    _ coefficients: [String: Double], _ weights: Weights, tags filter: TagFilter = .regularizable
  ) throws(TensorError) -> Tensor {
    let names = Set(weights.parameters.flatMap(\.users))
    for name in coefficients.keys.sorted() where !names.contains(name) {
      let hint = Spelling.hint(for: name, among: names.sorted())
      throw TensorError(
        operation: "ofLayers", message: "there is no layer '\(name)' with parameters: \(hint)")
    }
    var chosen: [(tensor: Tensor, coefficient: Double)] = []
    for (parameter, tensor) in zip(weights.parameters, weights.tensors) {
      guard filter.accepts(parameter.tags) else { continue }
      for user in parameter.users {
        if let coefficient = coefficients[user] { chosen.append((tensor, coefficient)) }
      }
    }
    return try applyPenalty(chosen, self)
  }
}
