import Foundation
import Testing

/// H13, H14, H16 and H17 against the real program, and where it listens.
@Suite struct ServeTests {
  private func served(
    _ body: (Program, ServedProgram) throws -> Void
  ) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "points", "x.npy", "y.npy").code == 0)
    #expect(try program.run("models", "add", "tiny.yaml").code == 0)
    let server = try ServedProgram(program)
    defer { server.stop() }
    try body(program, server)
  }

  @Test func `H13: no answer can be framed, sniffed or scripted`() throws {
    try served { _, server in
      for path in ["/", "/web/app.js", "/api/v1/models", "/api/v1/nowhere"] {
        let answer = try server.ask(path)
        let policy = answer.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["x-frame-options"] == "DENY")
      }
      let page = try server.ask("/").text
      #expect(page.contains("<script ") && !page.contains("<script>"))
    }
  }

  @Test func `H14: what goes wrong inside is not told outside`() throws {
    try served { program, server in
      let params = program.workspace.appendingPathComponent("params/tiny/broken")
      try FileManager.default.createDirectory(at: params, withIntermediateDirectories: true)
      try Data("{ this is damaged".utf8).write(to: params.appendingPathComponent("params.json"))
      let answer = try server.ask("/api/v1/params/tiny/broken/archive", body: "{}")
      #expect(answer.status == 500)
      #expect(!answer.text.contains(program.folder.path) && !answer.text.contains("params.json"))
      #expect(!answer.text.contains(server.token) && !answer.text.contains(".swift"))
      let log = try String(contentsOf: server.log, encoding: .utf8)
      #expect(!log.contains(server.token) && !log.contains("Bearer"))
    }
  }

  @Test func `H16: other users of the machine can read nothing`() throws {
    try served { program, server in
      #expect(try server.ask("/api/v1/sessions", token: nil).status == 401)
      let files = FileManager.default
      let all = try #require(files.enumerator(atPath: program.workspace.path))
      var count = 0
      for case let name as String in all {
        let path = program.workspace.appendingPathComponent(name).path
        let attributes = try files.attributesOfItem(atPath: path)
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & 0o077 == 0, "\(name) has mode \(String(mode, radix: 8))")
        count += 1
      }
      #expect(count > 5)
      let top = try files.attributesOfItem(atPath: program.workspace.path)
      #expect((top[.posixPermissions] as? Int ?? 0o777) & 0o077 == 0)
    }
  }

  @Test func `H17: a workspace has one server, and its token ends with it`() throws {
    try served { program, server in
      let second = try program.run("serve")
      #expect(second.code == 2)
      #expect(second.complaint.contains("lasagne: "))
      let old = server.token
      server.stop()
      let next = try ServedProgram(program)
      defer { next.stop() }
      #expect(next.token != old)
      #expect(try next.ask("/api/v1/sessions", token: old).status == 401)
      #expect(try next.ask("/api/v1/sessions").status == 200)
    }
  }

  @Test func `beyond this machine it listens only under a name, and says what that takes`() throws {
    let program = try Program()
    defer { program.remove() }
    let refused = try program.run("serve", "--host", "0.0.0.0")
    #expect(refused.code == 2)
    #expect(refused.complaint.contains("--allowed-host"))
    let server = try ServedProgram(
      program, "--host", "0.0.0.0", "--allowed-host", "lab.example")
    defer { server.stop() }
    // The name is for others; this machine still needs the token.
    #expect(try server.ask("/api/v1/sessions", token: nil).status == 401)
    #expect(try server.ask("/api/v1/sessions").status == 200)
    let log = try String(contentsOf: server.log, encoding: .utf8)
    #expect(log.contains("TLS"))
  }
}
