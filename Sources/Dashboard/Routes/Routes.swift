import HTTPTypes
import Hummingbird
import NIOCore
import Records

/// All addresses: the page, its files, the records as JSON, and what can be done.
///
/// Each is one entry of a table; the router, the gate's test and the OpenAPI document follow it.
struct Routes: Sendable {
  let source: any DashboardSource
  let files: WebFiles
  /// The connections that these addresses are asked by.
  var connections = ConnectionTable(limits: ConnectionLimits())
  /// What the newest events are as texts.
  let texts = EventTexts()
  /// How many sessions may wait before another one is refused.
  var longestQueue = 1000

  /// The table.
  var table: [Route] {
    fileRoutes + workspaceRoutes + sessionRoutes + engineActionRoutes + searchRoutes
      + paramsActionRoutes + registryActionRoutes + steeringRoutes + viewRoutes + editorRoutes
  }

  /// The router; a known address asked with another method answers 405.
  func router() -> Router<DashboardContext> {
    let router = Router(context: DashboardContext.self)
    // QUERY reads with a body, as proposed for HTTP; here it is refused like any other.
    let methods: [HTTPRequest.Method] =
      [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
      + [HTTPRequest.Method("QUERY")].compactMap { $0 }
    for (path, known) in Dictionary(grouping: table, by: \.path) {
      for method in methods {
        if let route = known.first(where: { $0.method == method }) {
          router.on(RouterPath(path), method: method) { request, context in
            guard method != .post || request.isJSON else {
              return Reply.refusal(
                .unsupportedMediaType, "Send the request's body as Content-Type: application/json.")
            }
            do {
              return try await route.answer(request, context)
            } catch {
              return Reply.answer(to: error, logger: context.logger)
            }
          }
        } else {
          let allowed = known.map(\.method.rawValue).sorted().joined(separator: ", ")
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

  private var fileRoutes: [Route] {
    let files = files
    func file(_ folder: String) -> Route.Answer {
      { request, context in
        let version = context.parameters.get("version")
        return try files.response(
          for: "\(folder)/" + (try context.parameters.require("file")), to: request,
          isForEver: version == files.version)
      }
    }
    let types: Route.Content = .file([
      "text/javascript", "text/css", "text/html", "text/plain", "image/svg+xml",
    ])
    return [
      .get("/", "The page.", reply: .file(["text/html"])) { request, _ in
        try files.response(for: "web/index.html", to: request)
      },
      .get("/web/{file}", "A file of the page.", reply: types, file("web")),
      .get(
        "/files/{version}/web/{file}", "A file of the page, for ever the same.", reply: types,
        file("web")),
      .get("/assets/{file}", "A third-party file of the page.", reply: types, file("assets")),
      .get(
        "/files/{version}/assets/{file}", "A third-party file, for ever the same.", reply: types,
        file("assets")),
    ]
  }

  private var workspaceRoutes: [Route] {
    let source = source
    return [
      .get("/api/openapi.json", "This document.") { _, _ in try Reply.json(try openAPI()) },
      .get(
        "/api/v1/devices", "The devices of this machine.", reply: .json([DeviceStatus].self)
      ) { _, _ in try Reply.json(try await source.devices()) },
      .get("/api/v1/models", "The names of the models.", reply: .json([String].self)) { _, _ in
        try Reply.json(try await source.models())
      },
      .get(
        "/api/v1/params", "The named weights.", commands: "params list",
        reply: .json([ParamsRecord].self)
      ) { _, _ in try Reply.json(try await source.params()) },
      .get(
        "/api/v1/data", "The data sets.", commands: "data list", reply: .json([DataRecord].self)
      ) { _, _ in try Reply.json(try await source.data()) },
      .get(
        "/api/v1/events", "What happens, as it happens; again from `Last-Event-ID` on.",
        reply: .events
      ) { request, context in try eventStream(request, context) },
    ]
  }

  private func eventStream(_ request: Request, _ context: DashboardContext) throws -> Response {
    let connections = connections
    guard connections.streams < connections.limits.streams else {
      throw DashboardError.tooMany(
        "\(connections.streams) pages listen already; close one of them.")
    }
    let header = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
    let lastSeen = header.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    let channel = context.channel
    // With a small buffer in between it shows soon that nobody reads.
    _ = channel.setOption(
      .socketOption(.so_sndbuf), value: .init(connections.limits.streamBuffer))
    let stream = EventStream(
      source: source, lastSeen: lastSeen, texts: texts, patience: connections.limits.streamTime
    ) {
      channel.reset()
    }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await connections.countingStream { try await stream.write(to: &writer) }
      })
  }
}
