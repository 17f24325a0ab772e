/// Where a parameter comes from: what its owner declares, and the owner's place.
private struct ParameterOrigin {
  let spec: ParameterSpec
  let initializer: Initializer
  let node: Int
}

/// A parameter as its layer declares it, and the layer's place.
private struct ParameterPlace {
  let node: Int
  let spec: ParameterSpec
}

// The last step of putting a network together: the order of its layers and whose parameters are whose.
extension NetworkAssembly {
  /// Depth-first from the outputs, each layer after all it reads, incomings from left to right.
  ///
  /// What the layers in `given` read does not count.
  static func order(
    from roots: [Int], _ dependencies: [[Int]], stoppingAt given: Set<Int> = []
  ) -> [Int] {
    var order: [Int] = []
    var isDone = [Bool](repeating: false, count: dependencies.count)
    // An explicit stack: a chain of layers may be longer than the thread's stack is deep.
    var stack = roots.reversed().map { (layer: $0, next: 0) }
    while let top = stack.last {
      let reads = given.contains(top.layer) ? [] : dependencies[top.layer]
      if isDone[top.layer] {
        stack.removeLast()
      } else if top.next < reads.count {
        stack[stack.count - 1].next += 1
        if !isDone[reads[top.next]] { stack.append((reads[top.next], 0)) }
      } else {
        stack.removeLast()
        isDone[top.layer] = true
        order.append(top.layer)
      }
    }
    return order
  }

  mutating func collectParameters() throws(NetworkError) {
    structure.bindings = nodes.map { _ in [:] }
    // By the owner's place and the name within it: inner networks may use a name twice.
    var positions: [Int: [String: Int]] = [:]
    // A layer of the network itself keeps its names, whatever is inside the others.
    var taken = Set(
      structure.order.flatMap { index in
        specs[index].filter { $0.innerName == nil }.map { $0.fullName(in: nodes[index].name) }
      })
    let named = sharedNames()
    for index in structure.order {
      for spec in specs[index] {
        let origin = try origin(of: spec, in: index, among: named)
        let position: Int
        if let known = positions[origin.node]?[origin.spec.name] {
          position = known
        } else {
          position = structure.parameters.count
          positions[origin.node, default: [:]][origin.spec.name] = position
          let parameter = parameter(origin, besides: taken)
          taken.insert(parameter.fullName)
          structure.parameters.append(parameter)
        }
        if structure.parameters[position].users.last != nodes[index].name {
          structure.parameters[position].users.append(nodes[index].name)
        }
        structure.bindings[index][spec.name] = position
      }
    }
  }

  /// A parameter of the whole network, called by its place where its inner name is taken.
  private func parameter(
    _ origin: ParameterOrigin, besides taken: Set<String>
  ) -> NetworkParameter {
    let spec = origin.spec
    let layer = nodes[origin.node].name
    let byPlace = "\(layer).\(spec.name)"
    let fullName = spec.innerName.map { taken.contains($0) ? byPlace : $0 } ?? byPlace
    return NetworkParameter(
      fullName: fullName, layer: layer, users: [], shape: spec.shape, tags: spec.tags,
      initializer: origin.initializer)
  }

  /// The parameter a spec stands for: itself, or the one at the end of its chain of sharing.
  private func origin(
    of spec: ParameterSpec, in node: Int, among named: [String: ParameterPlace]
  ) throws(NetworkError) -> ParameterOrigin {
    var spec = spec
    var owner = node
    let wanted = spec
    while case .shareWith(let fullName) = spec.source {
      (owner, spec) = try target(fullName, for: wanted, in: node, before: owner, among: named)
    }
    guard case .initializer(let initializer) = spec.source, spec.shape == wanted.shape else {
      throw NetworkError(
        layer: nodes[node].name, type: nodes[node].typeName,
        "needs \(wanted.name) of shape \(wanted.shape), but "
          + "\(spec.fullName(in: nodes[owner].name)), with which it shares it, has \(spec.shape); "
          + "share between layers of equal sizes only.")
    }
    return ParameterOrigin(spec: spec, initializer: initializer, node: owner)
  }

  private func target(
    _ fullName: String, for wanted: ParameterSpec, in node: Int, before: Int,
    among named: [String: ParameterPlace]
  ) throws(NetworkError) -> (Int, ParameterSpec) {
    func problem(_ reason: String) -> NetworkError {
      NetworkError(
        layer: nodes[node].name, type: nodes[node].typeName,
        "shares \(wanted.name) with '\(fullName)', \(reason)")
    }
    guard let dot = fullName.lastIndex(of: ".") else {
      throw problem("which is not a parameter's full name; write layer.parameter, like conv1.W.")
    }
    let layerName = String(fullName[..<dot])
    let local = String(fullName[fullName.index(after: dot)...])
    if let found = named[fullName] {
      guard found.node < before else {
        throw problem(
          "which is not of an earlier layer; let the later layer share with the earlier one.")
      }
      return (found.node, found.spec)
    }
    guard let owner = structure.indices[layerName] else {
      throw problem(
        "but there is no layer '\(layerName)': "
          + Spelling.hint(for: layerName, among: nodes.map(\.name)))
    }
    let known = specs[owner].map(\.name)
    throw problem(
      "but \(layerName) has no parameter '\(local)': "
        + (known.isEmpty ? "it has none." : Spelling.hint(for: local, among: known)))
  }

  /// The parameters by their full names, the first of each; nothing where none is shared.
  private func sharedNames() -> [String: ParameterPlace] {
    let isShared = specs.contains { own in
      own.contains { if case .shareWith = $0.source { true } else { false } }
    }
    guard isShared else { return [:] }
    var named: [String: ParameterPlace] = [:]
    for (index, node) in nodes.enumerated() {
      for spec in specs[index] {
        let name = spec.fullName(in: node.name)
        if named[name] == nil { named[name] = ParameterPlace(node: index, spec: spec) }
      }
    }
    return named
  }
}
