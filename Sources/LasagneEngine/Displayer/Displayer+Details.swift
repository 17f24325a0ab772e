import Displays
import Foundation
import Lasagne
import Records
import Training

extension Displayer {
  /// All that is to be said of one session, without its curves: what it trains and how, how far it
  /// is, what was measured last.
  public static func details(of record: SessionRecord) -> String {
    details(of: record, withMetrics: true)
  }

  /// The same, with or without what was measured last.
  public static func details(of record: SessionRecord, withMetrics: Bool) -> String {
    let request = record.request
    var lines = ["\(request.name)  \(record.state.rawValue)  \(request.id)"]
    if let message = record.message { lines.append("  \(message)") }
    let rows = [
      ("model", "\(request.model) on \(request.data)"), ("recipe", recipeText(request.recipe)),
      ("progress", progress(of: record)), ("device", device(of: record)),
      ("params", params(of: request)), ("origin", origin(of: request)),
      ("weights", request.loaded.map { "from \($0.source): \($0.counts)" } ?? ""),
      ("newest", withMetrics ? newest(of: record) : ""),
    ]
    for (title, text) in rows where !text.isEmpty {
      lines.append("  " + title.padding(toLength: 10, withPad: " ", startingAt: 0) + text)
    }
    return lines.map(printable).joined(separator: "\n")
  }

  /// What decides most about a recipe: `adam, learning rate 0.001, batches of 64`.
  private static func recipeText(_ json: JSONValue) -> String {
    guard let recipe = try? Recipe(json: json) else { return "" }
    let objectives = recipe.objectives?.sorted { $0.key < $1.key }
      .map { "\($0.value.objective.name) of \($0.key)" }
    return [
      recipe.update.name, "learning rate \(NumberText.value(recipe.learningRate))",
      "batches of \(recipe.batchSize)",
      objectives?.joined(separator: " and ") ?? recipe.objective.name, "seed \(recipe.seed)",
    ].joined(separator: ", ")
  }

  private static func progress(of record: SessionRecord) -> String {
    var parts = ["step \(NumberText.grouped(record.step))"]
    if record.totalSteps > 0 { parts[0] += " of \(NumberText.grouped(record.totalSteps))" }
    parts.append("epoch \(NumberText.value(record.epoch)) of \(record.epochs)")
    if record.attempt > 1 { parts.append("attempt \(record.attempt)") }
    if let step = record.checkpointStep {
      parts.append("checkpoint at step \(NumberText.grouped(step))")
    }
    if let start = record.startedAt {
      parts.append(
        NumberText.duration((record.endedAt ?? Date().timeIntervalSince1970) - start))
    }
    return parts.joined(separator: ", ")
  }

  private static func device(of record: SessionRecord) -> String {
    let request = record.request
    var parts = [request.device]
    if request.device == "cpu" {
      let threads = record.threads ?? request.threads
      parts.append("\(threads) \(threads == 1 ? "thread" : "threads")")
    }
    if let bytes = record.memoryBytes { parts.append("\(NumberText.bytes(bytes)) taken") }
    if let memory = request.memory { parts.append("\(NumberText.bytes(memory.total)) expected") }
    if let process = record.process { parts.append("process \(process)") }
    if let place = record.queuePlace { parts.append("place \(place) in the queue") }
    return parts.joined(separator: ", ")
  }

  private static func params(of request: SessionRequest) -> String {
    let start = request.startParams.map { "from \($0)" }
    return [start, "saved as \(request.saveParams)"].compactMap(\.self).joined(separator: ", ")
  }

  private static func origin(of request: SessionRequest) -> String {
    if let origin = request.origin {
      return "branched from \(origin.session.prefix(8)) at step \(NumberText.grouped(origin.step))"
    }
    return request.reproduces.map { "plays \($0.prefix(8)) again" } ?? ""
  }

  private static func newest(of record: SessionRecord) -> String {
    record.latest.filter { !MetricPoints.isOfPart($0.key) }.sorted { $0.key < $1.key }
      .map { key, value in
        let isShare = key.lowercased().hasSuffix("accuracy")
        return "\(key) \(isShare ? NumberText.percentage(value) : NumberText.value(value))"
      }.joined(separator: "  ")
  }
}
