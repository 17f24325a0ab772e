import ArgumentParser
import Foundation
import Lasagne
import LasagneEngine

/// The command `lasagne` with all its subcommands.
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lasagne",
    abstract: "Train neural networks, steer them while they learn, and see what they do.",
    discussion: """
      A workspace is a folder that holds models, data, parameters and sessions. It is \
      ./lasagne-workspace unless --workspace or LASAGNE_WORKSPACE names another.

        lasagne data add digits images.npy labels.npy
        lasagne train lenet.yaml digits --epochs 5
        lasagne sessions
      """,
    version: "lasagne 0.1.0",
    subcommands: [
      TrainCommand.self, PredictCommand.self, EvaluateCommand.self, GenerateCommand.self,
      FindCommand.self,
      SummaryCommand.self, ZooCommand.self, CheckGradientsCommand.self, ProfileCommand.self,
      LookCommand.self, DataCommand.self, ModelsCommand.self, ParamsCommand.self,
      ExportCommand.self, ImportCommand.self, SessionsCommand.self, ShowCommand.self,
      TopCommand.self, PlotCommand.self, ReportCommand.self, SessionCommand.self,
      QueueCommand.self, SearchCommand.self, DevicesCommand.self, ServeCommand.self,
      DoctorCommand.self, ReindexCommand.self, WorkerCommand.self,
    ])

  /// Parses the process's arguments, does what they say, and ends the process.
  static func runProcess() async -> Never {
    ignoreWriteSignals()
    do {
      var command = try parseAsRoot()
      // The doctor says it among all else that is wrong.
      if !(command is DoctorCommand) { try EnvironmentWords.check() }
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      exit(withError: nil)
    } catch {
      leave(error)
    }
  }

  /// Ends the process: 0 done, 1 the work failed, 2 the request was wrong.
  private static func leave(_ error: any Error) -> Never {
    if let ending = error as? Ending {
      if let sentence = ending.sentence { complain("lasagne: \(sentence)") }
      Foundation.exit(ending.code)
    }
    // Help and version are no failures; the parser prints them where they belong.
    if exitCode(for: error).isSuccess { exit(withError: error) }
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    complain("lasagne: \(unknownCommand() ?? sentence(for: error))")
    Foundation.exit(endingCode(for: error))
  }

  /// The sentence for a first word that is no command, with the command that was probably meant.
  private static func unknownCommand() -> String? {
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else {
      return nil
    }
    let commands = configuration.subcommands.filter { $0.configuration.shouldDisplay }
    let names = commands.map { $0.configuration.commandName ?? "" }
    guard !(names + ["worker", "help"]).contains(word) else { return nil }
    return "There is no command '\(word)': \(Spelling.hint(for: word, among: names))"
  }

  private static func sentence(for error: any Error) -> String {
    let text = isOurs(error) ? "\(error)" : message(for: error)
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

/// The end of a command that has decided its exit code itself.
struct Ending: Error {
  var code: Int32
  var sentence: String?
}
