import Lasagne

extension LayerExport {
  /// What a nonlinearity makes of a value.
  func applying(_ nonlinearity: Nonlinearity, to value: String) throws -> String {
    switch nonlinearity {
    case .linear: return value
    case .sigmoid: return op("Sigmoid", [value])
    case .tanh: return op("Tanh", [value])
    case .rectify: return op("Relu", [value])
    case .softmax(let axis): return op("Softmax", [value], .int("axis", axis))
    case .logSoftmax(let axis): return op("LogSoftmax", [value], .int("axis", axis))
    case .hardSwish: return op("HardSwish", [value])
    case .mish: return op("Mul", [value, op("Tanh", [op("Softplus", [value])])])
    case .softplus: return op("Softplus", [value])
    case .elu: return op("Elu", [value], .float("alpha", 1))
    case .leakyRectify(let leakiness):
      return op("LeakyRelu", [value], .float("alpha", leakiness))
    case .selu(let scale, let scaleNeg):
      return op("Selu", [value], .float("alpha", scaleNeg), .float("gamma", scale))
    case .scaledTanh(let scaleIn, let scaleOut):
      let inner = op("Mul", [value, try number(scaleIn)])
      return op("Mul", [op("Tanh", [inner]), try number(scaleOut)])
    case .silu: return op("Mul", [value, op("Sigmoid", [value])])
    case .gelu:
      // x · (1 + erf(x / √2)) / 2: opset 17 has no node of its own for it.
      return try half(value, op("Erf", [op("Div", [value, try number(2.0.squareRoot())])]))
    case .geluTanh:
      let cube = op("Mul", [op("Mul", [value, value]), value])
      let sum = op("Add", [value, op("Mul", [cube, try number(0.044715)])])
      let inner = op("Mul", [sum, try number((2 / Double.pi).squareRoot())])
      return try half(value, op("Tanh", [inner]))
    }
  }

  /// x · (1 + y) / 2.
  private func half(_ value: String, _ share: String) throws -> String {
    let product = op("Mul", [value, op("Add", [share, try number(1)])])
    return op("Mul", [product, try number(0.5)])
  }

  func nonlinearity(_ layer: NonlinearityLayer) throws -> String {
    try applying(layer.nonlinearity, to: x)
  }

  func parametricRectifier(_ layer: ParametricRectifierLayer) throws -> String {
    let axes = try layer.sharedAxes.resolved(
      rank: shape.count, auto: Axes.allButChannels(rank: shape.count), words: [.auto, .all],
      "sharedAxes")
    return op("PRelu", [x, try parameter("alpha", across: axes)])
  }

  func randomizedRectifier(_ layer: RandomizedRectifierLayer) throws -> String {
    try applying(.leakyRectify(leakiness: (layer.lower + layer.upper) / 2), to: x)
  }
}
