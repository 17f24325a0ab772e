import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage
import Training

/// `lasagne search …`: try many values, keep what is best.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Try many recipes and networks as sessions on the queue, and show the best.",
    subcommands: [
      StartSearchCommand.self, ListSearchesCommand.self, ShowSearchCommand.self,
      StopSearchCommand.self, ResumeSearchCommand.self,
    ])
}

/// `lasagne search start NAME MODEL DATA`.
struct StartSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Start a search: a session for each combination of values.",
    discussion: """
      What is tried is given by --over, once for each field of the recipe (learningRate, \
      update.adam.beta1, momentum), argument of a ready network (units of zoo:lenet) or setting of a \
      layer (dense1.numUnits):

        --over batchSize=32,64,128             one of these
        --over 'hidden=[[100],[50,50]]'        one of these, as JSON
        --over dropout=0..0.8                  any number between them
        --over learningRate=log:0.0001..0.1    any number, evenly by its logarithm
        --over dense1.numUnits=int:16..256     any whole number (intlog: evenly by its logarithm)
        --over learningRate=log:0.0001..0.1/4  four numbers, evenly apart

      Without --trials all combinations are tried. Without a running engine this one stays until the \
      search is over.
      """)

  @Argument(help: "What to call the search.")
  var name: String

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The name of a data set in the workspace.")
  var data: String

  @Option(help: ArgumentHelp("A field with what it may be.", valueName: "field=values"))
  var over: [String] = []

  @Option(parsing: .unconditional, help: "Try so many combinations, by chance.")
  var trials: Int?

  @Option(parsing: .unconditional, help: "Decides which combinations chance picks.")
  var searchSeed: UInt64?

  @Flag(help: "Successive halving: train all a little, only the better part further.")
  var halving = false

  @Option(parsing: .unconditional, help: "The epochs after which the first are given up.")
  var firstEpochs: Int?

  @Option(parsing: .unconditional, help: "One in so many goes on each time.")
  var reduction: Int?

  @Option(help: "The metric that decides.")
  var metric = "valid/loss"

  @Option(help: "Which way it is better: lower or higher; by default by its name.")
  var goal: String?

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(help: ArgumentHelp("Weights to start from: params of the model.", valueName: "name[@v]"))
  var params: String?

  @Option(help: "Where to compute: cpu, cuda:0, ….")
  var device = "cpu"

  @Option(parsing: .unconditional, help: "Threads of each session on the CPU.")
  var threads = 1

  @Option(parsing: .unconditional, help: "Who begins first of those that wait; larger first.")
  var priority: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try AtLeast.one(threads, "--threads")
  }

  func run() async throws {
    let workspace = try common.existing()
    // The engine knows the models of the workspace and those that come with the program.
    let reference = ModelReference(text: model)
    let isReady = model.hasPrefix("zoo:")
    let known = isReady ? nil : try reference.model(in: workspace)
    let search = try search(known?.name ?? model)
    // A request that cannot be carried out must leave no model behind.
    try search.check(known, in: workspace)
    if !isReady { _ = try reference.registered(in: workspace) }
    let link = try await EngineLink.open(workspace, purpose: "search")
    try await SearchDisplay.follow(link, common) { try await link.search(.search(search)) }
  }

  private func search(_ model: String) throws -> Search {
    var space: [String: SearchValues] = [:]
    for text in over {
      let (field, values) = try SearchValuesText.assignment(text)
      guard space[field] == nil else {
        throw EngineError(
          .invalid, "The field '\(field)' is given twice; give all its values at once.")
      }
      space[field] = values
    }
    guard trials != nil || searchSeed == nil else {
      throw EngineError(
        .invalid, "A grid has no seed; give --trials too, or leave --search-seed out.")
    }
    guard halving || (firstEpochs == nil && reduction == nil) else {
      throw EngineError(
        .invalid,
        "--first-epochs and --reduction belong to --halving; give it too, or leave them out.")
    }
    let direction = try goal.map { text in
      guard let goal = MetricGoal(rawValue: text) else {
        throw EngineError(.invalid, "--goal is '\(text)'; it must be lower or higher.")
      }
      return goal
    }
    let usual = SuccessiveHalving()
    var search = Search(
      name, model: model, data: data, space: space,
      method: trials.map { .random(trials: $0, seed: searchSeed ?? 1) } ?? .grid,
      halving: halving
        ? SuccessiveHalving(
          firstEpochs: firstEpochs ?? usual.firstEpochs, reduction: reduction ?? usual.reduction)
        : nil,
      metric: metric, goal: direction, startParams: params, device: device, threads: threads,
      priority: priority)
    search.recipe = try recipe.json()
    return search
  }
}

/// `lasagne search list`.
struct ListSearchesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the searches of the workspace.")
  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let records = try SearchRecord.all(in: workspace, sessions: SessionRecords.all(in: workspace))
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put("No searches yet; start one with 'lasagne search start'.")
      return
    }
    put(SearchDisplay.table(of: records))
  }
}

/// `lasagne search show NAME`.
struct ShowSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a search has found, the best first.")
  @Argument(help: "The name of the search.")
  var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let record = try SearchRecord.find(
      name, in: workspace, sessions: SessionRecords.all(in: workspace))
    try SearchDisplay.show(record, common)
  }
}

/// `lasagne search stop NAME`.
struct StopSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Let all sessions of a search save their weights and end.")
  @Argument(help: "The name of the search.")
  var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    guard case .search(let record) = try RunningEngine.call(.stopSearch(name: name), common) else {
      return
    }
    if common.json {
      try common.putJSON(record)
    } else {
      put("The sessions of '\(name)' save their weights and end.")
    }
  }
}

/// `lasagne search resume NAME`.
struct ResumeSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a search go on that was stopped, or whose engine is gone.",
    discussion: "Without a running engine this one stays until the search is over.")
  @Argument(help: "The name of the search.")
  var name: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let link = try await EngineLink.open(common.existing(), purpose: "search")
    try await SearchDisplay.follow(link, common) {
      let record = try await link.search(.searchRecord(name: name))
      // An engine goes on by itself with what an earlier one left running.
      guard record.state != .running else { return record }
      return try await link.search(.resumeSearch(name: name))
    }
  }
}
