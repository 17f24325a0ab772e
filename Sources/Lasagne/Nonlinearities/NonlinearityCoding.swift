extension Nonlinearity: Codable {
  /// Every name a model file may use.
  static let names = [
    "sigmoid", "softmax", "logSoftmax", "tanh", "scaledTanh", "rectify", "leakyRectify",
    "veryLeakyRectify", "elu", "selu", "softplus", "linear", "identity", "gelu", "geluTanh", "silu",
    "hardSwish", "mish",
  ]

  /// Reads the model-file form: a name, `{leakyRectify: {leakiness: 0.1}}`, or null for the identity.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.singleValueContainer(), container.decodeNil() {
      self = .linear
      return
    }
    let named = try NamedArguments("nonlinearity", known: Self.names, from: decoder)
    switch named.name {
    case "softmax":
      try named.checkArguments("axis")
      self = .softmax(axis: try named.value("axis", default: -1))
      return
    case "logSoftmax":
      try named.checkArguments("axis")
      self = .logSoftmax(axis: try named.value("axis", default: -1))
      return
    case "leakyRectify":
      try named.checkArguments("leakiness")
      self = .leakyRectify(leakiness: try named.value("leakiness", default: 0.01))
      return
    case "scaledTanh":
      try named.checkArguments("scaleIn", "scaleOut")
      self = .scaledTanh(
        scaleIn: try named.value("scaleIn", default: 1),
        scaleOut: try named.value("scaleOut", default: 1))
      return
    case "selu" where named.hasArguments:
      try named.checkArguments("scale", "scaleNeg")
      self = .selu(
        scale: try named.value("scale", default: 1),
        scaleNeg: try named.value("scaleNeg", default: 1))
      return
    default:
      try named.checkArguments()
    }
    self =
      switch named.name {
      case "sigmoid": .sigmoid
      case "tanh": .tanh
      case "rectify": .rectify
      case "veryLeakyRectify": .veryLeakyRectify
      case "elu": .elu
      case "selu": .selu
      case "softplus": .softplus
      case "gelu": .gelu
      case "geluTanh": .geluTanh
      case "silu": .silu
      case "hardSwish": .hardSwish
      case "mish": .mish
      default: .linear
      }
  }

  /// Writes the model-file form; a value with a name of its own is written as that name.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case _ where self == .veryLeakyRectify:
      try NamedArgumentsWriter.write("veryLeakyRectify", to: encoder)
    case _ where self == .selu:
      try NamedArgumentsWriter.write("selu", to: encoder)
    case .softmax(let axis) where axis != -1, .logSoftmax(let axis) where axis != -1:
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("axis", axis)
    case .leakyRectify(let leakiness) where leakiness != 0.01:
      var writer = NamedArgumentsWriter("leakyRectify", to: encoder)
      try writer.argument("leakiness", leakiness)
    case .scaledTanh(let scaleIn, let scaleOut):
      var writer = NamedArgumentsWriter("scaledTanh", to: encoder)
      try writer.argument("scaleIn", scaleIn)
      try writer.argument("scaleOut", scaleOut)
    case .selu(let scale, let scaleNeg):
      var writer = NamedArgumentsWriter("selu", to: encoder)
      try writer.argument("scale", scale)
      try writer.argument("scaleNeg", scaleNeg)
    default:
      try NamedArgumentsWriter.write(name, to: encoder)
    }
  }

  /// The name without arguments.
  public var name: String {
    switch self {
    case .sigmoid: "sigmoid"
    case .softmax: "softmax"
    case .logSoftmax: "logSoftmax"
    case .tanh: "tanh"
    case .scaledTanh: "scaledTanh"
    case .rectify: "rectify"
    case .leakyRectify: "leakyRectify"
    case .elu: "elu"
    case .selu: "selu"
    case .softplus: "softplus"
    case .linear: "linear"
    case .gelu: "gelu"
    case .geluTanh: "geluTanh"
    case .silu: "silu"
    case .hardSwish: "hardSwish"
    case .mish: "mish"
    }
  }
}
