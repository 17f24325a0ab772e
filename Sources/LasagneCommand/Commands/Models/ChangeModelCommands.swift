import ArgumentParser
import LasagneEngine
import Storage

/// `lasagne models rename NAME NEW`.
struct RenameModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a model another name, and its params with it; the old name still finds it.")

  @Argument(help: "The name of a model.")
  var name: String

  @Argument(help: "The new name.")
  var newName: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    try workspace.models.rename(name, to: newName)
    try common.tellRenamed(name, newName, Model.load(newName, from: workspace).summary)
  }
}

/// `lasagne models remove NAME`.
struct RemoveModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Put a model into the trash; its params stay.")

  @Argument(help: "The name of a model.")
  var model: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.existing().models.remove(model)
    try common.tellRemoved(model, undo: "lasagne models undo")
  }
}
