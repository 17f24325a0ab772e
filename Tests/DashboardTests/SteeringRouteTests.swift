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

  @Test func `a session is started, or refused for what is missing`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.post(
        "/api/v1/sessions", "{\"model\":\"tiny\",\"data\":\"d\",\"recipe\":{\"epochs\":3}}")
      #expect(answer.status == 201)
      #expect(try decode(SessionRecord.self, answer).request.model == "tiny")
      let nothing = try await server.post("/api/v1/sessions", "{\"model\":\"tiny\"}")
      #expect(nothing.status == 422)
    }
  }

  @Test func `branches and reproductions are new sessions`() async throws {
    try await LiveServer.run { server in
      let branch = try await server.post("\(base)/branch", "{\"name\":\"calmer\",\"step\":100}")
      #expect(branch.status == 201)
      let record = try decode(SessionRecord.self, branch)
      #expect(record.request.name == "calmer")
      #expect(record.request.origin?.step == 100)
      let again = try await server.post("\(base)/reproduce", "{}")
      #expect(try decode(SessionRecord.self, again).request.reproduces == RecordedSource.running)
    }
  }

  @Test(arguments: ["{}", "{\"place\":0}", "{\"place\":\"next\"}", "[]", "no"])
  func `a place in the queue that is none is refused`(body: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.post("\(queue)/move", body)
      #expect(answer.status == 422)
    }
  }

  @Test func `a session that waits is moved`() async throws {
    try await LiveServer.run { server in
      let moved = try await server.post("\(queue)/move", "{\"place\":2}")
      #expect(try decode([SessionRecord].self, moved).first?.queuePlace == 2)
      #expect(try await server.ask("GET", "/api/v1/queue").status == 200)
    }
  }
}

private func decode<Value: Decodable>(_ type: Value.Type, _ answer: Answer) throws -> Value {
  #expect((200..<300).contains(answer.status))
  return try JSONDecoder().decode(type, from: Data(answer.body.utf8))
}
