import Foundation
import HTTPTypes
import Records

extension Routes {
  /// The OpenAPI 3.1 document of all addresses, made from their table and the records' own forms.
  ///
  /// - Throws: what a record throws whose form cannot be read; a test goes through all of them.
  func openAPI() throws -> JSONValue {
    var answers = RecordSchemas()
    var bodies = RecordSchemas()
    bodies.allowsNonFinite = false
    var paths: [String: JSONValue] = [:]
    for (path, routes) in Dictionary(grouping: table, by: \.path) {
      var operations: [String: JSONValue] = [:]
      for route in routes {
        operations[route.method.rawValue.lowercased()] = try operation(route, &answers, &bodies)
      }
      paths[path] = .object(operations)
    }
    let refusal: JSONValue = .object([
      "type": .string("object"), "required": .array([.string("error")]),
      "properties": .object(["error": RecordSchemas.type("string")]),
    ])
    let schemas = answers.named.merging(
      bodies.named.map { ($0.key, $0.value) }, uniquingKeysWith: { answer, _ in answer })
    return .object([
      "openapi": .string("3.1.0"),
      "info": .object([
        "title": .string("LasagneEngine"), "version": .string("1"),
        "description": .string(
          "What the page of `lasagne serve` asks for and does. Every address needs the token, as "
            + "a bearer token or in the cookie that the printed address sets."),
      ]),
      "security": .array([.object(["token": .array([])])]),
      "paths": .object(paths),
      "components": .object([
        "schemas": .object(schemas.merging(["Refusal": refusal]) { _, own in own }),
        "securitySchemes": .object([
          "token": .object(["type": .string("http"), "scheme": .string("bearer")])
        ]),
      ]),
    ])
  }

  private func operation(
    _ route: Route, _ answers: inout RecordSchemas, _ bodies: inout RecordSchemas
  ) throws -> JSONValue {
    var operation: [String: JSONValue] = [
      "summary": .string(route.summary), "operationId": .string(route.operationName),
    ]
    let parameters = route.pathFields.map(Self.pathField) + route.query.map(Self.queryField)
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if !route.commands.isEmpty {
      operation["x-lasagne-commands"] = .array(route.commands.map(JSONValue.string))
    }
    if let body = route.body {
      operation["requestBody"] = .object([
        "required": .bool(true),
        "content": .object([
          "application/json": .object(["schema": try bodies.schema(of: body)])
        ]),
      ])
    }
    var responses: [String: JSONValue] = [
      "\(route.status.code)": .object([
        "description": .string("What was asked for."),
        "content": try Self.content(of: route.reply, &answers),
      ])
    ]
    for (code, description) in Self.refusals(of: route) {
      responses[code] = .object([
        "description": .string(description),
        "content": .object([
          "application/json": .object(["schema": RecordSchemas.reference(to: "Refusal")])
        ]),
      ])
    }
    if case .file = route.reply {
      responses["304"] = .object(["description": .string("The browser has it already.")])
    }
    operation["responses"] = .object(responses)
    return .object(operation)
  }

  private static func refusals(of route: Route) -> [(String, String)] {
    var refusals = [
      ("400", "The request could not be read."), ("401", "The token is missing or wrong."),
      ("403", "The request comes from another site."),
      ("404", "There is no such thing."),
      ("409", "The state of things forbids it now."),
      ("421", "The host name is not this server's."),
      ("429", "Too many wrong tokens, or too much at once."),
    ]
    if route.body != nil || !route.query.isEmpty {
      refusals.append(("422", "What was sent cannot be carried out, for the reason given."))
    }
    if !route.query.isEmpty { refusals.append(("414", "The address is longer than 8 KB.")) }
    if route.body != nil {
      refusals += [
        ("413", "The body is larger than 1 MB."),
        ("415", "The body is not of the type application/json."),
      ]
    }
    return refusals
  }

  private static func content(
    of reply: Route.Content, _ schemas: inout RecordSchemas
  ) throws -> JSONValue {
    let binary: JSONValue = .object([:])
    switch reply {
    case .json(let type):
      return .object(["application/json": .object(["schema": try schemas.schema(of: type)])])
    case .negotiated(let type, let other):
      return .object([
        "application/json": .object(["schema": try schemas.schema(of: type)]),
        other: .object(["schema": .object(["description": .string(Self.binaryForm)])]),
      ])
    case .file(let types):
      return .object(Dictionary(types.map { ($0, binary) }) { first, _ in first })
    case .events:
      return .object(["text/event-stream": binary])
    }
  }

  /// How curves look as bytes.
  private static let binaryForm = """
    Little-endian. "LSERIES1", count of series u32, 4 bytes of nothing; for each series: length of \
    the session's id u32, length of the key u32, total count of points u64, count of buckets n u32, \
    4 bytes of nothing, id and key in UTF-8 filled up with zeros to a multiple of 8 bytes, then the \
    columns firstStep, lastStep, lastTime, minimum, maximum, mean, last, count, nonFiniteCount of n \
    f64 each. What a bucket has not got is not-a-number.
    """

  private static func pathField(_ name: String) -> JSONValue {
    var schema: [String: JSONValue] = [
      "type": .string("string"), "minLength": .number(1), "maxLength": .number(200),
    ]
    if name == "id" { schema["pattern"] = .string("^[0-9a-z]{26}$") }
    return .object([
      "name": .string(name), "in": .string("path"), "required": .bool(true),
      "schema": .object(schema),
    ])
  }

  private static func queryField(_ field: QueryField) -> JSONValue {
    var parameter: [String: JSONValue] = [
      "name": .string(field.name), "in": .string("query"), "required": .bool(false),
      "description": .string(field.summary), "schema": field.schema,
    ]
    if field.isList {
      parameter["style"] = .string("form")
      parameter["explode"] = .bool(false)
    }
    return .object(parameter)
  }
}

extension Route {
  /// `GET /api/v1/sessions/{id}/series` is `get-sessions-id-series`.
  var operationName: String {
    let words = path.replacing("/api/v1", with: "").split { !$0.isLetter && !$0.isNumber }
    return ([method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "-")
  }
}
