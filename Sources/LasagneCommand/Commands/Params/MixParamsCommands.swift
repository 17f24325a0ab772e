import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records

extension ParamsMixture.Method: ExpressibleByArgument {}

/// `lasagne params average MODEL VERSION… --as NAME`.
struct AverageParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average", abstract: "Keep the average of versions as a new version.",
    discussion: """
      With one bare name its versions are averaged, from --from on, every --every-th; archived ones \
      are left out.
      """)

  @Argument(help: "The name of a model.")
  var model: String

  @Argument(help: "The versions, as NAME@VERSION, oldest first; or one bare name.")
  var versions: [String]

  @Option(name: .customLong("as"), help: "What the result is a new version of.")
  var name: String

  @Option(help: "mean, swa or ema.")
  var method = ParamsMixture.Method.mean

  @Option(help: "How much of the average stays at each version, for ema.")
  var decay = 0.9

  @Option(help: "The first version, with a bare name.")
  var from = 1

  @Option(help: "Every how many versions one counts, with a bare name.")
  var every = 1

  @Option(help: "What to remember about it.")
  var notes = ""

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let isBareName = versions.count == 1 && !versions[0].contains("@")
    let references =
      isBareName
      ? try Params.versions(
        of: versions[0], model: model.name, from: from, every: every, in: workspace) : versions
    let made = try Params.average(
      references, of: model, method: method, decay: decay, as: name, in: workspace, notes: notes)
    try common.tell(made, "the \(method.rawValue) of \(references.joined(separator: ", "))")
  }
}

/// `lasagne params interpolate MODEL A B --fraction T --as NAME`.
struct InterpolateParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Keep a point on the line between two versions as a new version.")

  @OptionGroup var reference: ParamsArguments

  @Argument(help: "The other version, as the first is named.")
  var other: String

  @Option(help: "0 is the first, 1 the other; beyond them is allowed.")
  var fraction = 0.5

  @Option(name: .customLong("as"), help: "What the result is a new version of.")
  var name: String

  @Option(help: "What to remember about it.")
  var notes = ""

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: reference.model).model(in: workspace)
    let made = try Params.interpolate(
      from: reference.params, to: other, fraction: fraction, of: model, as: name, in: workspace,
      notes: notes)
    try common.tell(made, "\(fraction) of the way from \(reference.params) to \(other)")
  }
}

/// `lasagne params load-report MODEL SOURCE`.
struct LoadParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load-report",
    abstract: "Show what of some weights fits a model, and keep it with --as.",
    discussion: """
      SOURCE is a .safetensors or .npz file, or params as NAME or NAME@VERSION (of another model \
      with --source-model). Patterns know * and ?. What is not loaded is drawn by the initializers.
      """)

  @Argument(help: "The model to load into.")
  var model: String

  @Argument(help: "A file, or params.")
  var source: String

  @Option(help: "The model of the params, where it is another one.")
  var sourceModel: String?

  @Option(help: "Load only parameters that fit this pattern; may be given several times.")
  var only: [String] = []

  @Option(help: "Leave out parameters that fit this pattern; may be given several times.")
  var except: [String] = []

  @Option(help: "Another name for tensors, FILE=NETWORK, as backbone.*=encoder.*.")
  var map: [String] = []

  @Option(name: .customLong("as"), help: "Keep the result as a new version of this name.")
  var name: String?

  @Option(help: "Decides what is drawn for parameters that were not loaded.")
  var seed: UInt64 = 1

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let matching = ParamsMatching(
      only: only, except: except, renamings: try map.map { try ParamsMatching.Renaming($0) })
    let isFile = ["safetensors", "npz"].contains(URL(fileURLWithPath: source).pathExtension)
    let params =
      isFile
      ? nil : try Params.find(source, model: sourceModel ?? model.name, in: workspace)
    let part =
      try params?.loadPart(for: model.network, matching: matching)
      ?? WeightFile.readPart(
        URL(fileURLWithPath: source), for: model.network, matching: matching)
    var made: Params?
    if let name {
      let parent = params.flatMap { $0.model == model.name ? $0.reference : nil }
      made = try Params.save(
        part.completed(for: model.network, seed: seed), of: model, as: name, in: workspace,
        origin: .init(
          parent: parent,
          notes: "\(part.report.loaded.count) parameters from \(part.report.source)"))
    }
    if common.json {
      try common.putJSON(part.report)
    } else {
      Self.show(part.report)
      if let made { put("Kept as \(made.model) \(made.reference).") }
    }
  }

  private static func show(_ report: LoadReport) {
    let rows =
      report.loaded.map { ["loaded", $0.parameter, $0.tensor, ""] }
      + report.mismatched.map {
        let shapes = "\(Displayer.shapeText($0.found)), needs \(Displayer.shapeText($0.expected))"
        return ["other shape", $0.parameter, $0.tensor, shapes]
      }
      + report.missing.map { ["missing", $0, "", ""] }
      + report.skipped.map { ["left out", $0, "", ""] }
      + report.unexpected.map { ["unexpected", "", $0, ""] }
    put(
      TextTable(
        [("", .left), ("parameter", .left), ("tensor", .left), ("shape", .left)], rows: rows))
    put(
      "\(report.loaded.count) loaded, \(report.mismatched.count) of another shape, "
        + "\(report.missing.count) missing, \(report.unexpected.count) unexpected.")
  }
}

/// `lasagne params export MODEL NAME FILE`.
struct ExportParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write weights to an .npz or .safetensors file.")

  @OptionGroup var reference: ParamsArguments

  @Argument(help: "The file to write: .npz (Lasagne's order) or .safetensors (by name).")
  var file: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: reference.model).model(in: workspace)
    let found = try Params.find(reference.params, model: model.name, in: workspace)
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

extension CommonOptions {
  /// Says what was kept.
  fileprivate func tell(_ params: Params, _ origin: String) throws {
    if json {
      try putJSON(params.version)
    } else {
      put("Kept \(params.model) \(params.reference): \(origin).")
    }
  }
}
