import ArgumentParser
import Foundation
import LasagneEngine

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `lasagne worker --session FOLDER`: trains one session; called by the engine.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Train one session from its folder.", shouldDisplay: false)

  @Option(help: "The session's folder.")
  var session: String

  func run() throws {
    ignoreWriteSignals()
    let stop = StopFlag()
    let sources = stop.set(on: [SIGTERM, SIGINT])
    let code = SessionWorker(folder: URL(fileURLWithPath: session), stop: stop).run()
    sources.forEach { $0.cancel() }
    throw Ending(code: code)
  }
}
