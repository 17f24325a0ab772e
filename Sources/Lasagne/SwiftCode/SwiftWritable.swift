/// A setting's value that can be written as Swift code, in the shortest form that reads as it.
protocol SwiftWritable {
  /// The code, for a place where the type is known.
  var swiftCode: String { get }
}

/// Code that names one of some words: `.same`.
extension SwiftWritable where Self: RawRepresentable, RawValue == String {
  var swiftCode: String { ".\(rawValue)" }
}

/// Writes a call's arguments, those left out that have their default.
struct SwiftArguments {
  private(set) var texts: [String] = []

  /// Adds an argument unless its value is the default.
  mutating func add<Value: SwiftWritable & Equatable>(
    _ label: String?, _ value: Value, unless fallback: Value? = nil
  ) {
    guard value != fallback else { return }
    texts.append((label.map { "\($0): " } ?? "") + value.swiftCode)
  }

  /// The arguments in their brackets.
  var code: String { "(\(texts.joined(separator: ", ")))" }
}

extension Int: SwiftWritable { var swiftCode: String { "\(self)" } }
extension Bool: SwiftWritable { var swiftCode: String { "\(self)" } }

extension Double: SwiftWritable {
  var swiftCode: String {
    if isNaN { return ".nan" }
    guard isFinite else { return self > 0 ? ".infinity" : "-.infinity" }
    if let whole = Int(exactly: self), abs(whole) < 1 << 53 { return "\(whole)" }
    return "\(self)"
  }
}

extension String: SwiftWritable {
  var swiftCode: String {
    var code = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": code += "\\\""
      case "\\": code += "\\\\"
      case "\n": code += "\\n"
      case "\r": code += "\\r"
      case "\t": code += "\\t"
      case _ where scalar.properties.isWhitespace && scalar != " ",
        _ where scalar.properties.generalCategory == .control,
        _ where scalar.properties.generalCategory == .format:
        code += "\\u{\(String(scalar.value, radix: 16))}"
      default: code.unicodeScalars.append(scalar)
      }
    }
    return code + "\""
  }
}

extension Optional: SwiftWritable where Wrapped: SwiftWritable {
  var swiftCode: String { self?.swiftCode ?? "nil" }
}

extension Array: SwiftWritable where Element: SwiftWritable {
  var swiftCode: String { "[\(map(\.swiftCode).joined(separator: ", "))]" }
}

extension Sizes: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .all(let size): size.swiftCode
    case .each(let sizes): sizes.swiftCode
    }
  }
}

extension Padding: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .sizes(let sizes): sizes.swiftCode
    case .same: ".same"
    case .full: ".full"
    }
  }
}

extension Axes: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .auto: ".auto"
    case .axes(let axes): axes.count == 1 ? axes[0].swiftCode : axes.swiftCode
    case .spatial: ".spatial"
    case .features: ".features"
    case .all: ".all"
    }
  }
}

extension Cropping: SwiftWritable {}
extension MergeFunction: SwiftWritable {}
extension PoolFunction: SwiftWritable {}
extension UpscaleMode: SwiftWritable {}
extension SpatialPyramidPoolingLayer.Implementation: SwiftWritable {}

extension PoolMode: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .max: ".max"
    case .averageIncPad: ".averageIncPad"
    case .averageExcPad: ".averageExcPad"
    }
  }
}

extension ElemwiseSumLayer.Coefficients: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .all(let number): number.swiftCode
    case .each(let numbers): numbers.swiftCode
    }
  }
}

extension DimshuffleLayer.Entry: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .axis(let axis): axis.swiftCode
    case .new: "\"x\""
    }
  }
}

extension PadLayer.Width: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .all(let width): width.swiftCode
    case .each(let pairs):
      ".each([\(pairs.map { ".init(\($0.before), \($0.after))" }.joined(separator: ", "))])"
    }
  }
}

extension ReshapeLayer.Length: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .fixed(let length): length.swiftCode
    case .inputAxis(let axis): ".inputAxis(\(axis))"
    case .rest: "-1"
    }
  }
}

extension SliceLayer.Indices: SwiftWritable {
  var swiftCode: String {
    switch self {
    case .index(let index): return index.swiftCode
    case .range(let start, let stop, let step):
      var arguments = SwiftArguments()
      arguments.add("start", start, unless: .some(nil))
      arguments.add("stop", stop, unless: .some(nil))
      arguments.add("step", step, unless: .some(nil))
      return ".range\(arguments.code)"
    }
  }
}
