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
    MetricRegistry.shared.register([sureness])
    CallbackRegistry.shared.register([stopAt, rest])
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

  /// A metric of a person's own: how sure the answers are.
  static let sureness = CustomMetric("sureness") { predictions, _ in
    try predictions.max(axes: [1])
  }

  /// A callback of a person's own: ends the session after so many epochs, which it counts itself.
  static let stopAt = CustomCallback("stopAt") { arguments in
    let epochs = arguments["epochs"]?.number ?? 1
    return { event, trainer in
      guard case .epochEnded = event else { return .goOn }
      let count = (trainer.remembered("epochs")?.number ?? 0) + 1
      try trainer.remember("epochs", .number(count))
      return count == epochs ? .stop : .goOn
    }
  }

  /// A callback that lets a session do little while a test does much: what it trains has to be trained
  /// once more to compare it.
  static let rest = CustomCallback("rest") { _ in
    { event, _ in
      if case .epochEnded = event { usleep(100_000) }
      return .goOn
    }
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
