/// A layer as the Swift expression that makes it.
struct LayerCode {
  /// The arguments, in the order of the initializer.
  let arguments: [String]
  private let typeName: String

  /// Layers whose initializer names every argument, though a file must have the first.
  private static let namingAll: Set<String> = [
    "EmbeddingLayer", "DepthwiseConv2DLayer", "TransformerLayer", "TPSTransformerLayer",
    "CustomRecurrentLayer",
  ]
  /// Layers whose initializer takes its first argument without a name, though a file may leave it out.
  private static let startingBare: Set<String> = ["NonlinearityLayer", "PositionalEmbeddingLayer"]

  /// The code of a layer; throws where a setting of it is nothing that can be written.
  init(_ layer: any Layer, called name: String) throws(NetworkError) {
    typeName = type(of: layer).typeName
    guard let described = layer as? any DescribedLayer else {
      throw NetworkError(
        layer: name, type: typeName,
        "does not list its settings, so that no Swift code can be written of it; let it be a "
          + "DescribedLayer.")
    }
    arguments = try Self.arguments(described, name)
  }

  private static func arguments<Described: DescribedLayer>(
    _ layer: Described, _ name: String
  ) throws(NetworkError) -> [String] {
    let typeName = Described.typeName
    let defaults = Described()
    var written: [String] = []
    for (place, setting) in ordered(Described.settings).enumerated() {
      guard let code = setting.code(layer, setting.isRequired ? nil : defaults) else { continue }
      guard !code.isEmpty else {
        throw NetworkError(
          layer: name, type: typeName,
          "has a setting '\(setting.key)' of a type that cannot be written as Swift code.")
      }
      let isBare =
        place == 0
        && (setting.isRequired ? !namingAll.contains(typeName) : startingBare.contains(typeName))
      written.append(isBare ? code : "\(setting.key): \(code)")
    }
    return written
  }

  /// The settings in the order in which the initializer takes them.
  private static func ordered<Described: DescribedLayer>(
    _ settings: [LayerSetting<Described>]
  ) -> [LayerSetting<Described>] {
    guard Described.typeName == LSTMLayer.typeName,
      let from = settings.firstIndex(where: { $0.key == "peepholes" })
    else { return settings }
    var settings = settings
    let moved = settings.remove(at: from)
    let after = settings.firstIndex { $0.key == "learnInit" } ?? from
    settings.insert(moved, at: after + 1)
    return settings
  }

  /// The expression, at so many spaces from the left, broken into lines where it is longer than 100.
  func text(indentation: Int, suffix: String) -> String {
    let indent = String(repeating: " ", count: indentation)
    let line = "\(indent)\(typeName)(\(arguments.joined(separator: ", ")))\(suffix)"
    let isSimple = !arguments.contains { $0.contains("\n") }
    if isSimple && line.count <= 100 { return line }
    var lines: [String] = []
    var current = ""
    for (index, argument) in arguments.enumerated() {
      let piece = argument + (index == arguments.count - 1 ? "" : ",")
      let length = indentation + 3 + current.count + piece.count
      if !current.isEmpty, piece.contains("\n") || length > 100 {
        lines.append(current)
        current = ""
      }
      current += (current.isEmpty ? "" : " ") + piece
    }
    lines.append(current)
    let inner = lines.map { line in
      line.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "\(indent)  \($0)" }.joined(separator: "\n")
    }
    return ([indent + typeName + "("] + inner + ["\(indent))\(suffix)"]).joined(separator: "\n")
  }
}

extension NestedNetwork: SwiftWritable {
  /// A network of its own, over several lines; empty where a layer of it cannot be written.
  var swiftCode: String { (try? network.swiftExpression(indentation: 0)) ?? "" }
}

extension LayerSetting {
  /// A value as code; empty where it cannot be written, nil where it is the default.
  static func code<Value: Equatable>(_ value: Value, unless fallback: Value?) -> String? {
    guard value != fallback else { return nil }
    // An optional value that is nil would not be found to be one of its kind.
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional, mirror.children.isEmpty { return "nil" }
    return (value as? any SwiftWritable)?.swiftCode ?? ""
  }
}
