import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

/// Sessions that start from weights of which only a part fits.
@Suite(.serialized)
struct PartialStartTests {
  private func network() throws -> Network {
    try Network("deep", input: [1, 4, 4]) {
      DenseLayer(8)
      DenseLayer(6)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// A bench with params of `tiny` to take a part of.
  private func bench() throws -> (bench: Bench, base: [HostArray]) {
    let bench = try Bench()
    let model = try Model.load("tiny", from: bench.workspace)
    let base = try Weights(initializing: model.network, seed: 77, device: .cpu).hostArrays()
    try Params.save(base, of: model, as: "base", in: bench.workspace)
    try Model.save(try network(), as: "deep", in: bench.workspace)
    return (bench, base)
  }

  @Test func `what fits is taken, all else drawn, and the run is played again`() async throws {
    let (bench, base) = try bench()
    defer { bench.remove() }
    let network = try network()
    let engine = try await bench.engine(launcher: Bench.workers)
    var request = bench.request(model: "deep", name: "run")
    request.startParams = "base"
    request.partial = PartialStart(model: "tiny")
    let id = try await engine.start(request).request.id
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished, "\(end.message ?? "")")
    let report = try #require(end.request.loaded)
    let names = network.parameters.map(\.fullName)
    #expect(report.source == "tiny base@1")
    #expect(report.loaded.map(\.parameter) == Array(names.prefix(2)))
    #expect(report.mismatched.map(\.parameter) == Array(names[2..<4]))
    #expect(report.mismatched.first?.expected == [8, 6] && report.mismatched[0].found == [8, 3])
    #expect(report.missing == Array(names.suffix(2)))

    let start = try Params.find("run-start", model: "deep", in: bench.workspace)
    #expect(end.request.startParams == "run-start@1" && start.parent == nil)
    #expect(start.version.notes == "2 of 6 parameters from tiny base@1")
    let first = try start.load(for: network)
    let drawn = try Weights(initializing: network, seed: 1, device: .cpu).hostArrays()
    #expect(first == Array(base.prefix(2)) + Array(drawn.suffix(4)))
    let saved = try Params.find("run", model: "deep", in: bench.workspace)
    #expect(saved.parent == "run-start@1")

    Backend.setThreadCount(1)
    let trainer = try Trainer(
      network: network, weights: try Weights(first, for: network, device: .cpu),
      data: try TrainingData(Bench.dataset()), recipe: try Recipe(json: request.recipe))
    try trainer.run { _ in }
    #expect(try saved.load(for: network) == trainer.weights.hostArrays())

    // Also where the weights it was taken from are gone.
    try bench.workspace.params.delete(model: "tiny", reference: "base")
    let again = try await engine.reproduce(id)
    #expect(try await engine.sessionOver(again.request.id).weights == end.weights)
    #expect(try await engine.session(again.request.id).request.loaded == report)
    await engine.close()
  }

  @Test func `patterns choose, and what cannot be is refused before anything is written`()
    async throws
  {
    let (bench, _) = try bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    func refusal(_ params: String?, _ partial: PartialStart) async -> String {
      var request = bench.request(model: "deep", name: "run")
      request.startParams = params
      request.partial = partial
      do {
        _ = try await engine.start(request)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      await refusal(nil, PartialStart())
        == "A session takes a part of some weights, but none are named; name params.")
    #expect(
      await refusal("base.npz", PartialStart()).hasPrefix("A session starts from params of the"))
    #expect(
      await refusal("base", PartialStart(model: "tiny", only: ["conv*"]))
        .hasPrefix("Nothing of tiny base@1 fits the network 'deep';"))
    #expect(
      await refusal("base", PartialStart(model: "tiny", map: ["a*=b"]))
        .hasPrefix("The name map 'a*=b' cannot be used"))
    #expect(try bench.workspace.params.list().map(\.name) == ["base"])
    #expect(await engine.sessions().isEmpty)

    var request = bench.request(model: "deep", name: "run")
    request.startParams = "base"
    request.partial = PartialStart(
      model: "tiny", only: ["*.b", "*1.W"], except: ["*1.b"])
    let record = try await engine.start(request)
    #expect(record.request.loaded?.loaded.map(\.parameter) == ["dense1.W"])
    #expect(record.request.loaded?.skipped.count == 3)
    _ = try await engine.sessionOver(record.request.id)
    await engine.close()
  }
}
