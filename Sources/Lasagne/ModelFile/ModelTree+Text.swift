/// The two ways a model file is written.
public enum ModelFileFormat: String, Codable, Sendable, CaseIterable {
  case yaml, json
}

extension ModelTree {
  /// The tree on one line, as JSON or as YAML's flow form.
  func line(_ format: ModelFileFormat) -> String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): Self.number(value, format)
    case .text(let value): format == .yaml && Self.isPlain(value) ? value : Self.quoted(value)
    case .list(let values): "[" + values.map { $0.line(format) }.joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { member in
          let key =
            format == .yaml && Self.isPlain(member.key) ? member.key : Self.quoted(member.key)
          return "\(key): \(member.value.line(format))"
        }.joined(separator: ", ") + "}"
    }
  }

  private static func number(_ value: Double, _ format: ModelFileFormat) -> String {
    guard value.isFinite else {
      // JSON has no such numbers; the reader takes these words in both formats.
      let word = value.isNaN ? ".nan" : value > 0 ? ".inf" : "-.inf"
      return format == .yaml ? word : quoted(word)
    }
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  /// Whether YAML reads the text back as itself without quotes, wherever it stands.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "_") else {
      return false
    }
    let isWord = text.utf8.allSatisfy {
      isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/")].contains($0)
    }
    // Words that YAML 1.1 readers take for something else.
    let reserved: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    return isWord && !reserved.contains(text.lowercased())
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _
      where scalar.value < 0x20 || (0x7f...0xa0).contains(scalar.value)
        || scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0xfeff:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
