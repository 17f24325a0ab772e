import Foundation
import HTTPTypes
import Hummingbird
import Synchronization

/// The one way in: nothing behind it sees a request that has not passed every check.
struct Gate<Inner: HTTPResponder>: HTTPResponder where Inner.Context == DashboardContext {
  let inner: Inner
  let rules: GateRules

  func respond(to request: Request, context: DashboardContext) async throws -> Response {
    Reply.finish(await answer(request, context))
  }

  private func answer(_ request: Request, _ context: DashboardContext) async -> Response {
    if let refusal = rules.refusal(of: request) { return refusal }
    if let welcome = rules.welcome(request) { return welcome }
    if let refusal = rules.refusalWithoutToken(request) { return refusal }
    do {
      let response = try await inner.respond(to: request, context: context)
      // The router refuses unknown addresses without a word.
      let isMute = response.status == .notFound && response.body.contentLength == 0
      return isMute ? Reply.answer(to: HTTPError(.notFound)) : response
    } catch {
      return Reply.answer(to: error, logger: context.logger)
    }
  }
}

/// The checks themselves: host, origin, size, token.
final class GateRules: Sendable {
  private let token: Token
  private let names: [String]
  private let port: Mutex<Int>
  private let failures = FailureCount()

  /// `hosts` are more names under which the server may be addressed, `name` or `name:port`.
  init(token: Token, hosts: [String], port: Int) {
    self.token = token
    names = hosts
    self.port = Mutex(port)
  }

  /// Says at which port the server turned out to listen.
  func listen(at port: Int) { self.port.withLock { $0 = port } }

  /// The name of the cookie that holds the token; browsers do not keep the ports of one host apart.
  var cookieName: String { "lasagne_\(port.withLock { $0 })" }

  private var hosts: [String] {
    let port = port.withLock { $0 }
    return ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] + names
  }

  /// The refusal of a request for what it is, whoever sent it; `nil` if there is nothing against it.
  func refusal(of request: Request) -> Response? {
    let hosts = hosts
    let others = HTTPField.Name("Host").map { request.headers[values: $0] } ?? []
    guard let host = request.head.authority, hosts.contains(host), others.isEmpty else {
      return Reply.refusal(.misdirectedRequest, "This server does not answer under that host name.")
    }
    guard let path = request.head.path, path.hasPrefix("/") else {
      return Reply.refusal(.badRequest, "The request's address must be a path.")
    }
    guard path.utf8.count <= 8192 else {
      return Reply.refusal(.uriTooLong, "The request's address must be a path of at most 8 KB.")
    }
    let isReading = request.method == .get
    let isPage = isReading && request.uri.path == "/"
    if !isPage, !comesFromOurPage(request, hosts: hosts) {
      return Reply.refusal(.forbidden, "Requests from other sites are not answered.")
    }
    if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
      return Reply.refusal(.unsupportedMediaType, "Send the request's body as it is, not packed.")
    }
    if let length = request.headers[.contentLength], (Int(length) ?? .max) > 1 << 20 {
      return Reply.refusal(.contentTooLarge, "The request's body is larger than 1 MB.")
    }
    return nil
  }

  /// A browser says where a request comes from; programs say nothing, and are believed: the token
  /// is what lets them in.
  private func comesFromOurPage(_ request: Request, hosts: [String]) -> Bool {
    if let origin = request.headers[.origin] {
      return hosts.contains { origin == "http://\($0)" || origin == "https://\($0)" }
    }
    if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
      return site == "same-origin" || site == "none"
    }
    return true
  }

  /// The answer to the address that a person was given; `nil` for other requests.
  ///
  /// The token goes from the address bar into a cookie that scripts cannot read.
  func welcome(_ request: Request) -> Response? {
    guard request.method == .get, request.uri.path == "/",
      let given = request.uri.queryParameters["token"]
    else { return nil }
    guard token.matches(given) else { return refuseWrongToken() }
    var headers = HTTPFields()
    headers[.location] = "/"
    headers[.setCookie] = "\(cookieName)=\(token.value); Path=/; HttpOnly; SameSite=Strict"
    return Response(status: .seeOther, headers: headers)
  }

  /// The refusal of a request that does not show the token; `nil` if it does.
  func refusalWithoutToken(_ request: Request) -> Response? {
    var candidates: [Substring] = []
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "bearer" { candidates.append(parts[1]) }
    }
    for header in request.headers[values: .cookie] {
      for pair in header.split(separator: ";") {
        let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
        if parts.count == 2, parts[0] == cookieName { candidates.append(parts[1]) }
      }
    }
    if candidates.contains(where: token.matches) { return nil }
    if !candidates.isEmpty { return refuseWrongToken() }
    return Reply.refusal(
      .unauthorized, "Open the address that `lasagne serve` printed; it holds the token.")
  }

  private func refuseWrongToken() -> Response {
    failures.note()
      ? Reply.refusal(.tooManyRequests, "Too many wrong tokens; wait a minute.")
      : Reply.refusal(
        .unauthorized, "That is not this server's token; use the address `lasagne serve` printed.")
  }
}
