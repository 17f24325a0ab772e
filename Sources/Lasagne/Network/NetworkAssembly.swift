/// Puts parts together to a network: names, connections, shapes; one layer after the other.
struct NetworkAssembly {
  let networkName: String
  var nodes: [NetworkNode] = []
  var specs: [[ParameterSpec]] = []
  var structure = NetworkStructure()
  private var counters: [String: Int] = [:]
  private var lastHead: String?
  /// What the next part reads unless it says otherwise: the layer before, or the ends of a fork.
  private var current: [String] = []
  private var forks: [Fork] = []
  /// What each part with a name of its own reads: tells a cycle from a wrong order.
  private var announced: [String: [String]] = [:]

  init(_ networkName: String) { self.networkName = networkName }

  /// Tells which parts will come, for better sentences about connections.
  mutating func announce(_ parts: [NetworkPart]) {
    for (index, part) in parts.enumerated() {
      guard let name = part.name else { continue }
      let before = index > 0 ? parts[index - 1].name : nil
      announced[name] = part.incomings ?? before.map { [$0] } ?? []
    }
  }

  /// Adds a part: names it, connects it, works out its shape and parameters.
  mutating func add(_ part: NetworkPart) throws(NetworkError) {
    let make: NetworkPart.Make
    switch part.content {
    case .layer(let content): make = content
    case .fork(let step): return follow(step, reading: part.incomings)
    }
    let name = try nodeName(of: part)
    let incomings = part.incomings ?? (part.isSource ? [] : current)
    let shapes = try shapes(of: incomings, for: name)
    var layer: any Layer
    do throws(NetworkError) {
      layer = try make(shapes)
    } catch {
      throw error.located(at: name, type: part.namePrefix)
    }
    layer.name = name
    layer = layer.canonical
    let inverted = try invertedInputs(of: layer, called: name)
    try add(
      NetworkNode(
        name: name, layer: AnyLayer(layer), incomings: incomings,
        dependencies: incomings + layer.referencedLayers + inverted))
    current = [name]
  }

  /// Goes to where the next branch of a fork begins, or to the ends of all.
  private mutating func follow(_ step: ForkStep, reading incomings: [String]?) {
    switch step {
    case .opens: forks.append(Fork(origin: incomings ?? current))
    case .begins: current = incomings ?? forks.last?.origin ?? []
    case .ends: forks[forks.count - 1].ends += current
    case .closes: current = forks.popLast()?.ends ?? []
    }
  }

  /// What the layer that an `InverseLayer` undoes reads: the inverse needs it too.
  private mutating func invertedInputs(
    of layer: any Layer, called name: String
  ) throws(NetworkError) -> [String] {
    guard let inverse = layer as? InverseLayer else { return [] }
    guard let index = structure.indices[inverse.layer] else {
      throw unknown(inverse.layer, for: name)
    }
    let inverted = nodes[index]
    guard inverted.dependencies.count == 1, !type(of: inverted.layer.base).readsIndices else {
      let reason =
        inverted.dependencies.count == 1
        ? "reads indices" : "reads \(inverted.dependencies.count) layers"
      throw NetworkError(
        layer: name, type: InverseLayer.typeName,
        "cannot invert '\(inverted.name)' (\(inverted.typeName)), which \(reason); it undoes layers "
          + "that read one other layer of numbers.")
    }
    structure.inverted.insert(index)
    return inverted.dependencies
  }

  private mutating func add(_ node: NetworkNode) throws(NetworkError) {
    let layer = node.layer.base
    let allowed = type(of: layer).incomingCount
    guard allowed.contains(node.incomings.count) else {
      throw NetworkError(
        layer: node.name, type: node.typeName,
        incomingCountProblem(node.incomings, allowed))
    }
    let shapes = try shapes(of: node.dependencies, for: node.name)
    do throws(NetworkError) {
      let output = try layer.outputShape(for: shapes)
      guard output.allSatisfy({ ($0 ?? 1) > 0 }) else {
        throw NetworkError(
          "would make an output of shape \(output.text) of its input "
            + "\(shapes.map(\.text).joined(separator: ", ")), but each length must be at least 1; "
            + "change its sizes, or give it a larger input.")
      }
      guard output.allSatisfy({ ($0 ?? 0) <= NetworkLimits.length }) else {
        throw NetworkError(
          "would make an output of shape \(output.text), longer than any memory; use smaller sizes."
        )
      }
      if let activated = layer as? any ActivatedLayer { try activated.nonlinearity.check(output) }
      let parameters = try layer.parameters(for: shapes)
      try check(parameters)
      structure.shapes.append(output)
      specs.append(parameters)
    } catch {
      throw error.located(at: node.name, type: node.typeName)
    }
    structure.indices[node.name] = nodes.count
    structure.dependencies.append(node.dependencies.compactMap { structure.indices[$0] })
    nodes.append(node)
  }

  /// Decides on the outputs and works out the order and the parameters.
  mutating func finish(outputs: [String]?) throws(NetworkError) -> (
    [NetworkNode], [String], NetworkStructure
  ) {
    guard let last = nodes.last else {
      throw NetworkError(
        "The network '\(networkName)' has no layers; give it an input layer first.")
    }
    let outputs = outputs ?? [last.name]
    guard !outputs.isEmpty else {
      throw NetworkError("The network '\(networkName)' has no output; name at least one layer.")
    }
    var roots: [Int] = []
    var listed: Set<String> = []
    for output in outputs {
      guard listed.insert(output).inserted else {
        throw NetworkError(
          "The network '\(networkName)' lists the output '\(output)' twice; list each once.")
      }
      guard let index = structure.indices[output] else {
        throw NetworkError(
          "The network '\(networkName)' has no layer called '\(output)' to be its output: "
            + Spelling.hint(for: output, among: nodes.map(\.name)))
      }
      roots.append(index)
    }
    structure.order = Self.order(from: roots, structure.dependencies)
    try collectParameters()
    return (nodes, outputs, structure)
  }

  // MARK: names and connections

  private mutating func nodeName(of part: NetworkPart) throws(NetworkError) -> String {
    let name: String
    if let given = part.name {
      name = given
    } else if let suffix = part.nameSuffix, let head = lastHead {
      name = head + suffix
    } else {
      var number = counters[part.namePrefix, default: 0] + 1
      while structure.indices["\(part.namePrefix)\(number)"] != nil { number += 1 }
      counters[part.namePrefix] = number
      name = "\(part.namePrefix)\(number)"
    }
    guard !name.isEmpty else {
      throw NetworkError(
        "A layer of '\(networkName)' has an empty name; leave it out or fill it in.")
    }
    guard structure.indices[name] == nil else {
      throw NetworkError(
        layer: name, "is the name of two layers of '\(networkName)'; rename one of them.")
    }
    if part.nameSuffix == nil { lastHead = name }
    return name
  }

  private func shapes(of names: [String], for reader: String) throws(NetworkError) -> [Shape] {
    var shapes: [Shape] = []
    for name in names {
      guard let index = structure.indices[name] else { throw unknown(name, for: reader) }
      shapes.append(structure.shapes[index])
    }
    return shapes
  }

  private func unknown(_ name: String, for reader: String) -> NetworkError {
    if name == reader {
      return NetworkError(layer: reader, "reads itself; name another layer as its incoming.")
    }
    if announced[name] != nil {
      if let cycle = cycle(from: name, to: reader) {
        return NetworkError(
          layer: reader,
          "is part of a cycle: \((cycle + [name]).joined(separator: " reads ")); "
            + "a network flows one way, take one of these connections out.")
      }
      return NetworkError(
        layer: reader,
        "reads '\(name)', which is listed after it; move '\(name)' before '\(reader)'."
      )
    }
    let known = nodes.map(\.name)
    let hint =
      known.isEmpty ? "there is no layer before it." : Spelling.hint(for: name, among: known)
    return NetworkError(layer: reader, "reads '\(name)', which is not a layer: \(hint)")
  }

  /// A path of "reads" from one later layer to the reader, and back to where it began.
  private func cycle(from start: String, to reader: String) -> [String]? {
    var cameFrom: [String: String] = [:]
    var queue = [start]
    while let current = queue.popLast() {
      if current == reader {
        var path = [current]
        while let previous = cameFrom[path[0]] { path.insert(previous, at: 0) }
        return path
      }
      for next in announced[current] ?? [] where cameFrom[next] == nil && next != start {
        cameFrom[next] = current
        queue.append(next)
      }
    }
    return nil
  }

  private func incomingCountProblem(_ incomings: [String], _ allowed: ClosedRange<Int>) -> String {
    let got =
      incomings.isEmpty ? "none" : "\(incomings.count) (\(incomings.joined(separator: ", ")))"
    if allowed.upperBound == 0 { return "reads no other layer, got \(got); leave them out." }
    if allowed == 1...1 {
      guard !incomings.isEmpty else {
        return nodes.isEmpty
          ? "needs a layer to read, but none is before it; begin the network with an InputLayer."
          : "needs a layer to read, got none; name one of those before it as its incoming."
      }
      return "reads one layer, got \(got); join them by a ConcatLayer or an ElemwiseSumLayer first."
    }
    let least = allowed.lowerBound == 1 ? "1 layer" : "\(allowed.lowerBound) layers"
    return "reads at least \(least), got \(got); name them as its incomings."
  }

  private func check(_ parameters: [ParameterSpec]) throws(NetworkError) {
    var names: Set<String> = []
    for parameter in parameters {
      guard names.insert(parameter.name).inserted else {
        throw NetworkError("declares the parameter '\(parameter.name)' twice; rename one of them.")
      }
      guard parameter.shape.allSatisfy({ $0 > 0 }) else {
        throw NetworkError(
          "would need a parameter '\(parameter.name)' of shape \(parameter.shape); each length must "
            + "be at least 1.")
      }
      guard let count = parameter.shape.map({ $0 as Int? }).entryCount,
        count <= NetworkLimits.entries
      else {
        throw NetworkError(
          "would need a parameter '\(parameter.name)' of shape \(parameter.shape), larger than any "
            + "memory; use smaller sizes.")
      }
      if case .initializer(let initializer) = parameter.source {
        do throws(InitializerError) {
          _ = try initializer.spread(for: parameter.shape)
        } catch {
          throw NetworkError("has no first values for \(parameter.name): \(error)")
        }
      }
    }
  }
}
