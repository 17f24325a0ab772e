import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What ends one session leaves the others as they are.
@Suite(.serialized)
struct IsolationTests {
  private let recipe: [String: JSONValue] = [
    "observeEverySteps": .number(0), "checkpointEveryEpochs": .number(20),
  ]

  /// How a session comes to its end; the system sends the first one's signal to who takes too much
  /// memory.
  enum Ending: String, CaseIterable {
    case killed, trapped, aborted, asleep, stopped

    var complaint: String {
      switch self {
      case .killed: "signal 9"
      case .trapped, .aborted: "The process was ended by signal"
      case .asleep, .stopped: "showed no sign of life"
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `killed, trapped, aborted and hung sessions change nothing in their neighbour`() async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    Bench.registerCommands()
    let network = try Bench.randomNetwork()
    try Model.save(network, as: "random", in: bench.workspace)
    let engine = try Engine(
      bench.workspace, purpose: "test", launcher: Bench.workers, cores: 2,
      patience: EnginePatience(idle: .seconds(5)))
    await engine.run()
    let neighbour = try await engine.start(
      bench.request(epochs: 100_000, model: "random", recipe: recipe, name: "neighbour"))
    for end in Ending.allCases {
      let id = try await engine.start(
        bench.request(epochs: 100_000, model: "random", recipe: recipe)
      ).request.id
      let running = try await engine.wait(for: id) { $0.state == .running && $0.step > 0 }
      let process = pid_t(try #require(running.process))
      switch end {
      case .killed: kill(process, SIGKILL)
      case .stopped: kill(process, SIGSTOP)
      case .trapped, .aborted, .asleep:
        try await engine.control(id, .custom(name: end.rawValue, argument: .null), origin: "test")
      }
      let record = try await engine.sessionOver(id)
      #expect(record.state == .crashed)
      #expect(record.message?.contains(end.complaint) == true, "\(record.message ?? "")")
    }
    let id = neighbour.request.id
    try await engine.stopSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .stopped)
    let stop = PlannedCommand(
      step: end.step, command: ControlCommand(number: 1, time: 0, origin: "test", action: .stop))
    #expect(try Bench.undisturbed(network, end.request.recipe, [stop]) == end.weights)
    await engine.close()
  }

  @Test(.timeLimit(.minutes(2)))
  func `a full disk pauses a session, and room lets it go on bitwise`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let network = try Bench.randomNetwork()
    try Model.save(network, as: "random", in: bench.workspace)
    // A limit on the size of files stands in for the disk: writes fail in the same way.
    let program = bench.folder.appendingPathComponent("limited.sh")
    let full = bench.folder.appendingPathComponent("full")
    let script = """
      #!/bin/sh
      if [ -e "\(full.path)" ]; then ulimit -f 48; fi
      exec "\(Bench.program)" "$@"
      """
    try Data(script.utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    try Data().write(to: full)
    let engine = try await bench.engine(launcher: WorkerLauncher(program: program.path))
    let request = bench.request(
      epochs: 200, model: "random", recipe: recipe.merging(["reportEverySteps": .number(1)]) { $1 })
    let id = try await engine.start(request).request.id
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    #expect(paused.state == .paused)
    #expect(paused.message?.contains("File too large") == true, "\(paused.message ?? "")")
    try FileManager.default.removeItem(at: full)
    try await engine.resumeSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished, "\(end.message ?? "")")
    #expect(end.attempt == 2)
    #expect(try Bench.undisturbed(network, end.request.recipe) == end.weights)
    await engine.close()
  }
}
