import ArgumentParser
import Displays
import Foundation
import LasagneEngine

/// `lasagne summary MODEL`: the table of layers.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print a model's layers with their shapes and parameters.")

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Flag(help: "Print how much of the input each layer sees instead, and its capacity.")
  var capacity = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the drawn network (.svg).", valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func validate() throws { try PictureOutput.check(output, kinds: ["svg"]) }

  func run() throws {
    let model = try ModelReference(text: model).model(in: try? common.existing())
    if let output {
      let drawing = NetworkDrawing(model.summary).svg
      try PictureOutput.write(Data(drawing.utf8), to: output, common)
    } else if common.json {
      if capacity {
        try common.putJSON(model.network.capacity())
      } else {
        try common.putJSON(model.summary)
      }
    } else {
      put(Terminal.standard.bold(model.name))
      put(
        capacity ? "\(CapacityTable(model.network.capacity()))" : "\(NetworkTable(model.summary))")
    }
  }
}
