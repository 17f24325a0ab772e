import Displays
import Foundation
import Hummingbird
import Lasagne
import LasagneEngine
import Records
import Training

/// A network to look at: as a text that somebody writes, or one that is there already.
struct NetworkQuestion: Decodable {
  /// The model file: YAML or JSON.
  let text: String?
  /// Instead of a text: the name of a model, or of a ready network (`zoo:lenet`).
  let model: String?
  /// The arguments of a ready network, as `lasagne zoo write` takes them.
  let arguments: [String: String]?
  /// A model or a ready network that it is compared with.
  let against: String?
  /// The batch for which memory is estimated.
  let batchSize: Int?
}

/// A ready network as the page offers it.
struct ZooDescription: Codable {
  /// The name of the network.
  let name: String
  /// What it is, in one line.
  let summary: String
  /// What can be chosen.
  let arguments: [Argument]

  /// One argument.
  struct Argument: Codable {
    /// Its name.
    let name: String
    /// The value where none is given.
    let standard: String
    /// What it decides.
    let help: String
  }

  init(_ entry: ZooEntry) {
    name = entry.name
    summary = entry.summary
    arguments = entry.arguments.map {
      Argument(name: $0.name, standard: $0.defaultText, help: $0.help)
    }
  }
}

extension Routes {
  /// Beyond so many layers no picture is made: nobody could look at it.
  private static let mostDrawnLayers = 1_500

  /// What the editor of networks asks; nothing of it changes anything.
  var editorRoutes: [Route] {
    let source = source
    return [
      .get(
        "/api/v1/layers", "The layers a network can be made of, with their settings.",
        reply: .json([LayerDescription].self)
      ) { _, _ in try Reply.json(LayerRegistry.shared.descriptions) },
      .get(
        "/api/v1/zoo", "The ready networks with their arguments.", commands: "zoo list",
        reply: .json([ZooDescription].self)
      ) { _, _ in try Reply.json(Zoo.entries.map(ZooDescription.init)) },
      .question(
        "/api/v1/networks/check",
        "Shapes, parameters, memory and mistakes of a network that is being written.",
        body: NetworkQuestion.self, reply: .json(NetworkCheck.self)
      ) { request, context in
        let asked = try await request.record(NetworkQuestion.self, upTo: context.maxUploadSize)
        return try Reply.json(try translated { try check(asked) })
      },
      .get(
        "/api/v1/models/{name}/diff", "How two models differ, layer by layer.",
        commands: "models diff",
        query: [.text("with", "The other model: its name, or `zoo:` and that of a ready network.")],
        reply: .json(NetworkDifference.self)
      ) { request, context in
        let name = try context.name("name")
        guard let other = request.uri.queryParameters["with"].map(String.init) else {
          throw DashboardError.invalid("The address needs the other model: ?with=name.")
        }
        return try Reply.json(
          try translated {
            let first = try Model.load(name, from: try source.workspace()).network
            return try network(other).difference(from: first)
          })
      },
    ]
  }

  /// A network by the name of a model, or of a ready network.
  private func network(
    _ name: String, arguments: [String: String] = [:]
  ) throws -> Network {
    if name.hasPrefix("zoo:") {
      do {
        return try Zoo.entry(String(name.dropFirst(4))).network(arguments)
      } catch {
        throw DashboardError.invalid(error.description)
      }
    }
    guard !name.isEmpty, name.utf8.count <= 90, name.first != ".",
      name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
    else { throw DashboardError.notFound("There is nothing of this name.") }
    return try Model.load(name, from: try source.workspace()).network
  }

  private func check(_ asked: NetworkQuestion) throws -> NetworkCheck {
    let batchSize = asked.batchSize ?? 128
    guard (1...1_000_000).contains(batchSize) else {
      throw DashboardError.invalid("The body's field 'batchSize' must be 1 to 1000000.")
    }
    let draft: NetworkDraft
    switch (asked.text, asked.model) {
    case (let text?, nil): draft = NetworkDraft(text)
    case (nil, let model?):
      draft = NetworkDraft(try network(model, arguments: asked.arguments ?? [:]))
    default:
      throw DashboardError.invalid(
        "The body needs either the field 'text' or the field 'model', and not both.")
    }
    let origin = try asked.against.map { try network($0) }
    var check = NetworkCheck(
      summary: draft.summary, problems: draft.problems, waiting: draft.waiting,
      modelFile: draft.modelFile, document: draft.document)
    if let network = draft.network {
      check.swiftCode = try? network.swiftCode()
      check.memory = MemoryEstimate(network, recipe: Recipe(batchSize: batchSize), dataBytes: 0)
      check.difference = origin.map { network.difference(from: $0) }
    }
    guard (1...Self.mostDrawnLayers).contains(draft.summary.layers.count) else { return check }
    if let difference = check.difference, let origin {
      check.picture = NetworkDrawing(difference, from: origin.summary(), to: draft.summary).svg
    } else {
      let wrong = draft.problems.compactMap(\.layer).map { ($0, "wrong") }
      check.picture =
        NetworkDrawing(
          draft.summary,
          marks: Dictionary(
            wrong + draft.waiting.map { ($0, "waiting") }, uniquingKeysWith: { first, _ in first })
        ).svg
    }
    return check
  }
}
