import Displays
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Records

extension Routes {
  /// The addresses below `/api/v1/sessions`.
  var sessionRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions"
    return [
      .get(base) { _, _ in try Reply.json(try await source.sessions()) },
      .get("\(base)/{id}") { _, context in
        try Reply.json(try await source.session(try context.session))
      },
      .get("\(base)/{id}/network") { _, context in
        try Reply.json(try await source.network(ofSession: try context.session))
      },
      .get("\(base)/{id}/network.svg") { _, context in
        let drawing = NetworkDrawing(try await source.network(ofSession: try context.session))
        return Reply.file(Data(drawing.svg.utf8), type: "image/svg+xml", cache: "no-store")
      },
      .get("\(base)/{id}/keys") { _, context in
        let id = try context.session
        return try Reply.json([
          "series": try await source.seriesKeys(ofSession: id),
          "images": try await source.imageKeys(ofSession: id),
          "histograms": try await source.histogramKeys(ofSession: id),
        ])
      },
      .get("\(base)/{id}/series") { request, context in
        let id = try context.session
        return try Reply.json(try await series(request, sessions: [id]))
      },
      .get("/api/v1/series") { request, _ in
        let sessions = try request.list("sessions", atMost: 500)
        guard sessions.allSatisfy({ SessionID($0) != nil }) else {
          throw DashboardError.notFound("There is no such session.")
        }
        return try Reply.json(try await series(request, sessions: sessions))
      },
      .get("\(base)/{id}/images/{key}") { request, context in try await images(request, context) },
      .get("\(base)/{id}/histograms/{key}") { _, context in
        try Reply.json(
          try await source.histograms(ofSession: try context.session, key: try context.key))
      },
      .get("\(base)/{id}/timeline") { _, context in
        let entries = try await source.timeline(ofSession: try context.session)
        return try Reply.json(entries.map(TimelineMessage.init))
      },
      .post("\(base)/{id}/control") { request, context in try await control(request, context) },
    ]
  }

  private func series(_ request: Request, sessions: [String]) async throws -> [Series] {
    let keys = try request.list("keys", atMost: 200)
    let steps = 0...Int(Int64.max / 4)
    return try await source.series(
      sessions: sessions, keys: keys, from: try request.number("from", in: steps),
      to: try request.number("to", in: steps),
      pixels: try request.number("pixels", in: 1...10_000) ?? 600)
  }

  private func images(_ request: Request, _ context: DashboardContext) async throws -> Response {
    let key = try context.key
    let name = key.hasSuffix(".png") ? String(key.dropLast(4)) : key
    let stack = try await source.images(ofSession: try context.session, key: name)
    let palette = request.uri.queryParameters["palette"].flatMap {
      FilterGrid.Palette(rawValue: String($0))
    }
    let columns = try request.number("columns", in: 1...256)
    let grid = FilterGrid(stack, palette: palette ?? .grey, columns: columns)
    var response = Reply.file(try grid.png(), type: "image/png", cache: "no-store")
    // The page says under the picture what it shows: when it was taken, and what its shades mean.
    let facts = [("X-Step", "\(stack.step)"), ("X-Range", "\(grid.range)")]
    for (header, value) in facts {
      if let name = HTTPField.Name(header) { response.headers[name] = value }
    }
    return response
  }

  private func control(_ request: Request, _ context: DashboardContext) async throws -> Response {
    let id = try context.session
    let body = try await content(of: request, upTo: context.maxUploadSize)
    guard let asked = try? JSONDecoder().decode(ControlRequest.self, from: Data(buffer: body))
    else {
      throw DashboardError.invalid("The body must be a JSON object with an action.")
    }
    let command = try await source.control(id, try asked.controlAction(), origin: "page")
    return try Reply.json(["command": command.number], status: .accepted)
  }
}

extension Routes {
  /// The whole body; one that is too large, or broken on its way, is refused.
  func content(of request: Request, upTo limit: Int) async throws -> ByteBuffer {
    do {
      return try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    } catch {
      throw HTTPError(.badRequest, message: "The request's body could not be read.")
    }
  }
}

extension DashboardContext {
  /// The session that the address names; what has not the form of an id does not exist.
  var session: String {
    get throws {
      guard let id = parameters.get("id").flatMap({ SessionID($0) }) else {
        throw DashboardError.notFound("There is no such session.")
      }
      return id.value
    }
  }

  /// The key that the address names; it is looked up among the session's keys and nowhere else.
  var key: String {
    get throws {
      guard let text = parameters.get("key")?.removingPercentEncoding, !text.isEmpty,
        text.utf8.count <= 200
      else { throw DashboardError.notFound("There is nothing under this key.") }
      return text
    }
  }
}
