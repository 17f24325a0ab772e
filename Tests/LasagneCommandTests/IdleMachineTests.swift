import Foundation
import LasagneEngine
import Records
import Testing

/// What there is to see of devices and the queue while no engine runs.
struct IdleMachineTests {
  @Test func `devices shows the machine, and queue that nobody waits`() throws {
    let program = try Program()
    defer { program.remove() }
    // A new user looks at the machine before there is a workspace.
    let devices = try program.run("devices", "--json")
    #expect(devices.code == 0, "\(devices.complaint)")
    let shares = try devices.output.split(separator: "\n").map {
      try JSONDecoder().decode(DeviceShare.self, from: Data($0.utf8))
    }
    let cpu = try #require(shares.first { $0.name == "cpu" })
    #expect(cpu.cores == ProcessInfo.processInfo.activeProcessorCount && cpu.threadsHeld == 0)
    #expect(cpu.sessions.isEmpty && cpu.memoryLimit ?? 0 > 0)
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let queue = try program.run("queue")
    #expect(queue.code == 0 && queue.output.contains("No session waits."))
    #expect(queue.complaint.contains("'lasagne serve' starts one"))
    // What only an engine can do still asks for one.
    #expect(try program.run("devices", "--cores", "1").code == 2)
  }
}
