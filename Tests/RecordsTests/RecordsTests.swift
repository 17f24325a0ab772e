import Foundation
import Records
import Testing

@Suite struct RecordsTests {
  private func again<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  @Test func `any JSON value goes through unchanged`() throws {
    let value = JSONValue.object([
      "a": .array([.null, .bool(true), .bool(false), .number(1), .number(0.25), .string("x")]),
      "b": .object([:]), "c": .array([]), "d": .number(-1e300),
    ])
    #expect(try again(value) == value)
  }

  @Test func `true is no number and one is no truth`() throws {
    let values = try JSONDecoder().decode(
      [JSONValue].self, from: Data("[true, 1, 0, false, 1.0]".utf8))
    #expect(values == [.bool(true), .number(1), .number(0), .bool(false), .number(1)])
  }

  @Test func `whole numbers are written without a fraction`() throws {
    let json = try JSONEncoder().encode(JSONValue.array([.number(3), .number(2.5)]))
    #expect(String(decoding: json, as: UTF8.self) == "[3,2.5]")
  }

  @Test func `members and numbers of a value can be asked for`() {
    let value = JSONValue.object(["rate": .number(0.5), "name": .string("n")])
    #expect(value["rate"]?.number == 0.5)
    #expect(value["name"]?.string == "n")
    #expect(value["none"] == nil)
    #expect(JSONValue.null["x"] == nil)
    #expect(value["name"]?.number == nil)
  }

  @Test func `only four states are an end`() {
    #expect(
      SessionState.allCases.filter(\.isOver) == [.finished, .stopped, .failed, .crashed])
  }

  @Test(
    arguments: [
      ControlAction.pause, .resume, .stop, .snapshot,
      .set(field: "learningRate", value: .number(0.01)), .freeze(pattern: "conv*"),
      .unfreeze(pattern: "conv1.W"), .threads(2), .branch(into: "0123456789abcdefghijklmnop"),
      .custom(name: "reset", argument: .array([.number(1), .string("momentum")])),
    ])
  func `commands go through JSON`(action: ControlAction) throws {
    let command = ControlCommand(number: 3, time: 1.5, origin: "page", action: action)
    #expect(try again(command) == command)
  }

  @Test func `every event of a timeline goes through JSON`() throws {
    let events: [TimelineEntry.Event] = [
      .started(process: 1, totalSteps: 2, epochs: 3, fingerprint: ["a": "b"]), .state(.running),
      .acknowledged(command: 1, refusal: nil), .acknowledged(command: 2, refusal: "no"), .epoch(4),
      .checkpoint(step: 5), .params(name: "best", version: 6), .warning,
      .threads(2),
    ]
    for event in events {
      let entry = TimelineEntry(time: 1, attempt: 2, step: 3, event: event, message: "m")
      #expect(try again(entry) == entry)
    }
  }

  @Test func `a summary counts a shared parameter once`() throws {
    let weights = ParameterSummary(
      name: "a.W", shape: [3, 4], isTrainable: true, isRegularizable: true)
    let mean = ParameterSummary(
      name: "b.mean", shape: [4], isTrainable: false, isRegularizable: false)
    let summary = NetworkSummary(
      name: "n",
      layers: [
        LayerSummary(
          name: "a", type: "DenseLayer", incomings: ["in"], outputShape: [nil, 4],
          parameters: [weights], detail: ""),
        LayerSummary(
          name: "b", type: "BatchNormLayer", incomings: ["a"], outputShape: [nil, 4],
          parameters: [mean], detail: ""),
      ], outputs: ["b"])
    #expect(summary.parameterCount == 16)
    #expect(summary.trainableParameterCount == 12)
    #expect(try again(summary) == summary)
  }
}
