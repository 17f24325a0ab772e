import Records

extension NetworkDrawing {
  /// Two networks in one picture: the second, with what only the first has beside it.
  ///
  /// Layers and connections have the class `added`, `removed` or `changed` where they differ.
  public init(_ difference: NetworkDifference, from: NetworkSummary, to: NetworkSummary) {
    let removed = Set(difference.removed.map(\.layer))
    let added = Set(difference.added.map(\.layer))
    let formerNames = Dictionary(
      difference.changed.compactMap { change in change.formerName.map { (change.layer, $0) } },
      uniquingKeysWith: { first, _ in first })
    let newNames = Dictionary(
      formerNames.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    let before = Dictionary(
      from.layers.map { layer in
        (newNames[layer.name] ?? layer.name, layer.incomings.map { newNames[$0] ?? $0 })
      }, uniquingKeysWith: { first, _ in first })

    // What is gone stands after the layer that it stood after.
    var followers: [String: [LayerSummary]] = [:]
    var last = ""
    for layer in from.layers {
      let name = newNames[layer.name] ?? layer.name
      if removed.contains(layer.name) {
        var gone = layer
        gone.incomings = before[name] ?? []
        followers[last, default: []].append(gone)
      }
      last = name
    }
    var union = NetworkSummary(name: to.name, layers: [], outputs: to.outputs)
    var waiting: [LayerSummary] = []
    func followed(_ name: String) -> [LayerSummary] {
      (followers[name] ?? []).flatMap { [$0] + followed($0.name) }
    }
    waiting = followed("")
    for layer in to.layers {
      var layer = layer
      let gone = (before[layer.name] ?? []).filter { !layer.incomings.contains($0) }
      let after = followed(layer.name)
      if !added.contains(layer.name) { layer.incomings += gone }
      union.layers += waiting + [layer]
      waiting = after
    }
    union.layers += waiting

    var marks: [String: String] = [:]
    for name in added { marks[name] = "added" }
    for name in removed { marks[name] = "removed" }
    for change in difference.changed { marks[change.layer] = "changed" }
    var edges: [String: String] = [:]
    let now = Dictionary(
      to.layers.map { ($0.name, $0.incomings) }, uniquingKeysWith: { first, _ in first })
    for layer in union.layers {
      for source in layer.incomings {
        let isThere = now[layer.name]?.contains(source) ?? false
        let wasThere = before[layer.name]?.contains(source) ?? false
        if isThere != wasThere {
          edges["\(source)\0\(layer.name)"] = isThere ? "added" : "removed"
        }
      }
    }
    self.init(union, marks: marks, edgeMarks: edges)
  }
}
