import ArgumentParser
import Foundation
import LasagneEngine
import Tensors

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
    // It has nothing to compute before the session's files are read; they can be read meanwhile.
    Backend.loadAhead()
    let stop = StopFlag()
    let sources = stop.set(on: [SIGTERM, SIGINT])
    let code = SessionWorker(folder: URL(fileURLWithPath: session), stop: stop).run()
    sources.forEach { $0.cancel() }
    // A process must not end while a library is being loaded; why it cannot be was said already.
    try? Backend.load()
    throw Ending(code: code)
  }
}
