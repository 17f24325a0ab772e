extension BorderMode: SwiftWritable {}

extension DownsampleFactor: SwiftWritable {
  var swiftCode: String {
    rows == columns
      ? rows.swiftCode
      : "DownsampleFactor(rows: \(rows.swiftCode), columns: \(columns.swiftCode))"
  }
}

extension PrecomputedGrid: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .auto: ".auto"
    case .always: ".always"
    case .never: ".never"
    }
  }
}

extension Nonlinearity: SwiftWritable {
  var swiftCode: String {
    var arguments = SwiftArguments()
    switch self {
    case .veryLeakyRectify: return ".veryLeakyRectify"
    case .selu where self == .selu: return ".selu"
    case .softmax(let axis), .logSoftmax(let axis):
      arguments.add("axis", axis, unless: -1)
    case .leakyRectify(let leakiness):
      arguments.add("leakiness", leakiness, unless: 0.01)
    case .scaledTanh(let scaleIn, let scaleOut):
      arguments.add("scaleIn", scaleIn)
      arguments.add("scaleOut", scaleOut)
    case .selu(let scale, let scaleNeg):
      arguments.add("scale", scale)
      arguments.add("scaleNeg", scaleNeg)
    default: break
    }
    return arguments.texts.isEmpty ? ".\(name)" : ".\(name)\(arguments.code)"
  }
}

extension Initializer.Gain: SwiftWritable {
  var swiftCode: String { self == .relu ? ".relu" : value.swiftCode }
}

extension Initializer: SwiftWritable {
  var swiftCode: String {
    var arguments = SwiftArguments()
    let function: String
    switch self {
    case .constant(let value):
      function = "constant"
      arguments.add(nil, value)
    case .normal(let std, let mean):
      function = "normal"
      arguments.add("std", std, unless: 0.01)
      arguments.add("mean", mean, unless: 0)
    case .uniform(let low, let high):
      function = "uniform"
      if low == -high {
        arguments.add("range", high, unless: 0.01)
      } else {
        arguments.add("low", low)
        arguments.add("high", high)
      }
    case .glorotNormal(let gain, let c01b), .glorotUniform(let gain, let c01b),
      .heNormal(let gain, let c01b), .heUniform(let gain, let c01b):
      function = name.prefix(1).lowercased() + name.dropFirst()
      arguments.add("gain", gain, unless: 1)
      arguments.add("c01b", c01b, unless: false)
    case .sparse(let sparsity, let std):
      function = "sparse"
      arguments.add("sparsity", sparsity, unless: 0.1)
      arguments.add("std", std, unless: 0.01)
    case .orthogonal(let gain):
      function = "orthogonal"
      arguments.add("gain", gain, unless: 1)
    case .values(let values):
      function = "values"
      arguments.add(nil, values)
    }
    return ".\(function)\(arguments.code)"
  }

  /// Whether filters come with the batch last, which only the initializer itself can be told.
  fileprivate var isBatchLast: Bool {
    switch self {
    case .glorotNormal(_, let c01b), .glorotUniform(_, let c01b), .heNormal(_, let c01b),
      .heUniform(_, let c01b):
      c01b
    default: false
    }
  }
}

extension ParameterSource: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .initializer(let initializer):
      initializer.isBatchLast
        ? ".initializer(\(initializer.swiftCode))" : initializer.swiftCode
    case .shareWith(let name): ".shareWith(\(name.swiftCode))"
    }
  }
}

extension InitialState: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .parameter(.initializer(.constant(let value))): ".constant(\(value.swiftCode))"
    case .parameter(let source): ".parameter(\(source.swiftCode))"
    case .layer(let name): ".layer(\(name.swiftCode))"
    }
  }
}

extension Gate: SwiftWritable {
  var swiftCode: String {
    if self == .cell { return ".cell" }
    let defaults = Gate()
    var arguments = SwiftArguments()
    arguments.add("WIn", WIn, unless: defaults.WIn)
    arguments.add("WHid", WHid, unless: defaults.WHid)
    arguments.add("WCell", WCell, unless: .some(defaults.WCell))
    arguments.add("b", b, unless: defaults.b)
    arguments.add("nonlinearity", nonlinearity, unless: defaults.nonlinearity)
    return "Gate\(arguments.code)"
  }
}

extension AttentionProjection: SwiftWritable {
  var swiftCode: String {
    let defaults = AttentionProjection()
    var arguments = SwiftArguments()
    arguments.add("W", W, unless: defaults.W)
    arguments.add("b", b, unless: .some(defaults.b))
    return "AttentionProjection\(arguments.code)"
  }
}
