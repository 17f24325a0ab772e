import ArgumentParser
import Displays
import Lasagne
import LasagneEngine
import Records

/// `lasagne models …`: the models of a workspace.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models of the workspace, add, show, compare, rename and remove them.",
    subcommands: [
      ListModelsCommand.self, AddModelCommand.self, ShowModelCommand.self, DiffModelsCommand.self,
      RenameModelCommand.self, RemoveModelCommand.self, UndoModelsCommand.self,
    ],
    defaultSubcommand: ListModelsCommand.self)
}

/// `lasagne models list`.
struct ListModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try? common.existing()
    if workspace == nil && LaboratoryContent.modelNames.isEmpty { _ = try common.existing() }
    let own = LaboratoryContent.modelNames
    let names = own + (workspace?.models.names() ?? []).filter { !own.contains($0) }
    let params = try workspace?.params.list() ?? []
    var models: [(name: String, summary: NetworkSummary)] = []
    for name in names {
      do {
        let summary = try ModelReference(text: name).model(in: workspace).summary
        if common.json { try common.putJSON(summary) }
        models.append((name, summary))
      } catch {
        // One model that cannot be read must not hide the others.
        complain("lasagne: the model '\(name)' cannot be read: \(error)")
      }
    }
    guard !common.json else { return }
    if models.isEmpty {
      put("No models yet; 'lasagne models add FILE' or 'lasagne train FILE DATA' adds one.")
    } else {
      put(Displayer.models(models, params: params))
    }
  }
}

/// `lasagne models add FILE`.
struct AddModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Keep a model file in the workspace.")

  @Argument(help: "A model file.")
  var model: String

  @Option(help: "What to call it; by default the network's name.")
  var name: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.openOrCreate()
    let found = try ModelReference(text: model).model(in: workspace)
    let saved = try Model.save(found.network, as: name ?? found.name, in: workspace)
    if common.json {
      try common.putJSON(saved.summary)
    } else {
      put(
        "Kept \(saved.name): \(saved.network.layers.count) layers, "
          + "\(NumberText.grouped(saved.network.parameterCount)) parameters.")
    }
  }
}

/// `lasagne models show NAME`.
struct ShowModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a model's file.")

  @Argument(help: "The name of a model, or a model file.")
  var model: String

  @Flag(help: "Print the Swift code that builds it instead.")
  var swift = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let found = try ModelReference(text: model).model(in: try? common.existing())
    if swift {
      let code = try found.network.swiftCode()
      if common.json {
        try common.putJSON(["model": found.name, "swift": code])
      } else {
        put(code, terminator: "")
      }
    } else if common.json {
      try common.putJSON(found.summary)
    } else {
      put(try found.network.modelFile(), terminator: "")
    }
  }
}
