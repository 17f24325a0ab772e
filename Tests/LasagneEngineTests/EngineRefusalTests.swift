import Foundation
import LasagneEngine
import Records
import Storage
import Testing
import Training

struct EngineRefusalTests {
  private func refusal(_ request: (Bench) -> StartRequest) async throws -> String {
    let bench = try Bench()
    defer { bench.remove() }
    try Bench.dataset(highestLabel: 7).add(to: bench.workspace, as: "wrong")
    let engine = try await bench.engine()
    var sentence = "accepted"
    do {
      _ = try await engine.start(request(bench))
    } catch {
      sentence = "\(error)"
    }
    #expect(bench.workspace.sessionIDs().isEmpty)
    await engine.close()
    return sentence
  }

  @Test func `an unknown model names the closest one`() async throws {
    let sentence = try await refusal { $0.request(model: "tyny") }
    #expect(sentence == "There is no model 'tyny'; did you mean 'tiny'?")
  }

  @Test func `unknown data names the closest one`() async throws {
    let sentence = try await refusal { $0.request(data: "bar") }
    #expect(sentence == "There is no data set 'bar'; did you mean 'bars'?")
  }

  @Test func `a label beyond the classes is refused before anything is written`() async throws {
    let sentence = try await refusal { $0.request(data: "wrong") }
    #expect(sentence.contains("is 7, but the network's output has 3 classes"))
  }

  @Test func `an unknown field of the recipe names the closest one`() async throws {
    let sentence = try await refusal { $0.request(recipe: ["learnRate": .number(1)]) }
    #expect(sentence.contains("did you mean 'learningRate'?"))
  }

  @Test func `a batch larger than the data is refused`() async throws {
    let sentence = try await refusal { $0.request(recipe: ["batchSize": .number(91)]) }
    #expect(sentence.contains("batchSize is 91, but there are only 90 samples"))
  }

  @Test func `a second engine is refused`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    #expect(throws: StorageError.self) { try Engine(bench.workspace, purpose: "second") }
    await engine.close()
  }

  @Test func `a damaged session folder does not keep the engine from opening`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let id = Names.newSessionID()
    let folder = bench.folder.appendingPathComponent("sessions/\(id)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("{".utf8).write(to: folder.appendingPathComponent("session.json"))
    let engine = try await bench.engine()
    let record = try await engine.session(id)
    #expect(record.state == .failed)
    #expect(record.message?.isEmpty == false)
    await engine.close()
  }
}
