extension Network {
  /// The Swift code that builds this network: equal to it when compiled.
  ///
  /// Settings that have their default are left out, and so are names that a network gives by itself.
  /// Throws for layers that hold a function, or do not list their settings.
  public func swiftCode() throws(NetworkError) -> String {
    """
    import Lasagne

    let \(Self.identifier(name)) = \(try swiftExpression(indentation: 0))

    """
  }

  /// The expression alone, its lines at so many spaces from the left but for the first.
  func swiftExpression(indentation: Int) throws(NetworkError) -> String {
    let indent = String(repeating: " ", count: indentation)
    var head = "try Network(\(name.swiftCode)"
    var rest = layers[...]
    if let input = shortInput {
      head += ", input: \(Shape(input.shape.dropFirst()).swiftCode)"
      rest = rest.dropFirst()
    }
    if outputs != [layers.last?.name ?? ""] { head += ", outputs: \(outputs.swiftCode)" }
    var names = AutomaticNames()
    if rest.startIndex > 0 { names.take("input") }
    var lines: [String] = []
    for index in rest.indices {
      let node = layers[index]
      let prefix = type(of: node.layer.base).namePrefix
      var suffix = ""
      let before = index > 0 ? [layers[index - 1].name] : []
      let isSource = type(of: node.layer.base).incomingCount.upperBound == 0
      if !isSource, node.incomings != before {
        suffix += ".reading(\(node.incomings.map(\.swiftCode).joined(separator: ", ")))"
      }
      if names.next(prefix) == node.name {
        names.count(prefix)
      } else {
        suffix += ".named(\(node.name.swiftCode))"
      }
      names.take(node.name)
      let code = try LayerCode(node.layer.base, called: node.name)
      lines.append(code.text(indentation: indentation + 2, suffix: suffix))
    }
    return "\(head)) {\n\(lines.joined(separator: "\n"))\n\(indent)}"
  }

  /// The first layer, where `Network(_:input:)` makes it.
  private var shortInput: InputLayer? {
    guard layers.count > 1, let first = layers.first, first.name == "input",
      let input = first.layer.base as? InputLayer, let batch = input.shape.first, batch == nil
    else { return nil }
    return input
  }

  /// `vgg-11` as `vgg11`: what Swift may call a constant.
  private static func identifier(_ name: String) -> String {
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    let first = words.first.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? "network"
    let joined =
      first + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let reserved: Set = [
      "as", "break", "case", "catch", "class", "continue", "default", "defer", "do", "else",
      "enum", "false", "for", "func", "guard", "if", "import", "in", "init", "is", "let", "nil",
      "operator", "protocol", "repeat", "return", "self", "static", "struct", "super", "switch",
      "throw", "true", "try", "var", "where", "while",
    ]
    if reserved.contains(joined) { return "\(joined)Network" }
    return joined.first?.isNumber == true ? "network\(joined)" : joined
  }
}

/// The names that a network gives to layers without one, in the same order as it does.
private struct AutomaticNames {
  private var counters: [String: Int] = [:]
  private var taken: Set<String> = []

  private func number(_ prefix: String) -> Int {
    var number = counters[prefix, default: 0] + 1
    while taken.contains("\(prefix)\(number)") { number += 1 }
    return number
  }

  /// The name that a layer without one would get now.
  func next(_ prefix: String) -> String { "\(prefix)\(number(prefix))" }

  /// Notes that a layer got the next name.
  mutating func count(_ prefix: String) { counters[prefix] = number(prefix) }

  mutating func take(_ name: String) { taken.insert(name) }
}
