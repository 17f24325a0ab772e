import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing
import Training

/// Metrics and callbacks of a person's own, in the processes of sessions.
@Suite(.serialized)
struct OwnMetricTests {
  init() {
    // The worker's program has its own; the engine only has to know the names.
    MetricRegistry.shared.register([
      // A value that no worker gives.
      CustomMetric("sureness") { predictions, _ in try predictions.min(axes: [1]) },
      CustomMetric("onlyHere") { predictions, _ in try predictions.max(axes: [1]) },
    ])
    CallbackRegistry.shared.register([
      CustomCallback("stopAt") { _ in { _, _ in .goOn } },
      CustomCallback("onlyHere") { _ in { _, _ in .goOn } },
    ])
  }

  @Test func `a worker measures the metrics and calls the callbacks that its recipe names`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: Bench.workers)
    let recipe: [String: JSONValue] = [
      "metrics": .array([.string("accuracy"), .string("sureness")]),
      "callbacks": .array([.object(["stopAt": .object(["epochs": .number(4)])])]),
    ]
    let id = try await engine.start(bench.request(epochs: 100_000, recipe: recipe)).request.id
    let end = try await engine.sessionOver(id)
    #expect(end.state == .stopped && end.step == 36, "\(end.message ?? "")")
    let curve = try engine.index.series(session: id, key: "valid/sureness", pixels: 100)
    #expect(curve.totalCount == 4)
    #expect(curve.buckets.allSatisfy { (1.0 / 3...1).contains($0.last ?? -1) })
    // The callback's count goes on with the run, so that it stops nothing any more.
    try await engine.resumeSession(id)
    var going = try await engine.session(id)
    for _ in 0..<2400 where going.attempt < 2 || going.step <= 60 {
      // Until its process has begun, the record may still tell of the end before.
      try await Task.sleep(for: .milliseconds(50))
      going = try await engine.session(id)
    }
    #expect(going.attempt == 2 && going.step > 60, "\(going.state) \(going.message ?? "")")
    try await engine.stopSession(id)
    _ = try await engine.sessionOver(id)
    await engine.close()
  }

  @Test(arguments: [("metrics", "metric"), ("callbacks", "callback")])
  func `a worker that does not know a name says so in a sentence`(
    field: String, kind: String
  ) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: Bench.workers)
    let recipe: [String: JSONValue] = [field: .array([.string("onlyHere")])]
    let id = try await engine.start(bench.request(recipe: recipe)).request.id
    let end = try await engine.sessionOver(id)
    #expect(end.state == .failed)
    let message = end.message ?? ""
    #expect(message.hasPrefix("There is no \(kind) called 'onlyHere': this program knows "))
    #expect(message.hasSuffix("has to be in the Laboratory of the program that trains."))
    await #expect(throws: TrainingError.self) {
      try await engine.start(bench.request(recipe: [field: .array([.string("nowhere")])]))
    }
    await engine.close()
  }
}
