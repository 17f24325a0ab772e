import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records

/// `lasagne params list`.
struct ListParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the saved weights.")

  @Option(help: "Only those of this model.")
  var model: String?

  @Option(help: "Only those with this tag.")
  var tag: String?

  @Flag(help: "Archived versions too.")
  var archived = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    var records = try common.existing().params.list(model: model)
    for index in records.indices {
      records[index].versions.removeAll { version in
        (version.archivedAt != nil && !archived) || tag.map { !version.tags.contains($0) } ?? false
      }
    }
    records.removeAll(where: \.versions.isEmpty)
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put("No params yet; each session saves its weights when it ends.")
      return
    }
    put(Displayer.params(records))
  }
}

/// `lasagne params tree [MODEL]`.
struct TreeParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tree", abstract: "Draw what was made from what.")

  @Argument(help: "The name of a model; without it, all.")
  var model: String?

  @Flag(help: "Archived versions too.")
  var archived = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let records = try workspace.params.list()
    let models = Set(records.map(\.model)).sorted()
    if let model, !models.contains(model) {
      throw EngineError.unknown("model with params called", model, among: models)
    }
    for name in model.map({ [$0] }) ?? models {
      let tree = ParamsTree(model: name, records: records, includesArchived: archived)
      if common.json {
        try common.putJSON(tree)
        continue
      }
      if model == nil { put(Terminal.standard.bold(name)) }
      for line in tree.lines(label: ParamsText.line) { put(line) }
    }
    if models.isEmpty, !common.json {
      put("No params yet; each session saves its weights when it ends.")
    }
  }
}

/// `lasagne params show MODEL NAME[@VERSION]`.
struct ShowParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a version of saved weights.")

  @OptionGroup var reference: ParamsArguments
  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let found = try Params.find(reference.params, model: reference.model, in: workspace)
    let version = found.version
    if common.json {
      try common.putJSON(version)
      return
    }
    let marks = Displayer.marks(of: version).map { "  " + $0 }.joined()
    put(Terminal.standard.bold("\(found.model) \(found.reference)") + marks)
    put("SHA-256 \(version.sha256), \(NumberText.bytes(version.byteCount))")
    if let parent = found.parent {
      let step = version.branchStep.map { ", at its step \(NumberText.grouped($0))" } ?? ""
      put("made from \(parent)\(step)")
    }
    if let session = version.session {
      put("session \(session), step \(version.step.map(NumberText.grouped) ?? "unknown")")
    }
    if let mixture = version.mixture {
      let parts = mixture.sources.map { "\($0.weight) × \($0.reference)" }
      put("\(mixture.method.rawValue): \(parts.joined(separator: " + "))")
    }
    if !version.notes.isEmpty { put(version.notes) }
    let rows = version.metrics.sorted { $0.key < $1.key }.map { key, value in
      [key, metric(value, key)]
    }
    guard !rows.isEmpty else { return }
    put("")
    put(TextTable([("metric", .left), ("value", .right)], rows: rows))
  }
}

/// `lasagne params diff MODEL A B`.
struct DiffParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two versions tensor by tensor.")

  @OptionGroup var reference: ParamsArguments

  @Argument(help: "The other version, as the first is named.")
  var other: String

  @Option(help: "The model of the other version; by default the same.")
  var otherModel: String?

  @Option(help: "The bins of each histogram of changes.")
  var bins = 24

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let first = try Params.find(reference.params, model: reference.model, in: workspace)
    let second = try Params.find(other, model: otherModel ?? reference.model, in: workspace)
    let diff = try first.difference(to: second, binCount: bins)
    if common.json {
      try common.putJSON(diff)
      return
    }
    put(Terminal.standard.bold("\(diff.from) → \(diff.to)"))
    put(
      TextTable(
        [
          ("tensor", .left), ("shape", .left), ("norm", .right), ("other", .right),
          ("change", .right), ("relative", .right), ("cosine", .right), ("largest", .right),
          ("at", .left), ("changes", .left),
        ],
        rows: diff.tensors.map { tensor in
          [
            tensor.name, Displayer.shapeText(tensor.shape), number(tensor.norm),
            number(tensor.otherNorm), number(tensor.differenceNorm), number(tensor.relativeChange),
            number(tensor.cosine), number(tensor.largestChange),
            tensor.largestChangeIndex.map(String.init).joined(separator: ","),
            Self.bars(tensor.histogram),
          ]
        }))
    for name in diff.onlyInFrom { put("only in \(diff.from): \(name)") }
    for name in diff.onlyInTo { put("only in \(diff.to): \(name)") }
    for entry in diff.reshaped {
      put(
        "\(entry.name): \(Displayer.shapeText(entry.shape)) → \(Displayer.shapeText(entry.otherShape))"
      )
    }
  }

  private func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.4g", value) : "\(value)"
  }

  /// A histogram as one character a bin.
  private static func bars(_ histogram: Histogram) -> String {
    let levels = Array(" ▁▂▃▄▅▆▇█")
    let most = max(1, histogram.counts.max() ?? 1)
    return String(
      histogram.counts.map { count in
        count == 0 ? levels[0] : levels[1 + (count * 7) / most]
      })
  }
}
