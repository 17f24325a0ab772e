import HTTPTypes
import Hummingbird
import Records

/// One address of the server: what is asked there, what answers, and what it is for.
///
/// The router, the test of the gate and the OpenAPI document are all made from these.
struct Route: Sendable {
  typealias Answer = @Sendable (Request, DashboardContext) async throws -> Response

  /// A record whose form the OpenAPI document shows.
  typealias Record = any (Decodable & SendableMetatype).Type

  /// What an answer consists of.
  enum Content: Sendable {
    /// A record, or a list of them.
    case json(Record)
    /// A record; another form of it for who asks for that by its media type.
    case negotiated(Record, or: String)
    /// A file of one of these media types.
    case file([String])
    /// Events without end.
    case events
  }

  let method: HTTPRequest.Method
  let path: String
  /// What it is for, as one sentence.
  let summary: String
  /// The commands of `lasagne` with the same name and result.
  let commands: [String]
  /// What may stand behind the question mark.
  let query: [QueryField]
  /// The record that has to be sent; `nil` where the body does not count.
  let body: Record?
  let reply: Content
  /// What the answer's status is where all went well.
  let status: HTTPResponse.Status
  /// Whether it changes something; such an address is asked with POST, and never with GET.
  let changes: Bool
  let answer: Answer

  /// The names in braces.
  var pathFields: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      String($0.dropFirst().dropLast())
    }
  }

  /// An address that only reads.
  static func get(
    _ path: String, _ summary: String = "", commands: String..., query: [QueryField] = [],
    reply: Content = .json(JSONValue.self), _ answer: @escaping Answer
  ) -> Route {
    Route(
      method: .get, path: path, summary: summary, commands: commands, query: query, body: nil,
      reply: reply, status: .ok, changes: false, answer: answer)
  }

  /// An address that changes something.
  static func post(
    _ path: String, _ summary: String = "", commands: String..., body: Record? = nil,
    reply: Content = .json(JSONValue.self), status: HTTPResponse.Status = .ok,
    _ answer: @escaping Answer
  ) -> Route {
    Route(
      method: .post, path: path, summary: summary, commands: commands, query: [], body: body,
      reply: reply, status: status, changes: true, answer: answer)
  }

  /// An address that only reads, for questions that are too long to stand in an address.
  static func question(
    _ path: String, _ summary: String = "", body: Record, reply: Content, _ answer: @escaping Answer
  ) -> Route {
    Route(
      method: .post, path: path, summary: summary, commands: [], query: [], body: body,
      reply: reply, status: .ok, changes: false, answer: answer)
  }
}

/// One field behind the question mark, with what it may be.
struct QueryField: Sendable {
  let name: String
  let summary: String
  let schema: JSONValue
  var isList = false

  /// A whole number.
  static func number(_ name: String, in range: ClosedRange<Int>, _ summary: String) -> QueryField {
    QueryField(
      name: name, summary: summary,
      schema: .object([
        "type": .string("integer"), "minimum": .number(Double(range.lowerBound)),
        "maximum": .number(Double(range.upperBound)),
      ]))
  }

  /// Names with commas between them.
  static func list(
    _ name: String, atMost limit: Int, pattern: String? = nil, _ summary: String
  ) -> QueryField {
    var item: [String: JSONValue] = [
      "type": .string("string"), "minLength": .number(1), "maxLength": .number(200),
    ]
    item["pattern"] = pattern.map(JSONValue.string)
    return QueryField(
      name: name, summary: summary,
      schema: .object([
        "type": .string("array"), "items": .object(item), "maxItems": .number(Double(limit)),
      ]), isList: true)
  }

  /// A text of at most 400 bytes.
  static func text(_ name: String, _ summary: String) -> QueryField {
    QueryField(
      name: name, summary: summary,
      schema: .object([
        "type": .string("string"), "minLength": .number(1), "maxLength": .number(400),
      ]))
  }

  /// Whole numbers with commas between them.
  static func positions(_ name: String, atMost limit: Int, _ summary: String) -> QueryField {
    QueryField(
      name: name, summary: summary,
      schema: .object([
        "type": .string("array"), "minItems": .number(1), "maxItems": .number(Double(limit)),
        "items": .object(["type": .string("integer"), "minimum": .number(0)]),
      ]), isList: true)
  }

  /// One of some words.
  static func choice(_ name: String, _ words: [String], _ summary: String) -> QueryField {
    QueryField(
      name: name, summary: summary,
      schema: .object(["type": .string("string"), "enum": .array(words.map(JSONValue.string))]))
  }
}
