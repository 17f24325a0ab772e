import ArgumentParser
import LasagneEngine
import Records
import Storage

/// `lasagne session branch SESSION`.
struct BranchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "branch",
    abstract: "Start a new session from a step of another, with changes.",
    discussion: """
      A running session writes a checkpoint at its next step and goes on; of all others the newest \
      checkpoint is taken, or that of --step. Without a running engine this one stays until the \
      branch is over.
      """)
  @OptionGroup var target: SessionTarget

  @Option(help: "What to call the new session.")
  var name: String?

  @Option(help: "A step of which there is a checkpoint.")
  var step: Int?

  @Option(
    help: ArgumentHelp("A change of the recipe: learningRate=0.001.", valueName: "field=value"))
  var set: [String] = []

  func run() async throws {
    let workspace = try target.common.existing()
    var request = BranchRequest(name: name, step: step)
    for assignment in set {
      let (field, value) = try RecipeOptions.assignment(assignment)
      request.changes[field] = value
    }
    let link = try await EngineLink.open(workspace, purpose: "branch")
    let session = target.session
    try await NewSession.show(through: link, in: workspace, target.common) {
      try await link.branch(session, request, origin: "command line")
    }
  }
}

/// `lasagne session reproduce SESSION`.
struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Play a session again, with every change at its step, and compare the weights.",
    discussion: "Ends with code 1 where the final weights are not equal, bit for bit.")
  @OptionGroup var target: SessionTarget

  @Option(help: "What to call the new session.")
  var name: String?

  func run() async throws {
    let common = target.common
    let workspace = try common.existing()
    let link = try await EngineLink.open(workspace, purpose: "reproduce")
    let record: SessionRecord
    do {
      record = try await link.reproduce(target.session, name: name)
    } catch {
      await link.close()
      throw error
    }
    try await SessionDisplay.follow(record, in: workspace, through: link, isJSON: common.json)
    let report = try Reproduction(of: workspace.session(record.request.id), in: workspace)
    if common.json {
      try common.putJSON(report)
    } else if report.isEqual {
      put("The final weights are equal, bit for bit, to those of \(report.original).")
    }
    if !report.isEqual {
      throw Ending(
        code: 1, sentence: "The final weights differ. \(report.difference ?? "")")
    }
  }
}

/// A session that a command has brought into being.
enum NewSession {
  /// Makes it; follows it where this process is its engine, else names it and leaves it alone.
  static func show(
    through link: EngineLink, in workspace: Workspace, _ common: CommonOptions,
    _ make: () async throws -> SessionRecord
  ) async throws {
    let record: SessionRecord
    do {
      record = try await make()
    } catch {
      await link.close()
      throw error
    }
    guard await link.isOwn else {
      if common.json {
        try common.putJSON(record)
      } else {
        put("\(record.request.name) is \(record.state.rawValue): session \(record.request.id)")
      }
      return
    }
    try await SessionDisplay.follow(record, in: workspace, through: link, isJSON: common.json)
  }
}
