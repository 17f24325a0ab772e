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

/// Processes killed at random moments; `make torture` does it a thousand times each.
@Suite(.serialized)
struct KillTests {
  private static var count: Int {
    ProcessInfo.processInfo.environment["LASAGNE_TORTURE"].flatMap { Int($0) } ?? 60
  }

  private static let recipe: [String: JSONValue] = [
    "checkpointEveryEpochs": .number(1), "observeEverySteps": .number(0),
    "reportEverySteps": .number(3),
  ]

  /// Waits until something is so, at most two minutes.
  private static func wait(_ isSo: () throws -> Bool) throws -> Bool {
    for _ in 0..<120_000 {
      if try isSo() { return true }
      usleep(1000)
    }
    return false
  }

  @Test(.timeLimit(.minutes(60)))
  func `a worker killed at random moments ends with the weights of one that was not`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let network = try Bench.randomNetwork()
    let request = SessionRequest(
      id: Names.newSessionID(), name: "killed", model: "random", data: "bars", startParams: nil,
      saveParams: "killed",
      recipe: bench.request(epochs: 1_000_000, recipe: Self.recipe).recipe, device: "cpu",
      threads: 1, writesTensorBoard: false, createdAt: 0)
    let folder = try bench.workspace.createSession(
      request, contents: SessionContents(model: network.modelFile()))
    var generator = SeededGenerator(state: 42)
    let workers = Bench.workers
    // A folder that is read from its beginning in each round would cost more with every one.
    var follower = SessionFollower(folder)
    var duringCheckpoint = 0
    var lastStep = 0
    for round in 0..<Self.count {
      let launched = try workers.launch(folder.url)
      let process = pid_t(try #require(launched.process))
      let attempt = round + 1
      #expect(
        try Self.wait {
          try follower.poll().timeline.contains {
            if case .started = $0.event { $0.attempt == attempt } else { false }
          }
        })
      if round.isMultiple(of: 3) {
        let rate = Double(Int.random(in: 1...20, using: &generator)) / 100
        let action = [
          ControlAction.set(field: "learningRate", value: .number(rate)),
          .freeze(pattern: "dense1"), .unfreeze(pattern: "dense*"),
          .custom(name: "scaleRate", argument: .number(0.5)),
        ][round / 3 % 4]
        _ = try folder.appendControl(action, origin: "test")
      }
      // Every second one gets beyond the checkpoint that it began with, however slow the disk is; the
      // others are to be hit while they write one.
      if round.isMultiple(of: 2) {
        #expect(
          try Self.wait {
            let step = try follower.poll().record.checkpointStep ?? 0
            defer { lastStep = max(step, lastStep) }
            return step > lastStep
          })
      }
      usleep(UInt32.random(in: 0...100_000, using: &generator))
      if round % 2 == 1 {
        let isWriting = try Self.wait { Self.isWritingCheckpoint(folder) }
        duringCheckpoint += isWriting ? 1 : 0
      }
      kill(process, SIGKILL)
      #expect(try Self.wait { workers.status(of: launched) != .running })
    }
    #expect(duringCheckpoint * 10 >= Self.count * 3)
    _ = try folder.appendControl(.stop, origin: "test")
    let last = try workers.launch(folder.url)
    #expect(try Self.wait { workers.status(of: last) != .running })
    let end = try folder.record()
    #expect(end.state == .stopped, "\(end.message ?? "")")
    #expect(end.attempt == Self.count + 1)
    #expect(end.step > Self.count)
    var history = try folder.history()
    #expect(history.contains { $0.command.action.changesNumbers })
    history.append(
      PlannedCommand(
        step: end.step,
        command: ControlCommand(number: 0, time: 0, origin: "test", action: .stop)))
    history.sort { $0.step < $1.step }
    Bench.registerCommands()
    #expect(try Bench.undisturbed(network, request.recipe, history) == end.weights)
  }

  private static func isWritingCheckpoint(_ folder: SessionFolder) -> Bool {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.checkpoints.url.path)
    return names?.contains { $0.hasPrefix(".tmp-") } ?? false
  }

  @Test(.timeLimit(.minutes(60)))
  func `an engine killed at random moments loses no step, no point and no session`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let network = try Bench.randomNetwork()
    try Model.save(network, as: "random", in: bench.workspace)
    Bench.registerCommands()
    let recipe = Self.recipe.merging(["callbacks": .array([.string("rest")])]) { $1 }
    let request = bench.request(epochs: 1_000_000, model: "random", recipe: recipe)
    var generator = SeededGenerator(state: 7)
    var ids: [String] = []
    for round in 0..<Self.count {
      let process = try ChildEngine(bench.folder)
      let client = try process.client()
      if round < 2 {
        ids.append(try client.start(request).request.id)
        _ = try Self.wait { try client.session(ids[round]).state == .running }
      } else {
        guard case .sessions(let records) = try client.call(.sessions) else {
          Issue.record("The engine did not answer.")
          return
        }
        #expect(
          records.map(\.state) == [.running, .running], "\(records.compactMap(\.message))")
        if round.isMultiple(of: 5) {
          // Never so large that the loss is not finite any more, however many rounds there are.
          let value = JSONValue.number(Double(1 + round % 100) / 1000)
          try client.control(ids[0], .set(field: "learningRate", value: value), origin: "test")
        }
      }
      usleep(UInt32.random(in: 0...120_000, using: &generator))
      process.kill()
    }
    let process = try ChildEngine(bench.folder)
    let client = try process.client()
    for id in ids { try client.control(id, .stop, origin: "test") }
    for id in ids {
      #expect(try Self.wait { try client.session(id).state == .stopped })
      let end = try client.session(id)
      #expect(end.attempt == 1)
      let folder = try bench.workspace.session(id)
      var history = try folder.history()
      history.append(
        PlannedCommand(
          step: end.step,
          command: ControlCommand(number: 0, time: 0, origin: "test", action: .stop)))
      history.sort { $0.step < $1.step }
      #expect(try Bench.undisturbed(network, end.request.recipe, history) == end.weights)
    }
    process.kill()
    try Self.comparePoints(of: ids, in: bench)
  }

  /// Every point of the journals is in the index, once.
  private static func comparePoints(of ids: [String], in bench: Bench) throws {
    let lock = try bench.workspace.lockEngine(purpose: "test")
    let index = try Storage.Index(for: lock)
    for id in ids {
      let folder = try bench.workspace.session(id)
      _ = try index.importJournals(of: folder)
      var steps: [Int] = []
      for (_, url) in folder.journals() {
        var reader = JournalReader(url)
        while true {
          let entries = try reader.read()
          if entries.isEmpty { break }
          for case .metrics(let points) in entries where points.values["train/loss"] != nil {
            steps.append(points.step)
          }
        }
      }
      let series = try index.series(session: id, key: "train/loss", pixels: 1_000_000)
      #expect(series.totalCount == steps.count)
      #expect(Set(steps).count == steps.count)
      #expect(series.buckets.map(\.firstStep) == steps)
    }
    try index.close()
  }
}

/// An engine in a process of its own.
private final class ChildEngine {
  private let process: Process
  private let folder: URL

  init(_ folder: URL) throws {
    self.folder = folder
    process = Process()
    process.executableURL = URL(fileURLWithPath: Bench.program)
    process.arguments = ["engine", folder.path, "2"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  /// A connection, once the engine listens.
  func client() throws -> EngineClient {
    for _ in 0..<120_000 {
      if let client = try? EngineClient(workspace: folder),
        try client.call(.ping) == .ready(process: Int(process.processIdentifier))
      {
        return client
      }
      usleep(1000)
    }
    throw EngineError(.failed, "The engine of the test did not answer within two minutes.")
  }

  func kill() {
    SignalSending.kill(process.processIdentifier)
    process.waitUntilExit()
  }
}

private enum SignalSending {
  static func kill(_ process: pid_t) {
    #if canImport(Glibc)
      _ = Glibc.kill(process, SIGKILL)
    #else
      _ = Darwin.kill(process, SIGKILL)
    #endif
  }
}

/// The same random moments in every run: SplitMix64 of Steele et al., 2014.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
