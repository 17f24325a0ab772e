import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors

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

  func remove() {
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

  func engine(cores: Int = 2, launcher: any Launcher = InProcessLauncher()) async throws -> Engine {
    let engine = try Engine(workspace, purpose: "test", launcher: launcher, cores: cores)
    await engine.run()
    return engine
  }
}

extension Engine {
  /// Waits until a session's record fulfils a condition, at most half a minute.
  func wait(
    for id: String, until isFine: (SessionRecord) -> Bool
  ) async throws -> SessionRecord {
    for _ in 0..<600 {
      let record = try session(id)
      if isFine(record) || record.state.isOver { return record }
      try await Task.sleep(for: .milliseconds(50))
    }
    return try session(id)
  }
}
