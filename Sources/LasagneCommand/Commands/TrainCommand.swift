import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne train MODEL DATA`.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on data, and watch it learn.",
    discussion: """
      The session runs in a process of its own. Where an engine has the workspace open (lasagne \
      serve), it is handed to that one. Control-C once ends it in good order: with a checkpoint and \
      its weights saved; twice leaves it alone.
      """)

  @Argument(help: "A model file, or the name of a model.")
  var model: String

  @Argument(help: "The name of a data set in the workspace.")
  var data: String

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(help: "What to call the session.")
  var name: String?

  @Option(help: ArgumentHelp("Weights to start from: params of the model.", valueName: "name[@v]"))
  var params: String?

  @Option(help: "The name under which the weights are saved; by default the session's name.")
  var save: String?

  @Option(help: "Where to compute: cpu, cuda:0, ….")
  var device = "cpu"

  @Option(help: "Threads on the CPU; by default what is free.")
  var threads: Int?

  @Flag(help: "Write TensorBoard event files too.")
  var tensorboard = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let recipe = try recipe.json()
    let workspace = try common.openOrCreate()
    let model = try ModelReference(text: model).registered(in: workspace)
    let request = StartRequest(
      name: name, model: model.name, data: data, startParams: params, saveParams: save,
      recipe: recipe, device: device, threads: threads, writesTensorBoard: tensorboard)
    if let client = try EngineClient(workspace: workspace.url) {
      let record = try client.start(request)
      try await follow(record, workspace) { action in
        _ = try? client.control(record.request.id, action, origin: "command line")
      }
      return
    }
    let engine = try Engine(workspace, purpose: "train")
    await engine.run()
    let socket = try EngineSocket(engine)
    defer { socket.close() }
    let record = try await engine.start(request)
    try await follow(record, workspace) { action in
      _ = try? await engine.control(record.request.id, action, origin: "command line")
    } current: {
      try? await engine.session(record.request.id)
    }
    await engine.close()
  }

  private func follow(
    _ record: SessionRecord, _ workspace: Workspace, control: (ControlAction) async -> Void,
    current: () async -> SessionRecord? = { nil }
  ) async throws {
    var display = SessionDisplay(record, isJSON: common.json, terminal: .standard)
    let end = try await display.follow(
      try workspace.session(record.request.id), control: control, current: current)
    switch end.state {
    case .failed, .crashed:
      throw Ending(code: 1, sentence: end.message ?? "The session \(end.state.rawValue).")
    default: break
    }
  }
}
