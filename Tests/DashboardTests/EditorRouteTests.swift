import Foundation
import Lasagne
import Records
import Testing

@testable import Dashboard

/// What the network editor asks of the server.
@Suite struct EditorRouteTests {
  private func ask(_ server: LiveServer, _ fields: [String: JSONValue]) async throws -> Answer {
    let body = String(decoding: try JSONEncoder().encode(JSONValue.object(fields)), as: UTF8.self)
    return try await server.post("/api/v1/networks/check", body)
  }

  private func check(
    _ server: LiveServer, _ fields: [String: JSONValue]
  ) async throws -> NetworkCheck {
    let answer = try await ask(server, fields)
    #expect(answer.status == 200, "\(answer.body)")
    return try JSONDecoder().decode(NetworkCheck.self, from: Data(answer.body.utf8))
  }

  @Test func `a ready network comes with file, code, picture and memory`() async throws {
    try await LiveServer.run { server in
      let check = try await check(
        server,
        [
          "model": .string("zoo:mlp"), "batchSize": .number(10),
          "arguments": .object([
            "input": .string("1x4x4"), "hidden": .string("8"), "classes": .string("3"),
          ]),
        ])
      let network = try Zoo.entry("mlp").network(["input": "1x4x4", "hidden": "8", "classes": "3"])
      #expect(check.summary == network.summary() && check.problems.isEmpty)
      #expect(try check.modelFile == network.modelFile())
      #expect(try check.swiftCode == network.swiftCode())
      #expect(check.document?["name"] == .string(network.name))
      #expect(check.picture?.contains("data-layer=\"input\"") == true)
      let memory = try #require(check.memory)
      #expect(memory.parameters == network.parameterCount * 4)
      // The estimate grows with the batch, and with nothing but the outputs.
      let larger = try #require(
        try await self.check(
          server, ["text": .string(check.modelFile ?? ""), "batchSize": .number(20)]
        ).memory)
      #expect(larger.activations == 2 * memory.activations)
      #expect(larger.parameters == memory.parameters && larger.data == 0)
    }
  }

  @Test func `a mistake has its sentence and its layer, and the picture shows both`() async throws {
    try await LiveServer.run { server in
      let check = try await check(
        server,
        [
          "text": .string(
            """
            {"lasagne": 1, "name": "n", "layers": [
              {"name": "in", "type": "InputLayer", "shape": [null, 4]},
              {"name": "out", "type": "DenseLayer", "numUnits": 0},
              {"name": "end", "type": "DropoutLayer"}], "output": "end"}
            """)
        ])
      #expect(check.problems.map(\.layer) == ["out"])
      #expect(check.problems[0].sentence.contains("needs at least 1 unit, got numUnits 0."))
      #expect(check.waiting == ["end"])
      #expect(check.memory == nil && check.swiftCode == nil)
      #expect(check.modelFile?.contains("- {name: out, type: DenseLayer, numUnits: 0}") == true)
      let picture = try #require(check.picture)
      #expect(picture.contains("class=\"layer wrong\" id=\"layer-1\""))
      #expect(picture.contains("class=\"layer output waiting\" id=\"layer-2\""))
    }
  }

  @Test func `a text that is no file is a problem, not a failure`() async throws {
    try await LiveServer.run { server in
      for text in ["", "[", "layers: 3", "a: &b 1", String(repeating: "[", count: 5000)] {
        let check = try await check(server, ["text": .string(text)])
        #expect(check.problems.count == 1 && check.picture == nil, "\(text.prefix(20))")
      }
    }
  }

  @Test func `two networks are compared, and drawn in one picture`() async throws {
    try await EngineServer.run { server, _ in
      let text = EngineServer.modelFile.replacing(
        "  - {name: out", with: "  - {name: hidden, type: DenseLayer, numUnits: 7}\n  - {name: out")
      let check = try await check(server, ["text": .string(text), "against": .string("tiny")])
      let difference = try #require(check.difference)
      #expect(difference.added.map(\.layer) == ["hidden"])
      #expect(difference.changed.map(\.layer) == ["out"])
      let picture = try #require(check.picture)
      #expect(picture.contains("class=\"layer learns added\""))
      #expect(picture.contains("class=\"layer output learns changed\""))
      // The new connections, and the one that is gone.
      #expect(picture.components(separatedBy: "class=\"edge added\"").count == 3)
      #expect(picture.components(separatedBy: "class=\"edge removed\"").count == 2)
      let answer = try await server.ask("GET", "/api/v1/models/tiny/diff?with=zoo:mlp")
      #expect(answer.status == 200 && answer.body.contains("\"removed\""))
      #expect(try await server.ask("GET", "/api/v1/models/tiny/diff").status == 422)
      #expect(try await server.ask("GET", "/api/v1/models/tiny/diff?with=no").status == 404)
      #expect(try await server.ask("GET", "/api/v1/models/no/diff?with=tiny").status == 404)
    }
  }

  @Test func `a question that is none is refused in a sentence`() async throws {
    try await EngineServer.run { server, _ in
      for (fields, status) in [
        ([:], 422), (["text": .string(""), "model": .string("tiny")], 422),
        (["model": .string("zoo:nothing")], 422), (["model": .string("../../etc/passwd")], 404),
        (["model": .string("nothing")], 404), (["model": .string("")], 404),
        (["text": .string(""), "against": .string("no")], 404),
        (["text": .string(""), "batchSize": .number(0)], 422),
      ] as [([String: JSONValue], Int)] {
        let answer = try await ask(server, fields)
        #expect(answer.status == status, "\(fields): \(answer.body)")
        #expect(answer.body.contains("\"error\""))
      }
    }
  }

  @Test func `a new model does not take the place of another unless told to`() async throws {
    try await EngineServer.run { server, _ in
      func body(_ isNew: String) throws -> String {
        let text = String(
          decoding: try JSONEncoder().encode(EngineServer.modelFile), as: UTF8.self)
        return "{\"text\":\(text)\(isNew)}"
      }
      let refused = try await server.post("/api/v1/models", try body(",\"isNew\":true"))
      #expect(refused.status == 409)
      #expect(refused.body.contains("There is a model 'tiny' already"))
      #expect(
        try await server.post("/api/v1/models", try body(",\"isNew\":true,\"name\":\"other\""))
          .status == 201)
      #expect(try await server.post("/api/v1/models", try body("")).status == 201)
    }
  }

  @Test func `layers and ready networks are listed`() async throws {
    try await LiveServer.run { server in
      let layers = try await server.ask("GET", "/api/v1/layers")
      let descriptions = try JSONDecoder().decode(
        [LayerDescription].self, from: Data(layers.body.utf8))
      #expect(descriptions.first?.type == "InputLayer" && descriptions.count > 50)
      let zoo = try await server.ask("GET", "/api/v1/zoo")
      let entries = try JSONDecoder().decode([ZooDescription].self, from: Data(zoo.body.utf8))
      #expect(entries.map(\.name) == Zoo.entries.map(\.name))
    }
  }
}
