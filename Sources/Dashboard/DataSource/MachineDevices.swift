import Foundation
import Records
import Tensors

/// The devices of this machine.
///
/// The processor's figures come from the system, so that a server on a machine without GPUs never
/// loads the backend.
enum MachineDevices {
  static func list(cores: Int, threadsInUse: Int, active: [SessionRecord]) -> [DeviceStatus] {
    func ids(on device: String) -> [String] {
      active.filter { $0.request.device == device }.map(\.request.id)
    }
    let memory = memory()
    let processor = DeviceStatus(
      name: "cpu", description: processorName() ?? "", totalBytes: memory.total,
      usedBytes: memory.used, cores: cores, threadsInUse: threadsInUse, sessions: ids(on: "cpu"))
    guard FileManager.default.fileExists(atPath: "/dev/nvidiactl") else { return [processor] }
    let others = Backend.devices().filter { $0.device != .cpu }.map { device in
      DeviceStatus(
        name: device.device.description, description: device.name, totalBytes: device.totalBytes,
        usedBytes: device.usedBytes, cores: 0, threadsInUse: 0,
        sessions: ids(on: device.device.description))
    }
    return [processor] + others
  }

  private static func memory() -> (total: Int, used: Int) {
    let total = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let available = lines(of: "/proc/meminfo").first { $0.hasPrefix("MemAvailable:") }
    let kilobytes = available.flatMap { line in
      line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    return (total, kilobytes.map { max(0, total - $0 * 1024) } ?? 0)
  }

  private static func processorName() -> String? {
    let line = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }

  private static func lines(of path: String) -> [Substring] {
    (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
  }
}
