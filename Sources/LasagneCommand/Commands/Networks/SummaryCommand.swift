import ArgumentParser
import Displays
import LasagneEngine

/// `lasagne summary MODEL`: the table of layers.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print a model's layers with their shapes and parameters.")

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let model = try ModelReference(text: model).model(in: try? common.existing())
    if common.json {
      try common.putJSON(model.summary)
    } else {
      put(Terminal.standard.bold(model.name))
      put("\(NetworkTable(model.summary))")
    }
  }
}
