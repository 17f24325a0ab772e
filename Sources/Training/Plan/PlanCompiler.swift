import Lasagne
import Tensors

/// Turns a network and an objective into the operations of a plan.
struct PlanCompiler {
  let function: LossFunction
  let weights: Weights
  let planning: StepPlanning
  /// What inputs are multiplied with.
  let inputScale: Double
  /// Whether targets are rows of numbers, not class numbers.
  let targetsAreRows: Bool
  /// The shape of a sample: the lengths that the network leaves open.
  let sampleShape: [Int]

  /// The plan for batches of so many rows, and the buffer of each parameter's gradient.
  ///
  /// - Throws: `PlanRefusal` where something has no plan rule.
  func plan(rows: Int) throws -> (plan: StepPlan, gradients: [Int: Int]) {
    try built(rows: rows).finish(
      worksInBlocks: planning.worksInBlocks, reusesMemory: planning.reusesMemory)
  }

  /// The operations of a step as they run, and where their buffers lie.
  func arranged(_ builder: PlanBuilder) -> (blocks: PlanBlocks?, layout: PlanLayout) {
    builder.arranged(
      worksInBlocks: planning.worksInBlocks, reusesMemory: planning.reusesMemory)
  }

  /// All operations of a step for batches of so many rows.
  func built(rows: Int) throws -> PlanBuilder {
    let builder = PlanBuilder(
      rows: rows, weights: weights, planning: planning)
    defer { builder.forgetWayBack() }
    let output = builder.plain(try forward(builder))
    builder.endForward()
    try loss(of: output, builder)
    try builder.goBack()
    builder.fillMissingGradients()
    for (index, parameter) in weights.parameters.enumerated() where parameter.isRegularizable {
      let gradient = parameter.isTrainable ? builder.gradient(ofParameter: index).buffer : nil
      builder.emit(.penalty, [builder.parameter(index), gradient], sizes: [parameter.count])
    }
    return builder
  }

  /// The layers without a plan rule, by their place in the network, and why; one that reads the output
  /// of another is judged as if that had one.
  func refusals(rows: Int) throws -> [Int: PlanRefusal] {
    let builder = PlanBuilder(
      rows: rows, weights: weights, planning: planning)
    defer { builder.forgetWayBack() }
    builder.refusals = [:]
    _ = try forward(builder)
    return builder.refusals ?? [:]
  }

  /// The number of rows every batch has, where the network says so.
  var fixedRows: Int? {
    let structure = function.network.structure
    return structure.order.lazy.compactMap { structure.shapes[$0].first ?? nil }.first
  }

  private func forward(_ builder: PlanBuilder) throws -> PlanValue {
    let network = function.network
    let structure = network.structure
    guard let outputName = network.outputs.first, network.outputs.count == 1,
      let outputIndex = structure.indices[outputName]
    else {
      throw PlanRefusal("only networks with one output are planned")
    }
    guard network.inputs.count == 1 else {
      throw PlanRefusal("only networks with one input are planned")
    }
    var readers = [Int](repeating: 0, count: network.layers.count)
    for index in structure.order {
      for read in structure.dependencies[index] { readers[read] += 1 }
    }
    readers[outputIndex] += 1
    let shapes = try network.shapes(forSamples: [network.inputs[0]: sampleShape])
    var values: [Int: PlanValue] = [:]
    for index in structure.order {
      let node = network.layers[index]
      let place = PlanPlace(
        name: node.name, inputs: structure.dependencies[index].compactMap { values[$0] },
        bindings: structure.bindings[index],
        shape: try rowShape(shapes[index], index, builder.rows),
        givesLogits: index == outputIndex && function.form != .plain)
      let value: PlanValue
      builder.owner = index
      do {
        value = try self.value(of: node.layer.base, place, builder)
      } catch let refusal as PlanRefusal where builder.refusals != nil {
        builder.refusals?[index] = refusal
        value = builder.value(place.shape, needsGradient: true)
      } catch let refusal as PlanRefusal {
        throw PlanRefusal("the layer '\(node.name)' (\(node.typeName)) \(refusal)")
      }
      // A layer that only passes its input on gives it more readers.
      value.readers += readers[index]
      value.owner = value.owner ?? index
      let staysAsItIs = planning.keepsLayouts || value.layout == .plain
      values[index] = staysAsItIs ? value : builder.plain(value)
    }
    guard let output = values[outputIndex] else {
      throw PlanRefusal("the network's output cannot be reached")
    }
    return output
  }

  /// The shape of one row of a layer's output.
  private func rowShape(_ shape: Shape, _ index: Int, _ rows: Int) throws -> [Int] {
    let known = shape.dropFirst().compactMap(\.self)
    guard let first = shape.first, first == nil || first == rows, known.count == shape.count - 1
    else {
      throw PlanRefusal(
        "the layer '\(function.network.layers[index].name)' has no fixed shape for each sample")
    }
    return known
  }

  private func value(
    of layer: any Layer, _ place: PlanPlace, _ builder: PlanBuilder
  ) throws -> PlanValue {
    switch layer {
    case is InputLayer:
      let value = builder.value(place.shape, needsGradient: !planning.skipsInputGradients)
      builder.emit(
        .inputs, [value.buffer], sizes: [builder.rows, value.width], numbers: [inputScale])
      return value
    case let layer as DenseLayer: return try builder.dense(layer, place)
    case let layer as Conv2DLayer: return try builder.convolution(layer, place)
    case let layer as any PoolingLayer:
      return try builder.pooling(layer, place, fuses: planning.fusesPooling)
    case let layer as GlobalPoolLayer: return try builder.globalPooling(layer, place)
    case let layer as DropoutLayer: return try builder.dropout(layer, place)
    case let layer as BatchNormLayer: return try builder.batchNormalization(layer, place)
    case let layer as NonlinearityLayer:
      return try builder.nonlinearity(layer.nonlinearity, place)
    case let layer as ElemwiseSumLayer: return try builder.sum(layer, place)
    case let layer as ConcatLayer: return try builder.concatenation(layer, place)
    case let layer as GRULayer: return try builder.gru(layer, place)
    case let layer as LSTMLayer: return try builder.lstm(layer, place)
    case let layer as EmbeddingLayer: return try builder.embedding(layer, place)
    case let layer as MultiHeadAttentionLayer: return try builder.attention(layer, place)
    case let layer as PositionalEmbeddingLayer: return try builder.positions(layer, place)
    case let layer as SinusoidalPositionLayer: return try builder.positions(layer, place)
    case let layer as LayerNormLayer: return try builder.layerNormalization(layer, place)
    case let layer as RMSNormLayer: return try builder.rootMeanSquareNormalization(layer, place)
    case let layer as GroupNormLayer: return try builder.groupNormalization(layer, place)
    case let layer as DimshuffleLayer: return try builder.dimshuffle(layer, place)
    case is FlattenLayer, is ReshapeLayer: return builder.reshaped(place)
    default:
      throw PlanRefusal("has no plan rule")
    }
  }

  private func loss(of output: PlanValue, _ builder: PlanBuilder) throws {
    let count = builder.rows * output.width
    let gradient = builder.gradient(of: output).buffer
    func targets() -> Int {
      let buffer = builder.buffer(count)
      builder.emit(.targets, [buffer], sizes: [builder.rows, output.width])
      return buffer
    }
    switch (function.form, function.objective) {
    case (.softmaxLogits, _):
      // Each step of a sample is a row of classes.
      let classes = output.shape.last ?? 1
      builder.emit(
        .crossEntropy, [output.buffer, gradient, targetsAreRows ? targets() : nil],
        sizes: [count / classes, classes])
    case (.sigmoidLogits, _) where targetsAreRows:
      builder.emit(
        .binaryCrossEntropy, [output.buffer, gradient, targets()], sizes: [count])
    case (.plain, .squaredError) where targetsAreRows:
      builder.emit(.squaredError, [output.buffer, gradient, targets()], sizes: [count])
    case (.plain, .huberLoss(let delta)) where targetsAreRows:
      builder.emit(
        .huber, [output.buffer, gradient, targets()], sizes: [count], numbers: [delta])
    default:
      throw PlanRefusal(
        "the objective \(function.objective.name) of this output has no plan rule")
    }
  }
}

/// What a layer's rule is told of its place in the network.
struct PlanPlace {
  let name: String
  let inputs: [PlanValue]
  /// Where each of the layer's parameters stands among the network's.
  let bindings: [String: Int]
  /// The shape of one row of the output.
  let shape: [Int]
  /// Whether the last nonlinearity belongs to the objective.
  let givesLogits: Bool

  /// The parameter with this name within the layer.
  func parameter(_ name: String) throws -> Int {
    guard let index = bindings[name] else { throw PlanRefusal("has no parameter \(name)") }
    return index
  }
}
