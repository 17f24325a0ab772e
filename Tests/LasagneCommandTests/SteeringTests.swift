import Foundation
import Records
import Storage
import Testing

/// Every way of steering, from the command line, with an engine that serves.
@Suite(.serialized)
struct SteeringTests {
  @Test func `start, freeze, branch, order the queue and play again`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let serving = try program.start(["serve", "--port", "0"])
    defer {
      serving.interrupt()
      serving.waitUntilExit()
    }
    #expect(try program.wait { try program.run("devices").code == 0 })
    let cores = "\(ProcessInfo.processInfo.activeProcessorCount)"
    func start(_ name: String, epochs: String) throws -> Int32 {
      try program.run(
        "session", "start", "tiny.yaml", "bars", "--name", name, "--epochs", epochs,
        "--batch-size", "10", "--threads", cores
      ).code
    }
    #expect(try start("first", epochs: "100000") == 0)
    _ = try #require(try program.session { $0.state == .running && $0.step > 5 })
    #expect(try start("second", epochs: "2") == 0)
    #expect(try start("third", epochs: "2") == 0)
    #expect(try program.run("queue", "move", "third", "1").code == 0)
    let queue = try program.run("queue", "--json").output.split(separator: "\n")
    #expect(queue.count == 2)
    #expect(queue.first?.contains("\"name\":\"third\"") == true)
    let devices = try program.run("devices").output
    #expect(devices.contains("\(cores) of \(cores)"), "\(devices)")
    #expect(try program.run("data").output.contains("bars/inputs"))
    let placements = try program.run("data", "placements", "--json").output
    let lines = placements.split(separator: "\n")
    let inputs = try lines.map {
      try RecordJSON.decode(ArrayPlacement.self, from: Data($0.utf8))
    }.first { $0.name == "bars/inputs" }
    #expect(inputs?.device == "cpu" && inputs?.byteCount == 90 * 16)
    let deep = try program.run("sessions", "--running", "--deep").output
    #expect(deep.contains("first  running"), "\(deep)")
    #expect(deep.contains("epoch 0 of 2"), "\(deep)")
    let seed = try program.run("session", "set", "first", "seed=2")
    #expect(seed.code == 2)
    #expect(seed.complaint.contains("'seed' cannot change while a session runs"))

    #expect(try program.run("session", "freeze", "first", "hidden").code == 0)
    let refusal = try program.run("session", "freeze", "first", "hiden")
    #expect(refusal.code == 2)
    #expect(refusal.complaint.contains("did you mean 'hidden'?"), "\(refusal.complaint)")
    #expect(try program.run("session", "unfreeze", "first", "hidden.W").code == 0)
    #expect(try program.run("session", "do", "first", "nothing").code == 2)
    let branch = try program.run(
      "session", "branch", "first", "--name", "side", "--set", "learningRate=0.002")
    #expect(branch.code == 0, "\(branch.complaint)")
    #expect(try program.run("session", "stop", "first").code == 0)
    let log = try program.run("session", "log", "first").output
    #expect(log.contains("freeze hidden") && log.contains("branch into"), "\(log)")

    #expect(try program.run("session", "stop", "side").code == 0)
    // Its turn comes when those before it are done.
    let again = try program.run("session", "reproduce", "first", "--name", "again")
    #expect(again.code == 0, "\(again.complaint)")
    #expect(again.output.contains("equal, bit for bit"), "\(again.output)")
    let sessions = try Workspace.open(at: program.workspace).sessions()
    let side = try #require(sessions.first { $0.request.name == "side" })
    #expect(side.request.origin?.session == sessions.first { $0.request.name == "first" }?.id)
  }
}
