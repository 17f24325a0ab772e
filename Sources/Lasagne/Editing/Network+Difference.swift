import Records

extension Network {
  /// How this network differs from another, layer by layer: what it has become from it.
  ///
  /// Layers are the same where their names are; a layer under a new name is found by its settings and by
  /// what it reads, where only one can be meant.
  public func difference(from other: Network) -> NetworkDifference {
    let before = NetworkRows(other)
    let after = NetworkRows(self)
    var matches = Dictionary(
      uniqueKeysWithValues: layers.map(\.name).filter { before.rows[$0] != nil }.map { ($0, $0) })
    Self.matchRenamed(before, after, &matches)
    let former = Set(matches.values)
    let renamed = Dictionary(
      matches.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })

    var changed: [NetworkDifference.Change] = []
    for node in layers {
      guard let old = matches[node.name], let first = before.rows[old],
        let second = after.rows[node.name]
      else { continue }
      let fields = first.fields(against: second, renamed: renamed)
      if !fields.isEmpty || old != node.name {
        changed.append(
          .init(layer: node.name, formerName: old == node.name ? nil : old, fields: fields))
      }
    }
    var fields: [NetworkDifference.Field] = []
    if other.outputs.map({ renamed[$0] ?? $0 }) != outputs {
      fields.append(
        .init(
          field: "outputs", from: other.outputs.joined(separator: ", "),
          to: outputs.joined(separator: ", ")))
    }
    return NetworkDifference(
      from: other.name, to: name,
      added: layers.filter { matches[$0.name] == nil }.map(Self.layer),
      removed: other.layers.filter { !former.contains($0.name) }.map(Self.layer),
      changed: changed, fields: fields,
      parametersFrom: other.parameterCount, parametersTo: parameterCount)
  }

  /// Layers with the same settings that read the same, from the inputs down: where exactly one on each
  /// side is left, it is the same layer under a new name.
  private static func matchRenamed(
    _ before: NetworkRows, _ after: NetworkRows, _ matches: inout [String: String]
  ) {
    let taken = Set(matches.values)
    var candidates: [String: [String]] = [:]
    for name in before.order where !taken.contains(name) {
      if let row = before.rows[name] {
        candidates[row.signature(reading: row.incomings), default: []].append(name)
      }
    }
    var counts: [String: Int] = [:]
    let open = after.order.filter { matches[$0] == nil }
    func signature(_ row: NetworkRow) -> String {
      row.signature(reading: row.incomings.map { matches[$0] ?? $0 })
    }
    for name in open {
      if let row = after.rows[name] { counts[signature(row), default: 0] += 1 }
    }
    for name in open {
      guard let row = after.rows[name] else { continue }
      let key = signature(row)
      guard let found = candidates[key], found.count == 1, counts[key, default: 1] <= 1 else {
        continue
      }
      matches[name] = found[0]
      candidates[key] = nil
    }
  }

  private static func layer(_ node: NetworkNode) -> NetworkDifference.Layer {
    .init(layer: node.name, type: node.typeName, detail: node.layer.base.detail)
  }
}

/// The layers of a network with all their settings as texts.
private struct NetworkRows {
  let order: [String]
  let rows: [String: NetworkRow]

  init(_ network: Network) {
    order = network.layers.map(\.name)
    rows = Dictionary(
      uniqueKeysWithValues: network.layers.enumerated().map { index, node in
        (node.name, NetworkRow(node, shape: network.structure.shapes[index]))
      })
  }
}

/// One layer with all its settings as texts, defaults included.
private struct NetworkRow {
  let type: String
  let incomings: [String]
  let shape: String
  let settings: [(key: String, text: String)]

  init(_ node: NetworkNode, shape: Shape) {
    type = node.typeName
    incomings = node.incomings
    self.shape = shape.text
    let tree: ModelTree?
    if let described = node.layer.base as? any DescribedLayer {
      tree = Self.all(described)
    } else {
      tree = try? TreeEncoder.tree(node.layer.base)
    }
    guard case .object(let members) = tree else {
      settings = []
      return
    }
    settings = members.filter { !LayerReader.placeKeys.contains($0.key) }
      .map { ($0.key, $0.value.line(.yaml)) }
  }

  private static func all<Described: DescribedLayer>(_ layer: Described) -> ModelTree? {
    let encoder = TreeEncoder()
    var container = encoder.container(keyedBy: NameKey.self)
    for setting in Described.settings {
      guard (try? setting.write(layer, nil, &container)) != nil else { return nil }
    }
    return encoder.slot.tree
  }

  func signature(reading incomings: [String]) -> String {
    "\(type)(\(incomings.joined(separator: "\u{1}")))"
      + settings.map { "\($0.key)=\($0.text)" }.joined(separator: "\u{2}")
  }

  /// What differs from a later form; names of layers in the first count under their new names.
  func fields(against later: NetworkRow, renamed: [String: String]) -> [NetworkDifference.Field] {
    var fields: [NetworkDifference.Field] = []
    func compare(_ field: String, _ from: String, _ to: String) {
      if from != to { fields.append(.init(field: field, from: from, to: to)) }
    }
    compare("type", type, later.type)
    if incomings.map({ renamed[$0] ?? $0 }) != later.incomings {
      compare(
        "incomings", incomings.joined(separator: ", "), later.incomings.joined(separator: ", "))
    }
    let first = Dictionary(settings.map { ($0.key, $0.text) }, uniquingKeysWith: { $1 })
    let second = Dictionary(later.settings.map { ($0.key, $0.text) }, uniquingKeysWith: { $1 })
    for key in settings.map(\.key) {
      if let to = second[key] { compare(key, first[key] ?? "", to) }
    }
    if type != later.type {
      for (key, text) in settings where second[key] == nil { compare(key, text, "–") }
      for (key, text) in later.settings where first[key] == nil { compare(key, "–", text) }
    }
    compare("output shape", shape, later.shape)
    return fields
  }
}
