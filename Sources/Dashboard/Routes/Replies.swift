import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// How answers look: JSON, one sentence for each refusal, and the headers that all of them carry.
enum Reply {
  /// The page may load its own files and nothing else.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  private struct Refusal: Encodable {
    let error: String
  }

  /// A record as JSON; numbers that JSON does not know are the texts `NaN`, `Infinity`, `-Infinity`.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    var headers = HTTPFields()
    headers[.contentType] = "application/json; charset=utf-8"
    headers[.cacheControl] = "no-store"
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(data: try encode(value))))
  }

  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value)
  }

  /// One sentence under the key `error`.
  static func refusal(_ status: HTTPResponse.Status, _ sentence: String) -> Response {
    let refusal = try? json(Refusal(error: sentence), status: status)
    return refusal ?? Response(status: status)
  }

  /// A file's content, named by its kind; what is given away does not change under the same tag.
  static func file(_ content: Data, type: String, cache: String, tag: String? = nil) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    headers[.cacheControl] = cache
    headers[.eTag] = tag
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(data: content)))
  }

  /// The answer to an error that a route threw.
  ///
  /// What we did not foresee is not told to the outside.
  static func answer(to error: any Error, logger: Logger? = nil) -> Response {
    let response = refusal(of: error)
    if response.status == .internalServerError {
      logger?.error("A request failed.", metadata: ["error": "\(error)"])
    }
    return response
  }

  private static func refusal(of error: any Error) -> Response {
    switch error {
    case DashboardError.notFound(let sentence): refusal(.notFound, sentence)
    case DashboardError.conflict(let sentence): refusal(.conflict, sentence)
    case DashboardError.invalid(let sentence): refusal(.unprocessableContent, sentence)
    case DashboardError.tooMany(let sentence): refusal(.tooManyRequests, sentence)
    case let error as HTTPError where error.status == .contentTooLarge:
      refusal(.contentTooLarge, "The request's body is larger than 1 MB.")
    case let error as HTTPError where error.status == .notFound:
      refusal(.notFound, "There is nothing at this address.")
    case let error as HTTPError:
      refusal(error.status, error.body ?? "The request could not be read.")
    default:
      refusal(.internalServerError, "The server could not answer; its log has the reason.")
    }
  }

  /// Adds what every answer carries.
  static func finish(_ response: Response) -> Response {
    var response = response
    finish(&response.headers)
    return response
  }

  private static func finish(_ headers: inout HTTPFields) {
    headers[.contentSecurityPolicy] = contentSecurityPolicy
    headers[.xContentTypeOptions] = "nosniff"
    if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
    if let name = HTTPField.Name("X-Frame-Options") { headers[name] = "DENY" }
    if let name = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[name] = "same-origin" }
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
  }

  /// One sentence with all headers, for what never became a request that the gate could answer;
  /// the connection ends with it.
  static func last(_ sentence: String) -> (headers: HTTPFields, body: ByteBuffer) {
    let body = (try? encode(Refusal(error: sentence))) ?? Data()
    var headers: HTTPFields = [
      .connection: "close", .contentLength: "\(body.count)",
      .contentType: "application/json; charset=utf-8",
    ]
    finish(&headers)
    return (headers, ByteBuffer(data: body))
  }
}
