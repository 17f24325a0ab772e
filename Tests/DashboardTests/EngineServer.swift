import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Storage
import Tensors

@testable import Dashboard

/// A server of a real engine that launches nothing, in a workspace with a model and data.
enum EngineServer {
  static let modelFile = """
    lasagne: 1
    name: tiny
    layers:
      - {name: in, type: InputLayer, shape: [null, 4]}
      - {name: out, type: DenseLayer, numUnits: 2, nonlinearity: softmax}
    output: out
    """

  static func run(
    longestQueue: Int = 1000, _ body: @Sendable (LiveServer, Engine) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dashboard-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let engine = try Engine(Workspace.create(at: folder), purpose: "test", cores: 1)
    try engine.register(Network(modelFile: modelFile))
    let inputs = try HostArray((0..<800).map { Float($0 % 7) }, shape: [200, 4])
    let targets = try HostArray((0..<200).map { Int64($0 % 2) }, shape: [200])
    try engine.register(Dataset(name: "points", inputs: inputs, targets: targets, source: "test"))
    try await LiveServer.run(
      in: EngineSource(engine), configure: { $0.longestQueue = longestQueue }
    ) { server in try await body(server, engine) }
    await engine.close()
  }
}
