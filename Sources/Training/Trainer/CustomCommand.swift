import Lasagne
import Records
import Synchronization

/// A command of a person's own that a session carries out between two steps.
///
/// A run that is played again obeys it at the same step, so what it does has to follow from the
/// trainer and the argument alone.
public struct CustomCommand: Sendable {
  /// The name by which it is asked for.
  public let name: String
  /// What it does, as one sentence.
  public let summary: String
  let body: @Sendable (Trainer, JSONValue) throws -> Void

  /// Names what is done with a trainer and the command's argument; what it throws is the refusal.
  public init(
    _ name: String, summary: String = "",
    _ body: @escaping @Sendable (Trainer, JSONValue) throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.body = body
  }
}

/// The commands that a laboratory brought along.
public final class CommandRegistry: Sendable {
  /// The one of this process.
  public static let shared = CommandRegistry()

  private let commands = Mutex<[String: CustomCommand]>([:])

  /// Makes an empty registry.
  public init() {}

  /// Adds commands; a later one of the same name takes the place of an earlier one.
  public func register(_ new: [CustomCommand]) {
    commands.withLock { commands in
      for command in new { commands[command.name] = command }
    }
  }

  /// All commands by name.
  public var all: [CustomCommand] {
    commands.withLock { $0.values.sorted { $0.name < $1.name } }
  }

  /// The command of this name.
  ///
  /// - Throws: `TrainingError` where there is none.
  public func command(_ name: String) throws(TrainingError) -> CustomCommand {
    let known = commands.withLock { $0 }
    if let command = known[name] { return command }
    let hint =
      known.isEmpty
      ? "this program brings none along; add it to the commands of a Laboratory."
      : Spelling.hint(for: name, among: known.keys.sorted())
    throw TrainingError(.recipe, "There is no command called '\(name)': \(hint)")
  }
}
