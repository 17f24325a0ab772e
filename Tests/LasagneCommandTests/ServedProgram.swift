import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A `lasagne serve` as a real process, with the address that it printed.
final class ServedProgram {
  /// What the server answered.
  struct Reply {
    var status = 0
    var text = ""
    var headers: [String: String] = [:]
  }

  private struct NoAddress: Error {}

  let process: Process
  let url: URL
  let token: String
  /// Where its complaints are.
  let log: URL

  init(_ program: Program, _ arguments: String...) throws {
    let output = program.file("serve-\(UUID().uuidString).txt")
    let process = try program.start(["serve", "--json"] + arguments, output: output)
    var line = ""
    for _ in 0..<1200 where !line.hasSuffix("\n") && process.isRunning {
      Thread.sleep(forTimeInterval: 0.1)
      line = try String(contentsOf: output, encoding: .utf8)
    }
    guard let record = try? JSONDecoder().decode([String: String].self, from: Data(line.utf8)),
      let text = record["url"], let parts = URLComponents(string: text), let port = parts.port,
      let token = parts.queryItems?.first(where: { $0.name == "token" })?.value,
      let url = URL(string: "http://127.0.0.1:\(port)")
    else {
      process.terminate()
      throw NoAddress()
    }
    log = output.appendingPathExtension("err")
    self.process = process
    self.url = url
    self.token = token
  }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// Asks the server, with its own token or another, or with none.
  func ask(_ path: String, body: String? = nil, token: String? = "own") throws -> Reply {
    guard let address = URL(string: url.absoluteString + path) else { throw NoAddress() }
    var request = URLRequest(url: address)
    request.httpMethod = body == nil ? "GET" : "POST"
    request.httpBody = body.map { Data($0.utf8) }
    if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
    if let token {
      let secret = token == "own" ? self.token : token
      request.setValue("Bearer \(secret)", forHTTPHeaderField: "Authorization")
    }
    nonisolated(unsafe) var reply = Reply()
    let isDone = DispatchSemaphore(value: 0)
    URLSession.shared.dataTask(with: request) { data, response, _ in
      if let response = response as? HTTPURLResponse {
        reply.status = response.statusCode
        for (name, value) in response.allHeaderFields {
          reply.headers["\(name)".lowercased()] = "\(value)"
        }
      }
      reply.text = String(decoding: data ?? Data(), as: UTF8.self)
      isDone.signal()
    }.resume()
    isDone.wait()
    return reply
  }
}
