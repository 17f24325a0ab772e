import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage

/// `lasagne models diff A B`.
struct DiffModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two models layer by layer.")

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The other model, named in the same way.")
  var other: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Draw both in one picture: an .svg file.", valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try? common.existing()
    let first = try ModelReference(text: model).model(in: workspace).network
    let second = try ModelReference(text: other).model(in: workspace).network
    let difference = second.difference(from: first)
    if let output { try draw(difference, first, second, into: output) }
    if common.json { return try common.putJSON(difference) }
    put(Terminal.standard.bold("\(difference.from) → \(difference.to)"))
    if difference.isEmpty { return put("The two are the same, layer by layer.") }
    put(TextTable([("", .left), ("layer", .left), ("what", .left)], rows: rows(difference)))
    let (from, to) = (difference.parametersFrom, difference.parametersTo)
    if from != to {
      put("")
      put("\(NumberText.grouped(from)) parameters → \(NumberText.grouped(to))")
    }
  }

  private func rows(_ difference: NetworkDifference) -> [[String]] {
    difference.removed.map { ["-", $0.layer, [$0.type, $0.detail].joined(separator: "  ")] }
      + difference.added.map { ["+", $0.layer, [$0.type, $0.detail].joined(separator: "  ")] }
      + difference.changed.flatMap { change -> [[String]] in
        let name = change.formerName.map { "\($0) → \(change.layer)" } ?? change.layer
        let texts =
          change.fields.isEmpty
          ? ["another name"] : change.fields.map { "\($0.field)  \($0.from) → \($0.to)" }
        return texts.enumerated().map { [$0 == 0 ? "~" : "", $0 == 0 ? name : "", $1] }
      } + difference.fields.map { ["~", "", "\($0.field)  \($0.from) → \($0.to)"] }
  }

  private func draw(
    _ difference: NetworkDifference, _ first: Network, _ second: Network, into output: String
  ) throws {
    let target = URL(fileURLWithPath: output)
    guard target.pathExtension.lowercased() == "svg" else {
      throw EngineError(
        .invalid, "The file '\(output)' is no picture that can be drawn; end it in .svg.")
    }
    try NewFile.checkFolder(of: target)
    let drawing = NetworkDrawing(difference, from: first.summary(), to: second.summary())
    try AtomicFile.write(Data(drawing.svg.utf8), to: target, replacing: true)
  }
}
