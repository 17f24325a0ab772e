import ArgumentParser
import Displays
import LasagneEngine
import Records

/// `lasagne params …`: the saved weights of a workspace.
struct ParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "params",
    abstract: "Look at saved weights, compare and mix them, keep order among them.",
    subcommands: [
      ListParamsCommand.self, TreeParamsCommand.self, ShowParamsCommand.self,
      DiffParamsCommand.self, AverageParamsCommand.self, InterpolateParamsCommand.self,
      LoadParamsCommand.self, ExportParamsCommand.self, NoteParamsCommand.self,
      RenameParamsCommand.self, ArchiveParamsCommand.self, RestoreParamsCommand.self,
      DeleteParamsCommand.self, RetainParamsCommand.self, UndoParamsCommand.self,
      TrashCommand.self,
    ],
    defaultSubcommand: ListParamsCommand.self)
}

/// The two arguments that name saved weights.
struct ParamsArguments: ParsableArguments {
  @Argument(help: "The name of a model.")
  var model: String

  @Argument(help: "The name of the params, with @version for one version.")
  var params: String
}

/// What is said of a version of saved weights.
enum ParamsText {
  /// What is said of a version in one line of a tree.
  static func line(_ node: ParamsTree.Node) -> String {
    let version = node.version
    var parts = [node.reference]
    if let step = version.step { parts.append("step \(NumberText.grouped(step))") }
    if let accuracy = Displayer.accuracy(of: version) {
      parts.append(NumberText.percentage(accuracy))
    }
    if let mixture = version.mixture {
      parts.append("\(mixture.method.rawValue) of \(mixture.sources.count)")
    }
    if let lost = node.lostParent { parts.append("made from \(lost), which is gone") }
    parts += Displayer.marks(of: version)
    return parts.joined(separator: "  ")
  }
}
