import Foundation
import LasagneEngine
import Records
import Testing

@testable import Dashboard

@Suite struct SteeringRouteTests {
  private let base = "/api/v1/sessions/\(RecordedSource.running)"
  private let queue = "/api/v1/queue/\(RecordedSource.running)"

  @Test func `settings are fields with values, and what stands still`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "\(base)/settings")
      let settings = try decode(SessionSettings.self, answer)
      #expect(settings.fields.contains { $0.name == "learningRate" && $0.value == .number(0.01) })
      #expect(settings.frozen == ["conv1.W"])
      #expect(settings.checkpoints == [100, 200])
    }
  }

  @Test func `a schedule is drawn before it runs, or refused with the recipe's sentence`()
    async throws
  {
    try await LiveServer.run { server in
      let curve = try decode(
        LearningRateCurve.self,
        try await server.post(
          "\(base)/schedule", "{\"changes\":{\"schedule\":\"linear\",\"epochs\":4}}"))
      #expect(curve.points.first?.rate == 0.01)
      #expect(curve.points.last?.epoch == 4 && curve.points.last?.rate == 0)
      let wrong = try await server.post("\(base)/schedule", "{\"changes\":{\"epochs\":0}}")
      #expect(wrong.status == 422)
      #expect(wrong.body.contains("epochs"))
    }
  }

  @Test(arguments: ["{}", "{\"place\":0}", "{\"place\":\"next\"}", "[]", "no"])
  func `a place in the queue that is none is refused`(body: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.post("\(queue)/move", body)
      #expect(answer.status == 422)
    }
  }
}

private func decode<Value: Decodable>(_ type: Value.Type, _ answer: Answer) throws -> Value {
  #expect((200..<300).contains(answer.status))
  return try JSONDecoder().decode(type, from: Data(answer.body.utf8))
}
