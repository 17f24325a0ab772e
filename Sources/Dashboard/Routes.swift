import HTTPTypes
import Hummingbird

/// One address of the server and what answers there.
struct Route: Sendable {
  typealias Answer = @Sendable (Request, DashboardContext) async throws -> Response

  let method: HTTPRequest.Method
  let path: String
  let answer: Answer

  static func get(_ path: String, _ answer: @escaping Answer) -> Route {
    Route(method: .get, path: path, answer: answer)
  }

  static func post(_ path: String, _ answer: @escaping Answer) -> Route {
    Route(method: .post, path: path, answer: answer)
  }
}

/// All addresses: the page, its files, and the records as JSON.
struct Routes: Sendable {
  let source: any DashboardSource
  let files: WebFiles

  /// The table that the router is made from, and that a test walks.
  var table: [Route] {
    let files = files
    return [
      .get("/") { request, _ in
        try files.response(for: "web/index.html", ifNoneMatch: request.headers[.ifNoneMatch])
      },
      .get("/web/{file}") { request, context in
        try files.response(
          for: "web/" + (try context.parameters.require("file")),
          ifNoneMatch: request.headers[.ifNoneMatch])
      },
      .get("/assets/{file}") { request, context in
        try files.response(
          for: "assets/" + (try context.parameters.require("file")),
          ifNoneMatch: request.headers[.ifNoneMatch])
      },
    ] + workspaceRoutes + sessionRoutes + steeringRoutes + viewRoutes
  }

  /// The router; a known address asked with another method answers 405.
  func router() -> Router<DashboardContext> {
    let router = Router(context: DashboardContext.self)
    let table = table
    let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    for path in Set(table.map(\.path)) {
      let known = table.filter { $0.path == path }
      for method in methods {
        if let route = known.first(where: { $0.method == method }) {
          router.on(RouterPath(path), method: method) { request, context in
            do {
              return try await route.answer(request, context)
            } catch {
              return Reply.answer(to: error, logger: context.logger)
            }
          }
        } else {
          let allowed = known.map(\.method.rawValue).joined(separator: ", ")
          router.on(RouterPath(path), method: method) { _, _ in
            var response = Reply.refusal(
              .methodNotAllowed, "This address answers \(allowed) only.")
            response.headers[.allow] = allowed
            return response
          }
        }
      }
    }
    return router
  }

  private var workspaceRoutes: [Route] {
    let source = source
    return [
      .get("/api/v1/devices") { _, _ in try Reply.json(try await source.devices()) },
      .get("/api/v1/models") { _, _ in try Reply.json(try await source.models()) },
      .get("/api/v1/params") { _, _ in try Reply.json(try await source.params()) },
      .get("/api/v1/data") { _, _ in try Reply.json(try await source.data()) },
      .get("/api/v1/events") { request, context in
        let header = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let lastSeen = header.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        let channel = context.channel
        let stream = EventStream(source: source, lastSeen: lastSeen) {
          channel.close(promise: nil)
        }
        return Response(
          status: .ok,
          headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
          body: ResponseBody { writer in try await stream.write(to: &writer) })
      },
    ]
  }
}
