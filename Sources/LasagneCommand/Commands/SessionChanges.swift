import ArgumentParser
import Displays
import LasagneEngine
import Records
import Storage

/// `lasagne session set SESSION FIELD=VALUE`.
struct SetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a field of a session's recipe between two steps.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "What to change: learningRate=0.01.")
  var assignment: String

  func run() async throws {
    let (field, value) = try RecipeOptions.assignment(assignment)
    try await target.ask(.set(field: field, value: value))
  }
}

/// `lasagne session freeze SESSION PATTERN`.
struct FreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Let layers or parameters of a session stand still.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "A layer or a parameter, * for any text: conv1, conv1.W, 'conv*'.")
  var pattern: String

  func run() async throws { try await target.ask(.freeze(pattern: pattern)) }
}

/// `lasagne session unfreeze SESSION PATTERN`.
struct UnfreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze", abstract: "Let frozen layers or parameters of a session learn again.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "A layer or a parameter, * for any text: conv1, conv1.W, 'conv*'.")
  var pattern: String

  func run() async throws { try await target.ask(.unfreeze(pattern: pattern)) }
}

/// `lasagne session do SESSION COMMAND`.
struct DoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "do", abstract: "Have a session carry out a command of your laboratory.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "The command's name.")
  var command: String

  @Argument(help: "Its argument: JSON, or text.")
  var argument: String?

  func run() async throws {
    let value = argument.map(RecipeOptions.value) ?? .null
    try await target.ask(.custom(name: command, argument: value))
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
