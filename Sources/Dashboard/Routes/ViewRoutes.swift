import Displays
import Foundation
import HTTPTypes
import Hummingbird
import LasagneEngine
import Records

extension Routes {
  /// The addresses of what there is to see of parameters, data and what a network makes of them.
  var viewRoutes: [Route] {
    paramsRoutes + dataRoutes + examinationRoutes + insideRoutes
  }

  private var paramsRoutes: [Route] {
    let source = source
    let base = "/api/v1/params/{model}"
    return [
      .get(
        "\(base)/tree", "The versions of a model's weights, with who came from whom.",
        commands: "params tree",
        query: [
          .choice(
            "archived", TruthWord.allCases.map(\.rawValue), "Whether archived ones are in it.")
        ],
        reply: .json(ParamsTree.self)
      ) { request, context in
        let archived = try request.choice("archived", among: TruthWord.self)
        return try Reply.json(
          try await source.paramsTree(
            ofModel: try context.name("model"), includesArchived: archived == .true))
      },
      .get(
        "\(base)/diff", "How two versions of a model's weights differ, tensor by tensor.",
        commands: "params diff",
        query: [.text("from", "A version."), .text("to", "Another version.")],
        reply: .json(ParamsDiff.self)
      ) { request, context in
        try Reply.json(
          try await source.paramsDifference(
            ofModel: try context.name("model"), from: try request.text("from"),
            to: try request.text("to")))
      },
      .get(
        "\(base)/file", "A version's weights as a file.",
        query: [
          .text("params", "The version."),
          .choice("format", ParamsFormat.allCases.map(\.rawValue), "The file's format."),
        ], reply: .file(["application/octet-stream"])
      ) { request, context in
        let reference = try request.text("params")
        guard let format = ParamsFormat(rawValue: try request.text("format")) else {
          throw DashboardError.invalid("The query's format must be safetensors or npz.")
        }
        let content = try await source.paramsFile(
          ofModel: try context.name("model"), reference, as: format)
        var response = Reply.file(
          content, type: "application/octet-stream", cache: "no-store")
        // A reference is letters, digits and a few signs; what a header cannot hold is left out.
        let name = reference.unicodeScalars.filter { $0.isASCII && $0.value > 32 && $0 != "\"" }
        response.headers[.contentDisposition] =
          "attachment; filename=\"\(String(String.UnicodeScalarView(name))).\(format.rawValue)\""
        return response
      },
    ]
  }

  private var dataRoutes: [Route] {
    let source = source
    let base = "/api/v1/data/{name}"
    let array = QueryField.text("array", "The array's name.")
    let png: Route.Content = .file(["image/png"])
    return [
      .get(
        "\(base)/statistics", "Classes and channels of a data set in figures.",
        commands: "data statistics", reply: .json(DataStatistics.self)
      ) { _, context in
        try Reply.json(try await source.statistics(ofData: try context.name("name")))
      },
      .get(
        "\(base)/samples", "Some samples of an array, of one class or of all.",
        commands: "data samples",
        query: [
          array, .number("label", in: -1_000_000...1_000_000, "The class."),
          .number("from", in: 0...Int(Int32.max), "How many to leave out first."),
          .number("count", in: 1...500, "How many."),
        ], reply: .json(DataSamples.self)
      ) { request, context in
        try Reply.json(
          try await source.samples(
            ofData: try context.name("name"), array: try request.text("array"),
            label: try request.number("label", in: -1_000_000...1_000_000),
            from: try request.number("from", in: 0...Int(Int32.max)) ?? 0,
            count: try request.number("count", in: 1...500) ?? 60))
      },
      .get(
        "\(base)/samples.png", "Samples as images side by side.",
        query: [
          array, .positions("at", atMost: 500, "Which samples."),
          .number("columns", in: 1...256, "Images in a row."),
        ], reply: png
      ) { request, context in
        let (stack, range) = try await source.sampleImages(
          ofData: try context.name("name"), array: try request.text("array"),
          at: try request.positions("at", atMost: 500))
        return try Reply.sheet(
          stack, range: range, columns: try request.number("columns", in: 1...256) ?? 16)
      },
      .get(
        "\(base)/means.png", "The mean of all samples as an image, and then that of each class.",
        query: [array], reply: png
      ) { request, context in
        let stack = try await source.meanImages(
          ofData: try context.name("name"), array: try request.text("array"))
        return try Reply.sheet(stack, range: nil, columns: 16)
      },
      .get(
        "\(base)/augmented.png", "Samples as they are, and as they are learned from.",
        query: [
          array, .positions("at", atMost: 24, "Which samples."),
          .number("epochs", in: 1...16, "In how many epochs."),
          .text("recipe", "The recipe that says how, as JSON."),
        ], reply: png
      ) { request, context in
        let epochs = try request.number("epochs", in: 1...16) ?? 6
        let stack = try await source.augmentedImages(
          ofData: try context.name("name"), array: try request.text("array"),
          at: try request.positions("at", atMost: 24), epochs: epochs,
          by: try request.json("recipe"))
        return try Reply.sheet(stack, range: nil, columns: epochs + 1)
      },
    ]
  }

  private var examinationRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions/{id}"
    let classes = 0...1_000_000
    let places = 0...Int(Int32.max)
    let part = QueryField.text("part", "The part of the data: test or validation.")
    let index = QueryField.number("index", in: places, "The sample's place in it.")
    return [
      .get(
        "\(base)/examination", "How a session's network classifies a part of its data.",
        commands: "look confusion", query: [part], reply: .json(Examination.self)
      ) { request, context in
        let part = request.uri.queryParameters["part"].map { String($0) }
        return try Reply.json(
          try await source.examination(ofSession: try context.session, part: part))
      },
      .get(
        "\(base)/examination/cases", "The samples behind a cell of the confusion matrix.",
        commands: "look cases",
        query: [
          part, .number("label", in: classes, "The class they have; any without it."),
          .number("predicted", in: classes, "The class they are given; any without it."),
        ], reply: .json([Examination.Case].self)
      ) { request, context in
        try Reply.json(
          try await source.examinedCases(
            ofSession: try context.session, part: try request.text("part"),
            label: try request.number("label", in: classes),
            predicted: try request.number("predicted", in: classes)))
      },
      .get(
        "\(base)/sample", "What a session's network makes of a sample.",
        commands: "look sample", query: [part, index],
        reply: .json(SampleLook.self)
      ) { request, context in
        try Reply.json(
          try await source.sampleLook(
            ofSession: try context.session, part: try request.text("part"),
            index: try request.number("index", in: places) ?? 0))
      },
      .get(
        "\(base)/sample.png", "A picture of what a session's network makes of a sample.",
        query: [
          part, index, .choice("of", ["saliency", "occlusion", "layer"], "What of."),
          .text("layer", "The layer whose outputs to draw."),
        ], reply: .file(["image/png"])
      ) { request, context in
        let picture: SamplePicture
        switch try request.text("of") {
        case "saliency": picture = .saliency
        case "occlusion": picture = .occlusion
        case "layer": picture = .activation(layer: try request.text("layer"))
        default:
          throw DashboardError.invalid("The query's of must be saliency, occlusion or layer.")
        }
        let stack = try await source.samplePicture(
          ofSession: try context.session, part: try request.text("part"),
          index: try request.number("index", in: places) ?? 0, picture)
        // One picture is drawn large, many beside each other.
        let side = stack.count == 1 ? 224 : 56
        let grid = FilterGrid(
          stack, palette: .diverging, scale: max(1, side / max(stack.width, stack.height)), gap: 3)
        return Reply.picture(
          try grid.png(), facts: ["X-Step": "\(stack.step)", "X-Range": "\(grid.range)"])
      },
    ]
  }
}

/// Yes or no in a query.
private enum TruthWord: String, CaseIterable {
  case `true`, `false`
}

extension Request {
  /// A text in the query that has to be there.
  func text(_ name: String) throws -> String {
    guard let text = uri.queryParameters[name[...]], !text.isEmpty, text.utf8.count <= 400 else {
      throw DashboardError.invalid("The query needs its \(name), of at most 400 bytes.")
    }
    return String(text)
  }

  /// Whole numbers in the query, apart by commas.
  func positions(_ name: String, atMost limit: Int) throws -> [Int] {
    let positions = try list(name, atMost: limit).map { Int($0) ?? -1 }
    guard !positions.isEmpty, positions.allSatisfy({ $0 >= 0 }) else {
      throw DashboardError.invalid(
        "The query's \(name) must be 1 to \(limit) whole numbers, apart by commas.")
    }
    return positions
  }

  /// JSON in the query.
  func json(_ name: String) throws -> JSONValue {
    let text = uri.queryParameters[name[...]] ?? ""
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
      throw DashboardError.invalid("The query's \(name) must be JSON.")
    }
    return value
  }
}

extension Reply {
  /// A picture with what has to be said below it.
  static func picture(_ content: Data, facts: [String: String]) -> Response {
    var response = file(content, type: "image/png", cache: "no-store")
    for (header, value) in facts {
      if let name = HTTPField.Name(header) { response.headers[name] = value }
    }
    return response
  }

  /// Samples as one picture, with its size in samples and the numbers that are black and white.
  static func sheet(
    _ stack: ImageStack, range: ClosedRange<Double>?, columns: Int
  ) throws -> Response {
    let sheet = SampleSheet(stack, range: range, columns: columns)
    return picture(
      try sheet.png(),
      facts: [
        "X-Sample-Width": "\(stack.width)", "X-Sample-Height": "\(stack.height)",
        "X-Columns": "\(sheet.width / max(1, stack.width))",
        "X-Lowest": "\(sheet.range.lowerBound)", "X-Highest": "\(sheet.range.upperBound)",
      ])
  }
}
