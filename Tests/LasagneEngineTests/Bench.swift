import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A workspace of its own with a network and data so small that a run takes moments.
struct Bench {
  let folder: URL
  let workspace: Workspace

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lasagne-engine-tests-\(UUID().uuidString)")
    workspace = try Workspace.create(at: folder)
    try Model.save(try Self.network(), as: "tiny", in: workspace)
    try Self.dataset().add(to: workspace, as: "bars")
  }

  /// Ends the processes of sessions that a failed test has left behind, and removes everything.
  func remove() {
    for folder in workspace.sessions() {
      guard let record = try? folder.record(), let process = record.process,
        process != Int(ProcessInfo.processInfo.processIdentifier)
      else { continue }
      kill(pid_t(process), SIGKILL)
    }
    try? FileManager.default.removeItem(at: folder)
  }

  static func network(_ name: String = "tiny") throws -> Network {
    try Network(name, input: [1, 4, 4]) {
      DenseLayer(8)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// Images whose bright column tells their class.
  static func dataset(highestLabel: Int64 = 2) throws -> Dataset {
    let labels = (0..<90).map { Int64($0 % 3) }
    var pixels: [UInt8] = []
    for (index, label) in labels.enumerated() {
      for pixel in 0..<16 {
        let noise = UInt8((index * 7 + pixel * 13) % 40)
        pixels.append(Int64(pixel % 4) == label ? 200 + noise : noise)
      }
    }
    var targets = labels
    targets[0] = highestLabel
    return try Dataset(
      name: "bars", inputs: HostArray(pixels, shape: [90, 4, 4]),
      targets: HostArray(targets, shape: [90]), source: "test")
  }

  func request(
    epochs: Int = 3, model: String = "tiny", data: String = "bars",
    recipe: [String: JSONValue] = [:], threads: Int? = 1, name: String? = nil
  ) -> StartRequest {
    var members = recipe
    members["epochs"] = .number(Double(epochs))
    members["batchSize"] = members["batchSize"] ?? .number(10)
    members["learningRate"] = members["learningRate"] ?? .number(0.1)
    return StartRequest(
      name: name, model: model, data: data, recipe: .object(members), threads: threads)
  }

  /// The program beside the test bundle that is the worker of these tests.
  static var program: String {
    var url = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    url = url ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return (url ?? URL(fileURLWithPath: ".")).deletingLastPathComponent()
      .appendingPathComponent("session-process").path
  }

  /// Real worker processes.
  static var workers: WorkerLauncher { WorkerLauncher(program: program) }

  /// A network whose steps are drawn at random too, so that a wrong position shows.
  static func randomNetwork(_ name: String = "random") throws -> Network {
    try Network(name, input: [1, 4, 4]) {
      DenseLayer(12)
      BatchNormLayer()
      DropoutLayer(p: 0.3)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// Makes the commands known that the worker program brings along.
  static func registerCommands() {
    CommandRegistry.shared.register([
      CustomCommand("scaleRate") { trainer, argument in
        try trainer.set(
          "learningRate", to: .number(trainer.recipe.learningRate * (argument.number ?? 1)))
      },
      // Only the worker does what these say.
      CustomCommand("trapped") { _, _ in }, CustomCommand("aborted") { _, _ in },
      CustomCommand("asleep") { _, _ in },
    ])
    // Who only compares need not rest.
    CallbackRegistry.shared.register([CustomCallback("rest") { _ in { _, _ in .goOn } }])
  }

  /// The weights' digest after a run that nothing disturbed, on this thread, by the trainer alone.
  static func undisturbed(
    _ network: Network, _ recipe: JSONValue, _ planned: [PlannedCommand] = []
  ) throws -> String {
    Backend.setThreadCount(1)
    let dataset = try dataset()
    let trainer = try Trainer(
      network: network, data: try TrainingData(dataset), recipe: try Recipe(json: recipe))
    try trainer.run(control: Plan(planned)) { _ in }
    return WeightDigest.sha256(of: try trainer.weights.hostArrays(), in: network)
  }

  func engine(cores: Int = 2, launcher: any Launcher = InProcessLauncher()) async throws -> Engine {
    let engine = try Engine(workspace, purpose: "test", launcher: launcher, cores: cores)
    await engine.run()
    return engine
  }
}

extension Engine {
  /// Waits until a session's record fulfils a condition or the session is over, at most two minutes.
  func wait(
    for id: String, until isFine: (SessionRecord) -> Bool
  ) async throws -> SessionRecord {
    for _ in 0..<2_400 {
      let record = try session(id)
      if isFine(record) || record.state.isOver { return record }
      try await Task.sleep(for: .milliseconds(50))
    }
    let record = try session(id)
    Issue.record("\(record.request.name) is still \(record.state) at step \(record.step).")
    return record
  }

  /// Lets a session that was started for ever come to its end some epochs after where it is, so that
  /// no test depends on how quickly the machine trains.
  func finishSoon(_ id: String, stepsPerEpoch steps: Int = 9) async throws {
    let record = try session(id)
    let epochs = max(record.step, record.request.origin?.step ?? 0) / steps + 200
    try control(id, .set(field: "epochs", value: .number(Double(epochs))), origin: "test")
  }
}

/// Commands at their steps, each once.
final class Plan: ControlSource {
  private var planned: [PlannedCommand]

  init(_ planned: [PlannedCommand]) {
    self.planned = planned
  }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    let due = planned.prefix { $0.step <= step }
    planned.removeFirst(due.count)
    return due.map(\.command)
  }
}
