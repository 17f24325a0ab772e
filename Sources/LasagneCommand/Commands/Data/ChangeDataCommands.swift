import ArgumentParser
import LasagneEngine
import Storage

/// `lasagne data rename NAME NEW`.
struct RenameDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a data set another name.")

  @Argument(help: "The name of a data set.")
  var name: String

  @Argument(help: "The new name.")
  var newName: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    try workspace.data.rename(name, to: newName)
    try common.tellRenamed(name, newName, workspace.data.record(newName))
  }
}

/// `lasagne data remove NAME`.
struct RemoveDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Put a data set into the trash.")

  @Argument(help: "The name of a data set.")
  var name: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.existing().data.remove(name)
    try common.tellRemoved(name, undo: "lasagne data undo")
  }
}
