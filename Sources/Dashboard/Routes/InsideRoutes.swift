import LasagneEngine
import Records

extension Routes {
  /// The addresses of what the layers of a session's network see.
  var insideRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions/{id}"
    let part = QueryField.text("part", "The part of the data; without it the first there is.")
    let layer = QueryField.text("layer", "The layer's name.")
    let samples = 4...Projection.mostSamples
    let seeds = 0...Int(Int32.max)
    let units = 0...1_000_000
    return [
      .get(
        "\(base)/network/capacity", "How much of the input each layer sees, and its capacity.",
        commands: "summary", reply: .json(CapacityReport.self)
      ) { _, context in
        try Reply.json(try await source.capacity(ofSession: try context.session))
      },
      .get(
        "\(base)/projection", "Samples in a plane, by what a layer gives for them.",
        commands: "look projection",
        query: [
          part, layer,
          .choice(
            "by", Projection.Method.allCases.map(\.rawValue), "How many numbers become two."),
          .number("samples", in: samples, "How many samples at most."),
          .number("seed", in: seeds, "What they are drawn by, where the part has more."),
        ], reply: .json(Projection.self)
      ) { request, context in
        let query = request.uri.queryParameters
        guard let method = Projection.Method(rawValue: query["by"].map { String($0) } ?? "pca")
        else { throw DashboardError.invalid("The query's by must be pca or tsne.") }
        return try Reply.json(
          try await source.projection(
            ofSession: try context.session,
            ProjectionRequest(
              part: query["part"].map { String($0) }, layer: try request.text("layer"),
              method: method,
              count: try request.number("samples", in: samples) ?? Projection.usualSamples,
              seed: try request.number("seed", in: seeds) ?? 0)))
      },
      .get(
        "\(base)/strongest", "The samples that excite the channels of a layer most.",
        commands: "look strongest",
        query: [
          part, layer, .number("from", in: units, "The first channel or unit."),
          .number("count", in: 1...64, "How many of them."),
        ], reply: .json(StrongestInputs.self)
      ) { request, context in
        let part = request.uri.queryParameters["part"].map { String($0) }
        return try Reply.json(
          try await source.strongestInputs(
            ofSession: try context.session, part: part, layer: try request.text("layer"),
            from: try request.number("from", in: units) ?? 0,
            count: try request.number("count", in: 1...64) ?? 12))
      },
    ]
  }
}
