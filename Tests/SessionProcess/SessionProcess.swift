import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Training

/// The program that the engine's tests start as real processes: the worker of a session, or an
/// engine that serves a workspace until it is ended.
///
///     session-process worker --session FOLDER
///     session-process engine WORKSPACE CORES
@main struct SessionProcess {
  static func main() async {
    ignoreWriteSignals()
    CommandRegistry.shared.register([scaleRate] + endings)
    let words = CommandLine.arguments.dropFirst().map(\.self)
    switch (words.first, words.count) {
    case ("worker", 3): exit(work(on: words[2]))
    case ("engine", 3): await serve(words[1], cores: Int(words[2]) ?? 1)
    default: exit(2)
    }
  }

  /// A command of a person's own: `scaleRate` multiplies the learning rate.
  static let scaleRate = CustomCommand("scaleRate", summary: "Multiplies the learning rate.") {
    trainer, argument in
    try trainer.set(
      "learningRate", to: .number(trainer.recipe.learningRate * (argument.number ?? 1)))
  }

  /// Commands that end a session in ways of their own.
  static let endings = [
    CustomCommand("trapped") { trainer, _ in
      // An index out of range, as a mistake in somebody's layer would be.
      let empty: [Int] = []
      print(empty[trainer.step])
    },
    CustomCommand("aborted") { _, _ in abort() },
    CustomCommand("asleep") { _, _ in
      while true { sleep(1000) }
    },
  ]

  private static func work(on folder: String) -> Int32 {
    let stop = StopFlag()
    let sources = stop.set(on: [SIGTERM])
    defer { sources.forEach { $0.cancel() } }
    return SessionWorker(folder: URL(fileURLWithPath: folder), stop: stop).run()
  }

  private static func serve(_ folder: String, cores: Int) async {
    do {
      let workspace = try Workspace.open(at: URL(fileURLWithPath: folder))
      let engine = try Engine(workspace, purpose: "test", cores: cores)
      await engine.run()
      let socket = try EngineSocket(engine)
      try await Task.sleep(for: .seconds(3600))
      socket.close()
    } catch {
      try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
      exit(1)
    }
  }
}
