import Tensors

extension Network {
  /// The output for one input; in training mode (`deterministic: false`) random layers draw from the
  /// generator and running averages are updated in the weights.
  ///
  /// Throws where the network has several inputs or outputs, or a shape does not fit.
  public func output(
    _ input: Tensor, weights: Weights, deterministic: Bool, generator: Generator? = nil
  ) throws(NetworkError) -> Tensor {
    try output(
      ["": input], weights: weights, deterministic: deterministic, generator: generator)
  }

  /// The output for inputs by the names of the input layers.
  public func output(
    _ inputs: [String: Tensor], weights: Weights, deterministic: Bool,
    generator: Generator? = nil
  ) throws(NetworkError) -> Tensor {
    let pass = try forward(
      inputs, weights: weights,
      mode: ForwardMode(isDeterministic: deterministic, generator: generator))
    do {
      try pass.applyUpdates()
    } catch {
      throw NetworkError("The running averages of '\(name)' could not be updated: \(error)")
    }
    return pass.output
  }

  /// The output of every layer by name, in deterministic mode unless told otherwise.
  public func activations(
    _ inputs: [String: Tensor], weights: Weights, mode: ForwardMode = .deterministic
  ) throws(NetworkError) -> [String: Tensor] {
    try forward(inputs, weights: weights, mode: mode, keeping: .all).activations
  }

  /// One run: outputs, what they were before their nonlinearity, kept activations, and what running
  /// averages become, which is not yet applied.
  ///
  /// `inputs` go by the names of the input layers; a single one may go by an empty name. A value under
  /// the name of another layer stands for that layer's output, and what only it reads is not needed.
  public func forward(
    _ inputs: [String: Tensor], weights: Weights, mode: ForwardMode,
    keeping kept: KeptActivations = .none
  ) throws(NetworkError) -> ForwardPass {
    let inputs = try checked(inputs)
    guard weights.tensors.count == parameters.count else {
      throw NetworkError(
        "The network '\(name)' has \(parameters.count) parameters, got weights with "
          + "\(weights.tensors.count); make the weights for this network.")
    }
    let recorder = UpdateRecorder()
    var values = [Tensor?](repeating: nil, count: layers.count)
    let order = order(given: inputs)
    var remainingReads = readCounts(order)
    var activations: [String: Tensor] = [:]
    var beforeNonlinearity: [String: Tensor] = [:]
    for index in order {
      let node = layers[index]
      if let input = inputs[node.name] {
        values[index] = input
      } else {
        let reads = structure.dependencies[index]
        // What is to be inverted is differentiated by its input, which stays as it is.
        let type = mode.precision.type(
          of: node.layer.base, isFixed: structure.inverted.contains(index))
        let bindings = structure.bindings[index]
        let context = LayerContext(
          layer: node.name, mode: mode, inputShapes: reads.map { structure.shapes[$0] },
          weights: try lowered(weights, bindings, to: type, for: node), bindings: bindings,
          recorder: recorder)
        let isOutput = outputs.contains(node.name)
        let result: (output: Tensor, before: Tensor)
        if structure.inverted.contains(index), let read = reads.first, let value = values[read] {
          let recorded = try recordable(value, for: node)
          values[read] = recorded
          result = try withGradients { () throws(NetworkError) in
            try run(node, [recorded], context, type, splittingNonlinearity: isOutput)
          }
        } else {
          result = try run(
            node, reads.compactMap { values[$0] }, context, type, splittingNonlinearity: isOutput)
        }
        values[index] = result.output
        if isOutput { beforeNonlinearity[node.name] = result.before }
        for read in reads {
          remainingReads[read] -= 1
          if remainingReads[read] == 0 { values[read] = nil }
        }
      }
      if kept.contains(node.name) { activations[node.name] = values[index] }
    }
    let results = outputs.compactMap { structure.indices[$0].flatMap { values[$0] } }
    return ForwardPass(
      outputs: results,
      outputsBeforeNonlinearity: zip(outputs, results).map { beforeNonlinearity[$0] ?? $1 },
      activations: activations,
      parameterUpdates: recorder.updates.map { (parameters[$0.index].fullName, $0.value) },
      targets: recorder.updates.map { weights.tensors[$0.index] })
  }

  private func run(
    _ node: NetworkNode, _ inputs: [Tensor], _ context: LayerContext, _ type: DataType?,
    splittingNonlinearity: Bool
  ) throws(NetworkError) -> (output: Tensor, before: Tensor) {
    do {
      let inputs = try inputs.map { input throws(TensorError) in
        guard let type, input.dataType.isFloatingPoint, input.dataType != type else { return input }
        return try input.converted(to: type)
      }
      if splittingNonlinearity, var activated = node.layer.base as? any ActivatedLayer {
        let nonlinearity = activated.nonlinearity
        activated.nonlinearity = .linear
        let before = try full(activated.forward(inputs, context), type)
        return (try nonlinearity(before), before)
      }
      let computed = try node.layer.base.forward(inputs, context)
      let output = splittingNonlinearity ? try full(computed, type) : computed
      return (output, output)
    } catch {
      throw NetworkError(layer: node.name, type: node.typeName, error)
    }
  }

  /// The weights, with the layer's parameters in the type it computes in.
  private func lowered(
    _ weights: Weights, _ bindings: [String: Int], to type: DataType?, for node: NetworkNode
  ) throws(NetworkError) -> Weights {
    guard type == .bfloat16, !bindings.isEmpty else { return weights }
    do {
      return try weights.converted(bindings.values, to: .bfloat16)
    } catch {
      throw NetworkError(layer: node.name, type: node.typeName, error)
    }
  }

  /// An output of the network, which a pass in lower precision gives in the weights' own.
  private func full(_ value: Tensor, _ type: DataType?) throws(TensorError) -> Tensor {
    try type != nil && value.dataType == .bfloat16 ? value.converted(to: .float32) : value
  }

  /// A value whose use is recorded, so that an `InverseLayer` can differentiate by it.
  private func recordable(_ value: Tensor, for node: NetworkNode) throws(NetworkError) -> Tensor {
    if value.requiresGradient { return value }
    do {
      let leaf = try value.detached()
      try leaf.setRequiresGradient(true)
      return leaf
    } catch {
      throw NetworkError(layer: node.name, type: node.typeName, error)
    }
  }

  /// The layers to run where the given values stand for what their layers compute.
  private func order(given: [String: Tensor]) -> [Int] {
    let indices = Set(given.keys.compactMap { structure.indices[$0] })
    if indices.allSatisfy({ structure.dependencies[$0].isEmpty }) { return structure.order }
    return NetworkAssembly.order(
      from: outputs.compactMap { structure.indices[$0] }, structure.dependencies,
      stoppingAt: indices)
  }

  /// How often each layer's output is read; an output of the network once more.
  private func readCounts(_ order: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: layers.count)
    for index in order {
      for read in structure.dependencies[index] { counts[read] += 1 }
    }
    for output in outputs {
      if let index = structure.indices[output] { counts[index] += 1 }
    }
    return counts
  }

  /// The inputs by the names of their layers, of shapes that fit, none missing.
  private func checked(_ given: [String: Tensor]) throws(NetworkError) -> [String: Tensor] {
    let names = inputs
    var given = given
    if names.count == 1, given.count == 1, let only = given[""] { given = [names[0]: only] }
    let missing = order(given: given).contains {
      layers[$0].layer.base is InputLayer && given[layers[$0].name] == nil
    }
    guard !missing else {
      let got = given.keys.sorted().map { $0.isEmpty ? "one without a name" : $0 }
      throw NetworkError(
        "The network '\(self.name)' needs the inputs \(names.joined(separator: ", ")), got "
          + "\(got.isEmpty ? "none" : got.joined(separator: ", ")); give one array for each.")
    }
    for (name, tensor) in given {
      guard let index = structure.indices[name] else {
        throw NetworkError(
          "The network '\(self.name)' has no input '\(name)': "
            + Spelling.hint(for: name, among: names))
      }
      let expected = structure.shapes[index]
      guard expected.accepts(tensor.shape) else {
        throw NetworkError(
          layer: name, type: layers[index].typeName,
          "needs an input of shape \(expected.text), got \(tensor.shape); reshape the data or "
            + "change the layer's shape.")
      }
    }
    return given
  }
}

extension Precision {
  /// What a layer's inputs and parameters are brought to; nil leaves them as they are.
  fileprivate func type(of layer: any Layer, isFixed: Bool) -> DataType? {
    switch self {
    case .float32: nil
    case .bfloat16: Swift.type(of: layer).lowersPrecision && !isFixed ? .bfloat16 : .float32
    }
  }
}
