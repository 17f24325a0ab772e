import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage
import Tensors
import Training

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

  @OptionGroup var options: TrainOptions

  func run() async throws {
    let workspace = try options.common.existing()
    let request = try options.request(in: workspace)
    let link = try await EngineLink.open(workspace, purpose: "train")
    let record: SessionRecord
    do {
      record = try await link.start(request)
    } catch {
      await link.close()
      throw error
    }
    try await SessionDisplay.follow(
      record, in: workspace, through: link, isJSON: options.common.json)
  }
}

/// `lasagne session start MODEL DATA`.
struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Hand a session to the engine that has the workspace open, and leave it there.",
    discussion: "Without a running engine this one stays until the session is over, as 'train'.")

  @OptionGroup var options: TrainOptions

  func run() async throws {
    let workspace = try options.common.existing()
    let request = try options.request(in: workspace)
    let link = try await EngineLink.open(workspace, purpose: "train")
    try await NewSession.show(through: link, in: workspace, options.common) {
      try await link.start(request)
    }
  }
}

/// What to train, on what, and how.
struct TrainOptions: ParsableArguments {
  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The name of a data set in the workspace.")
  var data: String

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(help: "What to call the session.")
  var name: String?

  @Option(help: ArgumentHelp("Weights to start from: params of the model.", valueName: "name[@v]"))
  var params: String?

  @OptionGroup(title: "Weights that fit in part") var partial: PartialOptions

  @Option(help: "The name under which the weights are saved; by default the session's name.")
  var save: String?

  @Option(help: "Where to compute: cpu, cuda:0, ….")
  var device = "cpu"

  @Option(parsing: .unconditional, help: "Threads on the CPU; by default what is free.")
  var threads: Int?

  @Flag(help: "Write TensorBoard event files too.")
  var tensorboard = false

  @Option(parsing: .unconditional, help: "Who begins first of those that wait; larger first.")
  var priority: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let threads { try AtLeast.one(threads, "--threads") }
    if partial.start != nil, params == nil {
      throw ValidationError(
        "A part of weights is asked for, but none are named; name them by --params.")
    }
  }

  /// The request for an engine; the model is registered.
  func request(in workspace: Workspace) throws -> StartRequest {
    let recipe = try recipe.json()
    let reference = ModelReference(text: model)
    // A request that cannot be carried out must leave no model behind.
    try TrainingData(data, in: workspace)
      .check(against: reference.model(in: workspace).network, recipe: Recipe(json: recipe))
    _ = try Backend.libraryPath()
    let model = try reference.registered(in: workspace)
    var request = StartRequest(
      name: name, model: model.name, data: data, startParams: params, saveParams: save,
      recipe: recipe, device: device, threads: threads, writesTensorBoard: tensorboard,
      priority: priority)
    request.partial = partial.start
    return request
  }
}
