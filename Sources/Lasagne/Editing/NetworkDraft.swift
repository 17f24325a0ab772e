import Records

/// A model file that somebody is still writing: what can be said of it though it may be wrong.
///
/// Where it can be a network, it is exactly what `Network(modelFile:)` makes of it. Elsewhere each layer
/// is put together by the same code; what is wrong with one does not hide the others, and layers that
/// read it are not blamed for it.
public struct NetworkDraft: Sendable {
  /// The network, where nothing is wrong.
  public private(set) var network: Network?
  /// What is wrong, in the order of the layers.
  public private(set) var problems: [NetworkProblem] = []
  /// Layers that are not at fault, but read one that is.
  public private(set) var waiting: [String] = []
  /// The layers as far as they are known.
  public private(set) var summary = NetworkSummary(name: "network", layers: [], outputs: [])
  /// What the text holds; nil where it could not be read at all.
  private var tree: ModelTree?

  /// The most layers that are looked at one by one.
  private static let mostLayers = 5_000

  /// Reads a text: YAML, or JSON where it begins with a brace.
  public init(_ text: String, registry: LayerRegistry = .shared) {
    let parsed: ModelTree
    do throws(NetworkError) {
      parsed = try ModelTree.parse(text, nil)
    } catch {
      problems = [NetworkProblem(layer: error.layer, sentence: error.description)]
      return
    }
    tree = parsed
    do throws(NetworkError) {
      take(try Network(parsed, registry: registry))
    } catch {
      look(at: parsed, registry: registry)
      // What concerns the network as a whole, or was found at the end only.
      if !problems.contains(where: { $0.sentence == error.description }) {
        problems.append(NetworkProblem(layer: error.layer, sentence: error.description))
      }
    }
  }

  /// A network in which nothing is wrong.
  public init(_ network: Network) { take(network) }

  private mutating func take(_ network: Network) {
    self.network = network
    summary = network.summary()
    tree = try? network.tree()
  }

  /// The model file in YAML, its keys in the usual order; nil where the text could not be read.
  public var modelFile: String? {
    guard let tree, case .object(let members) = tree else { return nil }
    return members.map { member in
      guard member.key == "layers", case .list(let layers) = member.value else {
        return "\(member.key): \(member.value.line(.yaml))\n"
      }
      return "layers:\n" + layers.map { "  - \(Self.ordered($0).line(.yaml))\n" }.joined()
    }.joined()
  }

  /// The model file as a value.
  public var document: JSONValue? { tree.map(JSONValue.init) }

  /// A layer's keys in the order in which files have them.
  private static func ordered(_ entry: ModelTree) -> ModelTree {
    guard case .object(let members) = entry else { return entry }
    var known = ["name", "type", "incoming", "incomings"]
    if let type = entry["type"]?.text.flatMap({ LayerRegistry.shared.type(named: $0) }),
      let described = type as? any DescribedLayer.Type
    {
      known += keys(described)
    }
    return .object(
      members.sorted { first, second in
        let places = [first, second].map { known.firstIndex(of: $0.key) ?? known.count }
        return places[0] != places[1] ? places[0] < places[1] : first.key < second.key
      })
  }

  private static func keys<Described: DescribedLayer>(_ type: Described.Type) -> [String] {
    type.settings.map(\.key)
  }

  // MARK: layer by layer

  private mutating func look(at tree: ModelTree, registry: LayerRegistry) {
    if let name = tree["name"]?.text { summary.name = name }
    guard case .list(let entries) = tree["layers"], entries.count <= Self.mostLayers else { return }
    let reader = LayerReader(registry: registry)
    let read = entries.enumerated().map { index, entry -> Result<NetworkPart, NetworkError> in
      do throws(NetworkError) {
        return .success(try reader.part(entry, position: index + 1))
      } catch {
        return .failure(error)
      }
    }
    var assembly = NetworkAssembly(summary.name)
    assembly.announce(read.compactMap { try? $0.get() })
    var known = Names()
    for (index, entry) in entries.enumerated() {
      let label = Self.label(of: entry, at: index)
      switch read[index] {
      case .failure(let error):
        fail(error, entry, label, &known)
      case .success(let part) where known.isWaiting(entry, part, label):
        waiting.append(label)
        known.add(label, isBroken: true)
        summary.layers.append(Self.unknown(entry, label))
      case .success(let part):
        do throws(NetworkError) {
          try assembly.add(part)
          if let name = assembly.nodes.last?.name { known.add(name, isBroken: false) }
          summary.layers.append(Self.row(of: assembly))
        } catch {
          fail(error, entry, label, &known)
        }
      }
    }
    let outputs = tree["output"] ?? tree["outputs"]
    switch outputs {
    case .text(let name): summary.outputs = [name]
    case .list(let names): summary.outputs = names.compactMap(\.text)
    default: summary.outputs = summary.layers.last.map { [$0.name] } ?? []
    }
  }

  private mutating func fail(
    _ error: NetworkError, _ entry: ModelTree, _ label: String, _ known: inout Names
  ) {
    problems.append(NetworkProblem(layer: label, sentence: error.description))
    known.add(label, isBroken: true)
    summary.layers.append(Self.unknown(entry, label))
  }

  /// Which layers there are, and which of them have no shape.
  private struct Names {
    private var broken: Set<String> = []
    private var isLastBroken = false

    mutating func add(_ name: String, isBroken: Bool) {
      if isBroken { broken.insert(name) }
      isLastBroken = isBroken
    }

    /// Whether a layer reads one that has no shape, by its connections or in its settings.
    func isWaiting(_ entry: ModelTree, _ part: NetworkPart, _ label: String) -> Bool {
      if part.incomings == nil, !part.isSource, isLastBroken { return true }
      guard case .object(let members) = entry else { return false }
      return members.contains { member in
        !["name", "type"].contains(member.key) && names(in: member.value)
      }
    }

    private func names(in tree: ModelTree) -> Bool {
      switch tree {
      case .text(let text):
        broken.contains(text)
          || text.lastIndex(of: ".").map { broken.contains(String(text[..<$0])) } ?? false
      case .list(let values): values.contains(where: names)
      case .object(let members): members.contains { names(in: $0.value) }
      default: false
      }
    }
  }

  private static func label(of entry: ModelTree, at index: Int) -> String {
    switch entry["name"] {
    case .text(let name): name
    case .int(let number): "\(number)"
    default: "Layer \(index + 1)"
    }
  }

  /// A layer whose shape cannot be told.
  private static func unknown(_ entry: ModelTree, _ label: String) -> LayerSummary {
    let incomings: [String]
    switch entry["incomings"] ?? entry["incoming"] {
    case .text(let name): incomings = [name]
    case .list(let names): incomings = names.compactMap(\.text)
    default: incomings = []
    }
    return LayerSummary(
      name: label, type: entry["type"]?.text ?? "", incomings: incomings, outputShape: [],
      parameters: [], detail: "")
  }

  /// The layer that was added last.
  private static func row(of assembly: NetworkAssembly) -> LayerSummary {
    let index = assembly.nodes.count - 1
    let node = assembly.nodes[index]
    let own = assembly.specs[index].filter {
      if case .initializer = $0.source { true } else { false }
    }
    return LayerSummary(
      name: node.name, type: node.typeName, incomings: node.dependencies,
      outputShape: assembly.structure.shapes[index],
      parameters: own.map {
        ParameterSummary(
          name: $0.fullName(in: node.name), shape: $0.shape,
          isTrainable: $0.tags.contains(.trainable),
          isRegularizable: $0.tags.contains(.regularizable))
      }, detail: node.layer.base.detail)
  }
}
