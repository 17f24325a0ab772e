import ArgumentParser
import LasagneEngine
import Storage

/// `lasagne models remove NAME`.
struct RemoveModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Put a model into the trash; its params stay.")

  @Argument(help: "The name of a model.")
  var model: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.existing().models.remove(model)
    if common.json {
      try common.putJSON(["removed": model])
    } else {
      put("Removed \(model); 'lasagne models undo' brings it back.")
    }
  }
}
