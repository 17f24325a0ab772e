import Foundation
import Lasagne
import Records
import Storage
import Testing

@testable import Dashboard

#if canImport(Glibc)
  import Glibc
#endif

/// H6, H7, H11, H12 and H15 against a server of a real engine.
@Suite struct AttackEngineTests {
  @Test(arguments: [
    "..", "%2e%2e", "%2e%2e%2f", "%252e", "..%5c", "%2Fetc%2Fpasswd", "file:%2F%2F%2Fetc%2Fpasswd",
    "x%23%2F..%2F", "%00", "tiny%00", "%C0%AE%C0%AE", ".hidden", "tiny%2Fmodel.yaml", "%EF%BC%8F",
    "con%0d%0aX-Evil:1", "proc%2Fself%2Fenviron",
  ])
  func `H6: a name that is no name finds nothing`(name: String) async throws {
    try await EngineServer.run { server, _ in
      for path in ["/api/v1/models/\(name)", "/api/v1/data/\(name)", "/api/v1/searches/\(name)"] {
        let answer = try await server.ask("GET", path)
        #expect([400, 404].contains(answer.status), "\(path) \(answer.status)")
        #expect(!answer.body.contains("root:") && !answer.body.contains("/tmp"), "\(answer.body)")
        #expect(answer.headers["x-evil"] == nil)
      }
      for path in [
        "/api/v1/params/\(name)/first/delete", "/api/v1/params/tiny/\(name)/delete",
        "/api/v1/models/\(name)/remove", "/api/v1/data/\(name)/remove",
      ] {
        let answer = try await server.post(path, "{}")
        #expect([400, 404].contains(answer.status), "\(path) \(answer.status)")
      }
      let long = String(repeating: "a", count: 4096)
      #expect(try await server.ask("GET", "/api/v1/models/\(long)").status == 404)
      #expect(try await server.ask("GET", "/api/v1/models/tiny").status == 200)
    }
  }

  @Test func `H6: links and pipes among the models are not read`() async throws {
    try await EngineServer.run { server, engine in
      let models = engine.workspace.models.url
      let files = FileManager.default
      func folder(_ name: String) throws -> String {
        let url = models.appendingPathComponent(name)
        try files.createDirectory(at: url, withIntermediateDirectories: true)
        let file = try files.contentsOfDirectory(
          at: models.appendingPathComponent("tiny"), includingPropertiesForKeys: nil
        ).first { $0.pathExtension == "yaml" }
        return url.appendingPathComponent(try #require(file).lastPathComponent).path
      }
      try files.createSymbolicLink(
        atPath: folder("link"), withDestinationPath: "/etc/passwd")
      let pipe = try folder("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      try files.createSymbolicLink(
        atPath: folder("self"), withDestinationPath: "/proc/self/environ")
      for name in ["link", "pipe", "self"] {
        let answer = try await server.ask("GET", "/api/v1/models/\(name)")
        #expect([404, 422].contains(answer.status), "\(name) \(answer.status)")
        #expect(!answer.body.contains("root:") && !answer.body.contains("PATH="))
      }
    }
  }

  @Test func `H6: files of others under another name are not read`() async throws {
    try await EngineServer.run { server, engine in
      let models = engine.workspace.models.url
      let files = FileManager.default
      let folder = models.appendingPathComponent("hard")
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      let own = try files.contentsOfDirectory(
        at: models.appendingPathComponent("tiny"), includingPropertiesForKeys: nil
      ).first { $0.pathExtension == "yaml" }
      let planted = folder.appendingPathComponent(try #require(own).lastPathComponent)
      // The administrator can give a file away; others can only try to name one that is not theirs.
      var outside = "/etc/hostname"
      if geteuid() == 0 {
        let file = models.deletingLastPathComponent().appendingPathComponent("theirs")
        try Data("lasagne: 1\nname: theirs-and-secret\n".utf8).write(to: file)
        #expect(chown(file.path, 65534, 65534) == 0)
        outside = file.path
      }
      let isPlanted = link(outside, planted.path) == 0
      #expect(isPlanted || geteuid() != 0)
      let answer = try await server.ask("GET", "/api/v1/models/hard")
      #expect([404, 422].contains(answer.status), "\(answer.status) \(answer.body)")
      #expect(!answer.body.contains("secret"))
      // A second name of one's own file, as some backups make it, does no harm.
      let copy = try #require(own)
      #expect(link(copy.path, copy.path + ".backup") == 0)
      #expect(try await server.ask("GET", "/api/v1/models/tiny").status == 200)
    }
  }

  @Test func `H6: links and pipes in the folder of a session are not read`() async throws {
    try await EngineServer.run { server, engine in
      let started = try await server.post(
        "/api/v1/sessions", "{\"model\":\"tiny\",\"data\":\"points\"}")
      let record = try JSONDecoder().decode(SessionRecord.self, from: Data(started.body.utf8))
      let id = record.request.id
      let folder = engine.workspace.url.appendingPathComponent("sessions/\(id)")
      let files = FileManager.default
      for name in ["timeline.jsonl", "control.jsonl", "metrics-1.journal"] {
        let file = folder.appendingPathComponent(name)
        try? files.removeItem(at: file)
        if name == "control.jsonl" {
          #expect(mkfifo(file.path, 0o600) == 0)
        } else {
          try files.createSymbolicLink(atPath: file.path, withDestinationPath: "/etc/passwd")
        }
      }
      for part in ["timeline", "series?keys=train/loss", "keys", "network"] {
        let answer = try await server.ask("GET", "/api/v1/sessions/\(id)/\(part)")
        #expect(answer.status > 0 && !answer.body.contains("root:"), "\(part) \(answer.status)")
      }
      #expect(try await server.ask("GET", "/api/v1/sessions/\(id)").status == 200)
    }
  }

  @Test(arguments: [
    "first%0d%0aX-Evil:%201", "first%0aX-Evil:%201", "first%22;%20filename=%22evil.html",
    "..%2F..%2Fetc%2Fpasswd", "%E2%80%AEgnp",
  ])
  func `H7: the name of a download reaches no header of its own`(reference: String) async throws {
    try await EngineServer.run { server, _ in
      let answer = try await server.ask(
        "GET", "/api/v1/params/tiny/file?params=\(reference)&format=npz")
      #expect([400, 404, 409, 422].contains(answer.status), "\(answer.status) \(answer.body)")
      #expect(answer.headers["x-evil"] == nil && answer.headers["content-disposition"] == nil)
    }
  }

  @Test(arguments: [
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u{202E}gnp.exe", "=cmd|' /C calc'!A0",
    "a\r\nSet-Cookie: evil=1", "a\n#SBATCH --wrap=evil", "'; DROP TABLE sessions; --",
  ])
  func `H7: hostile names stay text in JSON and never reach a header`(name: String) async throws {
    try await EngineServer.run { server, _ in
      let body = try JSONEncoder().encode(["model": "tiny", "data": "points", "name": name])
      let answer = try await server.post(
        "/api/v1/sessions", String(decoding: body, as: UTF8.self))
      #expect([201, 422].contains(answer.status))
      #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["set-cookie"] == nil)
      if answer.status == 201 {
        let record = try JSONDecoder().decode(SessionRecord.self, from: Data(answer.body.utf8))
        #expect(record.request.name == name)
      }
    }
  }

  @Test(arguments: [
    "{\"model\":\"tiny\",\"data\":\"points\",\"threads\":0}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"threads\":9223372036854775807}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"threads\":9223372036854775808}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"priority\":-1e300}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"epochs\":1000000000000000000000}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"epochs\":-1}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"batchSize\":0}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"batchSize\":1.5}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"learningRate\":\"NaN\"}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"recipe\":{\"learningRate\":-1}}",
    "{\"model\":\"tiny\",\"data\":\"points\",\"device\":\"cuda:9999999999999999999\"}",
  ])
  func `H11: numbers that cannot be meant are refused`(body: String) async throws {
    try await EngineServer.run { server, engine in
      let answer = try await server.post("/api/v1/sessions", body)
      #expect([404, 422].contains(answer.status), "\(answer.status) \(answer.body)")
      #expect(await engine.sessions().isEmpty)
    }
  }

  @Test(arguments: [
    "{name: out, type: DenseLayer, numUnits: 1099511627776}",
    "{name: out, type: DenseLayer, numUnits: 9223372036854775807}",
    "{name: out, type: DenseLayer, numUnits: -1}", "{name: out, type: DenseLayer, numUnits: 1e300}",
    "{name: out, type: DenseLayer, incoming: out, numUnits: 2}",
    "{name: out, type: NoSuchLayer}",
  ])
  func `H11: networks that cannot be are refused`(layer: String) async throws {
    try await EngineServer.run { server, _ in
      let text =
        "lasagne: 1\nname: evil\nlayers:\n"
        + "  - {name: in, type: InputLayer, shape: [null, 4]}\n  - \(layer)\noutput: out\n"
      let body = try JSONEncoder().encode(["text": text])
      let answer = try await server.post("/api/v1/models", String(decoding: body, as: UTF8.self))
      // A wide layer is only described here: whether there is room is asked when a session begins.
      #expect([201, 422].contains(answer.status), "\(answer.status) \(answer.body)")
      if answer.status == 201 {
        let start = try await server.post(
          "/api/v1/sessions", "{\"model\":\"evil\",\"data\":\"points\"}")
        #expect([409, 422].contains(start.status), "\(start.status) \(start.body)")
      }
    }
  }

  @Test func `H11: a million layers are refused before they are read`() async throws {
    @Sendable func text(layers count: Int) -> String {
      "lasagne: 1\nname: deep\nlayers:\n  - {name: in, type: InputLayer, shape: [null, 4]}\n"
        + String(repeating: "  - {type: DropoutLayer}\n", count: count)
    }
    #expect {
      try Network(modelFile: text(layers: 1_000_000))
    } throws: { error in
      "\(error)".contains("more than the")
    }
    try await EngineServer.run { server, _ in
      for (count, statuses) in [(1_000_000, [0, 413]), (1_000, [201, 422])] {
        let body = try JSONEncoder().encode(["text": text(layers: count)])
        let answer = try await server.post("/api/v1/models", String(decoding: body, as: UTF8.self))
        #expect(statuses.contains(answer.status), "\(count): \(answer.status)")
      }
      #expect(try await server.ask("GET", "/api/v1/models").status == 200)
    }
  }

  @Test func `H11: YAML that unfolds into gigabytes is refused`() async throws {
    try await EngineServer.run { server, _ in
      var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      for level in 1..<12 {
        let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(names)]\n"
      }
      let body = try JSONEncoder().encode(["text": text])
      let answer = try await server.post("/api/v1/models", String(decoding: body, as: UTF8.self))
      #expect(answer.status == 422)
    }
  }

  @Test(arguments: [
    "/etc", "/dev/zero", "/proc/self/mem", "http://169.254.169.254/", "file:///etc/passwd",
    "\\\\server\\share", "../../etc",
  ])
  func `H12: data is what the workspace has, and no path or address`(data: String) async throws {
    try await EngineServer.run { server, engine in
      let body = try JSONEncoder().encode(["model": "tiny", "data": data])
      let answer = try await server.post(
        "/api/v1/sessions", String(decoding: body, as: UTF8.self))
      #expect([404, 422].contains(answer.status), "\(answer.status) \(answer.body)")
      let model = try JSONEncoder().encode(["model": data, "data": "points"])
      let other = try await server.post(
        "/api/v1/sessions", String(decoding: model, as: UTF8.self))
      #expect([404, 422].contains(other.status), "\(other.status) \(other.body)")
      #expect(await engine.sessions().isEmpty)
    }
  }

  @Test func `H15: sessions without end are refused, the server goes on`() async throws {
    try await EngineServer.run(longestQueue: 3) { server, engine in
      var statuses: [Int] = []
      for _ in 0..<5 {
        let answer = try await server.post(
          "/api/v1/sessions", "{\"model\":\"tiny\",\"data\":\"points\"}")
        statuses.append(answer.status)
        #expect([201, 429].contains(answer.status), "\(answer.body)")
      }
      // The first one does not wait: it was given the core.
      #expect(statuses == [201, 201, 201, 201, 429])
      #expect(await engine.sessions().count == 4)
      #expect(try await server.ask("GET", "/api/v1/queue").status == 200)
    }
  }
}
