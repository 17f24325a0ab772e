import Records

extension Network {
  /// What the network looks like from outside: each layer with its shape and parameters.
  public func summary() -> NetworkSummary {
    let own = Dictionary(grouping: parameters, by: \.layer)
    let rows = layers.indices.map { index in
      let node = layers[index]
      return LayerSummary(
        name: node.name, type: node.typeName, incomings: node.dependencies,
        outputShape: structure.shapes[index],
        parameters: (own[node.name] ?? []).map {
          ParameterSummary(
            name: $0.fullName, shape: $0.shape, isTrainable: $0.isTrainable,
            isRegularizable: $0.isRegularizable)
        },
        detail: node.layer.base.detail)
    }
    return NetworkSummary(name: name, layers: rows, outputs: outputs)
  }
}
