import Foundation
import Yams

extension ModelTree {
  /// The largest model file that is read, in bytes.
  static let largestFile = 10 * 1024 * 1024

  /// Reads a file's text; the format is told apart by its first letter where it is not given.
  static func parse(_ text: String, _ format: ModelFileFormat?) throws(NetworkError) -> ModelTree {
    guard text.utf8.count <= largestFile else {
      throw NetworkError(
        "The model file has \(text.utf8.count) bytes, more than the \(largestFile) that are read; "
          + "weights belong into an npz or safetensors file beside it.")
    }
    let isJSON = format.map { $0 == .json } ?? (text.first { !$0.isWhitespace } == "{")
    if isJSON { return try parseJSON(text) }
    try YAMLGuard.check(text)
    return try parseYAML(text)
  }

  private static func parseJSON(_ text: String) throws(NetworkError) -> ModelTree {
    do {
      return try JSONDecoder().decode(ModelTree.self, from: Data(text.utf8))
    } catch {
      var reason = "check brackets, commas and quotes"
      if case DecodingError.dataCorrupted(let context) = error,
        let underlying = context.underlyingError as? NSError,
        let detail = underlying.userInfo[NSDebugDescriptionErrorKey] as? String
      {
        reason = detail
      }
      throw NetworkError("The model file is not valid JSON: \(reason)")
    }
  }

  private static func parseYAML(_ text: String) throws(NetworkError) -> ModelTree {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw NetworkError("The model file is not valid YAML: \(sentence(of: error))")
    }
    guard let node else { throw NetworkError("The model file is empty.") }
    return try ModelTree(node)
  }

  private init(_ node: Node) throws(NetworkError) {
    guard node.anchor == nil else { throw YAMLGuard.refusal }
    switch node {
    case .scalar(let scalar):
      self = scalar.style == .plain ? .plain(scalar.string) : .text(scalar.string)
    case .sequence(let sequence):
      var values: [ModelTree] = []
      for child in sequence { values.append(try ModelTree(child)) }
      self = .list(values)
    case .mapping(let mapping):
      var members: [Member] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw NetworkError(
            "A key in the model file is not a word; keys are the names of settings.")
        }
        members.append(Member(key: name.string, value: try ModelTree(value)))
      }
      self = .object(members)
    default:
      throw YAMLGuard.refusal
    }
  }

  /// What a word without quotes stands for: YAML 1.2's core schema.
  private static func plain(_ word: String) -> ModelTree {
    switch word {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", "+.inf", ".Inf", ".INF": return .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
    case ".nan", ".NaN", ".NAN": return .double(.nan)
    default: break
    }
    let isNumberLike = word.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0)
    }
    guard isNumberLike else { return .text(word) }
    if let value = Int(word) { return .int(value) }
    if let value = Double(word) { return .double(value) }
    return .text(word)
  }

  private static func sentence(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "\(problem) in line \(mark.line), column \(mark.column)."
    case .duplicatedKeysInMapping(let duplicates, let context):
      "the key '\(duplicates.first ?? "")' stands twice in one mapping, in line "
        + "\(context.mark.line)."
    default:
      "check its indentation and brackets."
    }
  }
}

/// Refuses YAML that could be made to fill memory or the stack, before it is parsed.
enum YAMLGuard {
  static let deepestFlow = 64
  static let deepestIndentation = 200

  static let refusal = NetworkError(
    "The model file uses YAML anchors or aliases (& and *), which are not read; write the values out."
  )

  static let depth = NetworkError(
    "The model file is nested deeper than any network needs; it is not read.")

  /// Walks once over the text, minding quotes and comments.
  static func check(_ text: String) throws(NetworkError) {
    var flow = 0
    var indentation = 0
    var isLineStart = true
    var isTokenStart = true
    var quote: UInt8?
    var previous: UInt8 = 0x0a
    var isComment = false
    for byte in text.utf8 {
      defer { previous = byte }
      if byte == 0x0a {
        isLineStart = quote == nil
        indentation = 0
        isComment = false
        isTokenStart = true
        continue
      }
      if isComment { continue }
      if let open = quote {
        // A doubled ' closes and opens again, which comes to the same here.
        if byte == open, open != 0x22 || previous != 0x5c { quote = nil }
        if open == 0x22, byte == 0x5c, previous == 0x5c { previous = 0 }
        continue
      }
      if isLineStart {
        if byte == 0x20 || byte == 0x2d || byte == 0x3f || byte == 0x09 {
          indentation += 1
          if indentation > deepestIndentation { throw depth }
        } else {
          isLineStart = false
        }
      }
      switch byte {
      case 0x20, 0x09: continue
      case 0x23 where isSpace(previous): isComment = true
      case 0x22, 0x27:
        if isTokenStart { quote = byte }
        isTokenStart = false
      case 0x26, 0x2a:
        if isTokenStart { throw refusal }
      case 0x5b, 0x7b:
        flow += 1
        if flow > deepestFlow { throw depth }
        isTokenStart = true
      case 0x5d, 0x7d:
        flow = max(0, flow - 1)
        isTokenStart = false
      case 0x2c, 0x3a, 0x2d, 0x3f: isTokenStart = true
      default: isTokenStart = false
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a
  }
}
