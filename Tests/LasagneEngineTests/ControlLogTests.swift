import Foundation
import Records
import Storage
import Testing

@testable import LasagneEngine

struct ControlLogTests {
  @Test func `what was obeyed after the measuring of an epoch waits for it when played again`()
    throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    func planned(_ number: Int, step: Int, epochs: Int?) -> PlannedCommand {
      PlannedCommand(
        step: step, epochs: epochs,
        command: ControlCommand(
          number: number, time: 0, origin: "test",
          action: .set(field: "learningRate", value: .number(0.1))))
    }
    let request = SessionRequest(
      id: Names.newSessionID(), name: "again", model: "tiny", data: "bars", startParams: nil,
      saveParams: "again", recipe: .object([:]), device: "cpu", threads: 1,
      writesTensorBoard: false, createdAt: 0)
    let folder = try bench.workspace.createSession(
      request,
      contents: SessionContents(replay: [
        planned(1, step: 9, epochs: 0), planned(2, step: 9, epochs: 1),
        planned(3, step: 18, epochs: nil), planned(4, step: 20, epochs: 7),
      ]))
    let log = try ControlLog(folder, from: 0, epochs: 0, obeyed: [], stop: StopFlag())
    func numbers(at step: Int) -> [Int] { log.commands(at: step).map(\.number) }
    #expect(numbers(at: 8) == [])
    #expect(numbers(at: 9) == [1])
    #expect(numbers(at: 9) == [])
    log.epochEnded(1)
    #expect(numbers(at: 9) == [2])
    // An older record does not say; and no command is lost where the epochs differ.
    #expect(numbers(at: 18) == [3])
    #expect(numbers(at: 20) == [])
    #expect(numbers(at: 21) == [4])
  }

  @Test func `a session's record says how many epochs had ended when a command took effect`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(epochs: 100_000)).request.id
    _ = try await engine.wait(for: id) { $0.step > 20 }
    try await engine.control(id, .freeze(pattern: "dense1"), origin: "test")
    _ = try await engine.wait(for: id) { $0.step > 40 }
    try await engine.stopSession(id)
    _ = try await engine.sessionOver(id)
    let timeline = try engine.timeline(ofSession: id)
    let answer = try #require(
      timeline.first {
        if case .acknowledged(1, nil) = $0.event { true } else { false }
      })
    // 81 samples to train on, in updates of ten.
    let epochs = try #require(answer.epochs)
    #expect((answer.step - 1) / 9 == epochs || answer.step / 9 == epochs)
    #expect(try bench.workspace.session(id).history().map(\.epochs) == [epochs])
    await engine.close()
  }
}
