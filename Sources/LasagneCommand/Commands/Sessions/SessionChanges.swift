import ArgumentParser
import Displays
import LasagneEngine
import Records
import Storage

/// A command that asks one thing of a session, and waits for the answer.
protocol AskingCommand: AsyncParsableCommand {
  var target: SessionTarget { get }
  /// What is asked.
  func action() throws -> ControlAction
}

extension AskingCommand {
  func run() async throws { try await target.ask(action()) }
}

/// `lasagne session pause SESSION`.
struct PauseCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Let a session write a checkpoint and give its process and device back.")
  @OptionGroup var target: SessionTarget
  func action() -> ControlAction { .pause }
}

/// `lasagne session stop SESSION`.
struct StopCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Let a session write a checkpoint, save its weights and end.")
  @OptionGroup var target: SessionTarget
  func action() -> ControlAction { .stop }
}

/// `lasagne session snapshot SESSION`.
struct SnapshotCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Let a session write a checkpoint and go on.")
  @OptionGroup var target: SessionTarget
  func action() -> ControlAction { .snapshot }
}

/// `lasagne session set SESSION FIELD=VALUE`.
struct SetCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a field of a session's recipe between two steps.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "What to change: learningRate=0.01.")
  var assignment: String

  func action() throws -> ControlAction {
    let (field, value) = try RecipeOptions.assignment(assignment)
    return .set(field: field, value: value)
  }
}

/// Which layers or parameters are meant.
struct PatternArgument: ParsableArguments {
  @Argument(help: "A layer or a parameter, * for any text: conv1, conv1.W, 'conv*'.")
  var pattern: String
}

/// `lasagne session freeze SESSION PATTERN`.
struct FreezeCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Let layers or parameters of a session stand still.")
  @OptionGroup var target: SessionTarget
  @OptionGroup var what: PatternArgument
  func action() -> ControlAction { .freeze(pattern: what.pattern) }
}

/// `lasagne session unfreeze SESSION PATTERN`.
struct UnfreezeCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze", abstract: "Let frozen layers or parameters of a session learn again.")
  @OptionGroup var target: SessionTarget
  @OptionGroup var what: PatternArgument
  func action() -> ControlAction { .unfreeze(pattern: what.pattern) }
}

/// `lasagne session do SESSION COMMAND`.
struct DoCommand: AskingCommand {
  static let configuration = CommandConfiguration(
    commandName: "do", abstract: "Have a session carry out a command of your laboratory.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "The command's name.")
  var command: String

  @Argument(help: "Its argument: JSON, or text.")
  var argument: String?

  func action() -> ControlAction {
    .custom(name: command, argument: argument.map(RecipeOptions.value) ?? .null)
  }
}

/// `lasagne session log SESSION`.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print all that happened to a session, and who asked for it.")
  @OptionGroup var target: SessionTarget

  func run() throws {
    let workspace = try target.common.existing()
    let record = try SessionRecords.find(target.session, in: workspace)
    let folder = try workspace.session(record.request.id)
    let entries = try folder.timelineEntries()
    if target.common.json {
      for entry in entries { try target.common.putJSON(entry) }
      return
    }
    let rows = entries.map { entry in
      [
        "\(entry.step)", "\(entry.attempt)", SessionClock.text(entry.time),
        folder.sentence(of: entry),
      ]
    }
    put(
      TextTable(
        [("step", .right), ("attempt", .right), ("time", .left), ("what happened", .left)],
        rows: rows))
  }
}
