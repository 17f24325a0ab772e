import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records

/// `lasagne params …`: the saved weights of a workspace.
struct ParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "params", abstract: "List saved weights, show a version, write it to a file.",
    subcommands: [ListParamsCommand.self, ShowParamsCommand.self, ExportParamsCommand.self],
    defaultSubcommand: ListParamsCommand.self)
}

/// `lasagne params list`.
struct ListParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the saved weights.")

  @Option(help: "Only those of this model.")
  var model: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let records = try common.existing().params.list(model: model)
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put("No params yet; each session saves its weights when it ends.")
      return
    }
    put(ParamsTable.table(records.flatMap { record in record.versions.map { (record, $0) } }))
  }
}

/// `lasagne params show MODEL NAME[@VERSION]`.
struct ShowParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a version of saved weights.")

  @Argument(help: "The name of a model.")
  var model: String

  @Argument(help: "The name of the params, with @version for another than the newest.")
  var params: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let found = try Params.find(params, model: model, in: workspace)
    if common.json {
      try common.putJSON(found.version)
      return
    }
    put(Terminal.standard.bold("\(model) \(found.reference)"))
    put("SHA-256 \(found.version.sha256), \(NumberText.bytes(found.version.byteCount))")
    if let parent = found.parent { put("made from \(parent)") }
    if let session = found.version.session {
      put("session \(session), step \(found.version.step.map(NumberText.grouped) ?? "unknown")")
    }
    let rows = found.version.metrics.sorted { $0.key < $1.key }.map { key, value in
      [key, metric(value, key)]
    }
    guard !rows.isEmpty else { return }
    put("")
    put(TextTable([("metric", .left), ("value", .right)], rows: rows))
  }
}

/// `lasagne params export MODEL NAME FILE`.
struct ExportParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write weights to an .npz or .safetensors file.")

  @Argument(help: "The name of a model.")
  var model: String

  @Argument(help: "The name of the params, with @version for another than the newest.")
  var params: String

  @Argument(help: "The file to write: .npz (Lasagne's order) or .safetensors (by name).")
  var file: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let found = try Params.find(params, model: model.name, in: workspace)
    try WeightFile.write(
      try found.load(for: model.network), of: model.network, metadata: ["model": model.name],
      to: URL(fileURLWithPath: file))
    if common.json {
      try common.putJSON(["file": URL(fileURLWithPath: file).path])
    } else {
      put("Wrote \(found.reference) to \(file).")
    }
  }
}

/// The table of versions.
enum ParamsTable {
  static func table(_ versions: [(record: ParamsRecord, version: ParamsVersion)]) -> TextTable {
    TextTable(
      [
        ("params", .left), ("model", .left), ("step", .right), ("accuracy", .right),
        ("size", .right), ("made from", .left), ("session", .left),
      ],
      rows: versions.map { record, version in
        let accuracy = version.metrics["test/accuracy"] ?? version.metrics["valid/accuracy"]
        return [
          "\(record.name)@\(version.version)", record.model,
          version.step.map(NumberText.grouped) ?? "",
          accuracy.map(NumberText.percentage) ?? "", NumberText.bytes(version.byteCount),
          version.parent ?? "", version.session ?? "",
        ]
      })
  }
}
