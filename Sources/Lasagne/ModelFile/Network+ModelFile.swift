extension Network {
  /// The version of the model file format that is read and written.
  static let modelFileVersion = 1
  /// The most layers a file may list.
  static let largestLayerCount = 100_000

  /// Reads a model file: YAML or JSON, told apart by its first letter where the format is not given.
  ///
  /// Layer types of one's own must be registered before (``LayerRegistry``).
  public init(
    modelFile text: String, format: ModelFileFormat? = nil, registry: LayerRegistry = .shared
  ) throws(NetworkError) {
    try self.init(ModelTree.parse(text, format), registry: registry)
  }

  /// The model file of this network; settings that have their default are left out.
  public func modelFile(format: ModelFileFormat = .yaml) throws(NetworkError) -> String {
    guard case .object(let members) = try tree() else { return "" }
    switch format {
    case .yaml:
      return members.map { member in
        guard member.key == "layers", case .list(let layers) = member.value else {
          return "\(member.key): \(member.value.line(.yaml))\n"
        }
        return "layers:\n" + layers.map { "  - \($0.line(.yaml))\n" }.joined()
      }.joined()
    case .json:
      let lines = members.map { member in
        guard member.key == "layers", case .list(let layers) = member.value else {
          return "  \"\(member.key)\": \(member.value.line(.json))"
        }
        let rows = layers.map { "    \($0.line(.json))" }.joined(separator: ",\n")
        return "  \"layers\": [\n\(rows)\n  ]"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }
  }

  init(_ tree: ModelTree, registry: LayerRegistry) throws(NetworkError) {
    guard case .object(let members) = tree else {
      throw NetworkError("The model file is \(tree.shown); it must be a mapping with 'layers'.")
    }
    let known = ["lasagne", "name", "layers", "output", "outputs"]
    for member in members where !known.contains(member.key) {
      throw NetworkError(
        "The model file has no key '\(member.key)': " + Spelling.hint(for: member.key, among: known)
      )
    }
    switch tree["lasagne"] {
    case .int(Self.modelFileVersion): break
    case nil:
      throw NetworkError("The model file does not say its version; begin it with 'lasagne: 1'.")
    case let other?:
      throw NetworkError(
        "The model file's version is \(other.shown), this program reads version 1 "
          + "('lasagne: 1'); is it from a newer one?")
    }
    let name: String
    switch tree["name"] {
    case .text(let text): name = text
    case nil, .null: name = "network"
    case .int(let number): name = "\(number)"
    case let other?:
      throw NetworkError("The model file's 'name' is \(other.shown), expected a word.")
    }
    try self.init(name, layersOf: tree, registry: registry)
  }

  /// Reads a network inside a layer, which has no version and no name.
  init(nested tree: ModelTree, registry: LayerRegistry = .shared) throws(NetworkError) {
    guard case .object(let members) = tree else {
      throw NetworkError(
        "has \(tree.shown) for a network; write a mapping like {layers: [...], output: name}.")
    }
    let known = ["layers", "output"]
    for member in members where !known.contains(member.key) {
      throw NetworkError(
        "has no key '\(member.key)' in its network: "
          + Spelling.hint(for: member.key, among: known))
    }
    try self.init("network", layersOf: tree, registry: registry)
  }

  private init(
    _ name: String, layersOf tree: ModelTree, registry: LayerRegistry
  ) throws(NetworkError) {
    guard case .list(let entries) = tree["layers"] else {
      throw NetworkError(
        "The model file's 'layers' are \(tree["layers"]?.shown ?? "missing"); write a list of layers."
      )
    }
    guard entries.count <= Self.largestLayerCount else {
      throw NetworkError(
        "The model file lists \(entries.count) layers, more than the \(Self.largestLayerCount) that "
          + "are read.")
    }
    let reader = LayerReader(registry: registry)
    var parts: [NetworkPart] = []
    for (index, entry) in entries.enumerated() {
      parts.append(try reader.part(entry, position: index + 1))
    }
    try self.init(name, parts: parts, outputs: Self.outputs(of: tree))
  }

  private static func outputs(of tree: ModelTree) throws(NetworkError) -> [String]? {
    if tree["output"] != nil, tree["outputs"] != nil {
      throw NetworkError("The model file has both 'output' and 'outputs'; keep one of them.")
    }
    switch tree["output"] ?? tree["outputs"] {
    case nil, .null: return nil
    case .text(let name): return [name]
    case .int(let number): return ["\(number)"]
    case .list(let values) where values.allSatisfy({ $0.text != nil }):
      return values.compactMap(\.text)
    case let other?:
      throw NetworkError(
        "The model file's 'output' is \(other.shown), expected the name of a layer or a list of names."
      )
    }
  }

  /// The model file as a tree: the one form behind YAML, JSON and `Codable`.
  func tree() throws(NetworkError) -> ModelTree {
    var entries: [ModelTree] = []
    for (index, node) in layers.enumerated() {
      var entry = [
        ModelTree.Member(key: "name", value: .text(node.name)),
        ModelTree.Member(key: "type", value: .text(node.typeName)),
      ]
      let before = index > 0 ? [layers[index - 1].name] : []
      let isMerge = type(of: node.layer.base).incomingCount.upperBound > 1
      if isMerge {
        entry.append(.init(key: "incomings", value: .list(node.incomings.map { .text($0) })))
      } else if let incoming = node.incomings.first, node.incomings != before {
        entry.append(.init(key: "incoming", value: .text(incoming)))
      }
      do {
        if case .object(let settings) = try TreeEncoder.tree(node.layer.base) {
          entry += settings.filter { !LayerReader.placeKeys.contains($0.key) }
        }
      } catch {
        throw NetworkError(layer: node.name, type: node.typeName, "cannot be written: \(error)")
      }
      entries.append(.object(entry))
    }
    let output: ModelTree =
      outputs.count == 1 ? .text(outputs[0]) : .list(outputs.map { .text($0) })
    return .object([
      .init(key: "lasagne", value: .int(Self.modelFileVersion)),
      .init(key: "name", value: .text(name)),
      .init(key: "layers", value: .list(entries)),
      .init(key: "output", value: output),
    ])
  }
}

extension Network: Codable {
  /// Reads the structure of a model file.
  public init(from decoder: any Decoder) throws {
    try self.init(ModelTree(from: decoder), registry: .shared)
  }

  /// Writes the structure of a model file.
  public func encode(to encoder: any Encoder) throws {
    try tree().encode(to: encoder)
  }
}
