/// A coding key made from any text: for objects whose keys are names from a model file.
package struct NameKey: CodingKey, Hashable {
  package let stringValue: String
  package var intValue: Int? { nil }

  package init(_ name: String) { stringValue = name }
  package init?(stringValue: String) { self.init(stringValue) }
  package init?(intValue: Int) { self.init(String(intValue)) }
}

/// A name with arguments, as model files and recipes write it: `name` or `{name: {argument: value}}`.
package struct NamedArguments {
  /// What the name names, for error sentences; a nonlinearity, for example.
  package let kind: String
  package let name: String
  private let arguments: KeyedDecodingContainer<NameKey>?
  private let path: [any CodingKey]

  /// Reads the name and keeps its arguments for `value(_:default:)`.
  package init(_ kind: String, known: [String], from decoder: any Decoder) throws {
    self.kind = kind
    path = decoder.codingPath
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.name = name
      arguments = nil
    } else {
      guard let container = try? decoder.container(keyedBy: NameKey.self),
        container.allKeys.count == 1, let key = container.allKeys.first
      else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription:
              "A \(kind) is a name or one name with its arguments, like {\(known[0]): {…}}."))
      }
      name = key.stringValue
      if try container.decodeNil(forKey: key) {
        arguments = nil
      } else {
        arguments = try container.nestedContainer(keyedBy: NameKey.self, forKey: key)
      }
    }
    guard known.contains(name) else {
      throw failure(
        "There is no \(kind) called '\(name)': \(Spelling.hint(for: name, among: known))")
    }
  }

  /// Whether anything follows the name.
  package var hasArguments: Bool { arguments != nil }

  /// Refuses arguments that are not among the known ones.
  package func checkArguments(_ known: String...) throws {
    for key in arguments?.allKeys ?? [] where !known.contains(key.stringValue) {
      guard !known.isEmpty else {
        throw failure("The \(kind) '\(name)' takes no arguments, got '\(key.stringValue)'.")
      }
      let hint = Spelling.hint(for: key.stringValue, among: known)
      throw failure("The \(kind) '\(name)' has no argument '\(key.stringValue)': \(hint)")
    }
  }

  /// The argument's value, or nil where it is left out or null.
  package func value<Value: Decodable>(_ argument: String, as type: Value.Type = Value.self) throws
    -> Value?
  {
    do {
      return try arguments?.decodeIfPresent(type, forKey: NameKey(argument))
    } catch DecodingError.typeMismatch {
      throw failure(
        "The argument '\(argument)' of the \(kind) '\(name)' is not a \(Self.plain(type)).")
    }
  }

  /// The argument's value, or the default where it is left out.
  package func value<Value: Decodable>(_ argument: String, default fallback: Value) throws -> Value
  {
    try value(argument, as: Value.self) ?? fallback
  }

  /// A number within a half-open range, or the default where it is left out.
  package func number(
    _ argument: String, in range: Range<Double>, default fallback: Double
  ) throws -> Double {
    let number = try value(argument, default: fallback)
    guard range.contains(number) else {
      throw failure(
        "The \(argument) of '\(name)' must be at least \(Self.short(range.lowerBound)) and below "
          + "\(Self.short(range.upperBound)), got \(number).")
    }
    return number
  }

  /// A finite number from 0 on, or the default where it is left out.
  package func notNegative(_ argument: String, default fallback: Double) throws -> Double {
    let number = try value(argument, default: fallback)
    guard number.isFinite, number >= 0 else {
      throw failure("The \(argument) of '\(name)' must not be negative, got \(number).")
    }
    return number
  }

  private static func short(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }

  /// An error at this place in the file.
  package func failure(_ sentence: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: sentence))
  }

  private static func plain(_ type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is Int.Type: "whole number"
    case is Double.Type: "number"
    default: "\(type)"
    }
  }
}

/// Writes `name`, or `{name: {argument: value}}` where there are arguments to write.
package struct NamedArgumentsWriter {
  private var container: KeyedEncodingContainer<NameKey>

  /// Writes a name without arguments.
  package static func write(_ name: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  /// Writes a name with those arguments that differ from their default.
  package static func write(
    _ name: String, _ arguments: [(name: String, value: Double, fallback: Double)],
    to encoder: any Encoder
  ) throws {
    let told = arguments.filter { $0.value != $0.fallback }
    guard !told.isEmpty else { return try write(name, to: encoder) }
    var writer = NamedArgumentsWriter(name, to: encoder)
    for argument in told {
      try writer.argument(argument.name, argument.value)
    }
  }

  /// Begins a name with arguments.
  package init(_ name: String, to encoder: any Encoder) {
    var outer = encoder.container(keyedBy: NameKey.self)
    container = outer.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(name))
  }

  /// Writes one argument.
  package mutating func argument(_ name: String, _ value: some Encodable) throws {
    try container.encode(value, forKey: NameKey(name))
  }
}
