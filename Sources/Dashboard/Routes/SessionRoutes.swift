import Displays
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Records

/// Which curves are wanted.
struct SeriesQuestion: Decodable {
  /// The ids of sessions.
  let sessions: [String]
  /// The metrics.
  let keys: [String]
  let from: Int?
  let to: Int?
  /// About how many buckets are wanted of each curve; 600 without it.
  let pixels: Int?

  func check(steps: ClosedRange<Int>) throws {
    try Limits.checkWhole(sessions.count, "sessions", 0...2000)
    try Limits.checkWhole(keys.count, "keys", 0...200)
    for key in keys { try Limits.checkText(key, "keys") }
    try Limits.checkWhole(from, "from", steps)
    try Limits.checkWhole(to, "to", steps)
    try Limits.checkWhole(pixels, "pixels", 1...10_000)
    guard sessions.allSatisfy({ SessionID($0) != nil }) else {
      throw DashboardError.notFound("There is no such session.")
    }
  }
}

/// How much of each layer stands in a picture of a network.
enum PictureForm: String, CaseIterable {
  case full, small
}

extension Routes {
  /// The addresses below `/api/v1/sessions`.
  var sessionRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions"
    let window = [
      QueryField.list("keys", atMost: 200, "The metrics, with commas between them."),
      .number("from", in: Self.steps, "The first step."),
      .number("to", in: Self.steps, "The last step."),
      .number("pixels", in: 1...10_000, "About how many buckets are wanted; 600 without it."),
    ]
    return [
      .get(
        base, "All sessions, newest first.", commands: "sessions",
        query: [
          .number("count", in: Self.counts, "How many at most; those first that are not over.")
        ], reply: .json([SessionRecord].self)
      ) { request, _ in
        let all = try await source.sessions()
        guard let count = try request.number("count", in: Self.counts), count < all.count else {
          return try Reply.json(all)
        }
        let chosen = all.filter { !$0.state.isOver } + all.filter(\.state.isOver)
        return try Reply.json(Array(chosen.prefix(count)))
      },
      .get(
        "\(base)/{id}", "One session.", commands: "show", reply: .json(SessionRecord.self)
      ) { _, context in try Reply.json(try await source.session(try context.session)) },
      .get(
        "\(base)/{id}/network", "The network that a session trains.",
        reply: .json(NetworkSummary.self)
      ) { _, context in
        try Reply.json(try await source.network(ofSession: try context.session))
      },
      .get(
        "\(base)/{id}/network.svg", "The network as a drawing.",
        query: [
          .choice(
            "form", PictureForm.allCases.map(\.rawValue),
            "With all that is known of each layer, or in a line each; full without it.")
        ], reply: .file(["image/svg+xml"])
      ) { request, context in
        let isSmall = try request.choice("form", among: PictureForm.self) == .small
        let drawing = NetworkDrawing(
          try await source.network(ofSession: try context.session), isSmall: isSmall)
        return Reply.file(Data(drawing.svg.utf8), type: "image/svg+xml", cache: "no-store")
      },
      .get(
        "\(base)/{id}/keys", "The keys of a session's metrics and images.",
        reply: .json([String: [String]].self)
      ) { _, context in
        let id = try context.session
        return try Reply.json([
          "series": try await source.seriesKeys(ofSession: id),
          "images": try await source.imageKeys(ofSession: id),
          "histograms": try await source.histogramKeys(ofSession: id),
        ])
      },
      .get(
        "\(base)/{id}/series", "Curves of a session, each bucket with its exact extremes.",
        query: window, reply: .negotiated([Series].self, or: SeriesBytes.mediaType)
      ) { request, context in
        let id = try context.session
        return try await series(request, sessions: [id])
      },
      .get(
        "/api/v1/series", "Curves of many sessions in one answer.",
        query: [
          .list(
            "sessions", atMost: 500, pattern: "^[0-9a-z]{26}$", "Ids, with commas between them.")
        ] + window, reply: .negotiated([Series].self, or: SeriesBytes.mediaType)
      ) { request, _ in
        let sessions = try request.list("sessions", atMost: 500)
        guard sessions.allSatisfy({ SessionID($0) != nil }) else {
          throw DashboardError.notFound("There is no such session.")
        }
        return try await series(request, sessions: sessions)
      },
      .question(
        "/api/v1/series", "Curves of more sessions than an address can name.",
        body: SeriesQuestion.self, reply: .negotiated([Series].self, or: SeriesBytes.mediaType)
      ) { request, context in
        let asked = try await request.record(SeriesQuestion.self, upTo: context.maxUploadSize)
        try asked.check(steps: Self.steps)
        return try await answer(asked, to: request)
      },
      .get(
        "\(base)/{id}/images/{key}", "The newest images under a key, side by side.",
        query: [
          .choice(
            "palette", FilterGrid.Palette.allCases.map(\.rawValue), "How values become colours."),
          .number("columns", in: 1...256, "Images in a row."),
        ], reply: .file(["image/png"])
      ) { request, context in try await images(request, context) },
      .get(
        "\(base)/{id}/histograms/{key}", "The newest histograms under a key, oldest first.",
        reply: .json([Histogram].self)
      ) { _, context in
        try Reply.json(
          try await source.histograms(ofSession: try context.session, key: try context.key))
      },
      .get(
        "\(base)/{id}/timeline", "What happened to a session, oldest first.",
        commands: "session log", reply: .json([TimelineMessage].self)
      ) { _, context in
        let entries = try await source.timeline(ofSession: try context.session)
        return try Reply.json(entries.map(TimelineMessage.init))
      },
      .post(
        "\(base)/{id}/control", "Asks a session to do something between two steps.",
        commands: "session pause", "session resume", "session stop", "session snapshot",
        "session set", "session freeze", "session unfreeze", "session do",
        body: ControlRequest.self, reply: .json(ControlCommand.self), status: .accepted
      ) { request, context in try await control(request, context) },
    ]
  }

  /// The steps that can be asked for; JSON's numbers are exact so far.
  private static let steps = 0...9_007_199_254_740_991

  /// How many sessions can be asked for at once.
  private static let counts = 1...1_000_000

  private func series(_ request: Request, sessions: [String]) async throws -> Response {
    let asked = SeriesQuestion(
      sessions: sessions, keys: try request.list("keys", atMost: 200),
      from: try request.number("from", in: Self.steps),
      to: try request.number("to", in: Self.steps),
      pixels: try request.number("pixels", in: 1...10_000))
    return try await answer(asked, to: request)
  }

  private func answer(_ asked: SeriesQuestion, to request: Request) async throws -> Response {
    let series = try await source.series(
      sessions: asked.sessions, keys: asked.keys, from: asked.from, to: asked.to,
      pixels: asked.pixels ?? 600)
    guard request.headers[.accept]?.contains(SeriesBytes.mediaType) == true else {
      return try Reply.json(series)
    }
    return Reply.file(SeriesBytes.encode(series), type: SeriesBytes.mediaType, cache: "no-store")
  }

  private func images(_ request: Request, _ context: DashboardContext) async throws -> Response {
    let key = try context.key
    let name = key.hasSuffix(".png") ? String(key.dropLast(4)) : key
    let stack = try await source.images(ofSession: try context.session, key: name)
    let palette = try request.choice("palette", among: FilterGrid.Palette.self)
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
    let asked = try await request.record(ControlRequest.self, upTo: context.maxUploadSize)
    let command = try await source.control(id, try asked.controlAction(), origin: "page")
    return try Reply.json(command, status: .accepted)
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
