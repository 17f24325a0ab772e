import Foundation
import Records
import Tensors

/// What an engine shares out of a device.
public struct DeviceShare: Codable, Equatable, Sendable {
  /// `cpu` or `cuda:0`.
  public var name: String
  /// Whether sessions may begin on it.
  public var isAllowed: Bool
  /// Cores that sessions share, 0 for a GPU.
  public var cores: Int
  /// Threads of those that sessions hold.
  public var threadsHeld: Int
  /// Bytes for all sessions together; `nil` where nobody set a limit.
  public var memoryLimit: Int?
  /// Bytes that the sessions on it were expected to take, or take if that is more.
  public var memoryHeld: Int
  /// The ids of the sessions on it.
  public var sessions: [String]

  /// Makes a share from its parts.
  public init(
    name: String, isAllowed: Bool, cores: Int, threadsHeld: Int, memoryLimit: Int?,
    memoryHeld: Int, sessions: [String]
  ) {
    self.name = name
    self.isAllowed = isAllowed
    self.cores = cores
    self.threadsHeld = threadsHeld
    self.memoryLimit = memoryLimit
    self.memoryHeld = memoryHeld
    self.sessions = sessions
  }
}

extension DeviceShare {
  /// The devices of this machine, of which nobody holds anything.
  ///
  /// - Throws: `TensorError` if the backend cannot be loaded, which knows the GPUs.
  public static func ofMachine() throws(TensorError) -> [DeviceShare] {
    try Backend.load()
    return Backend.devices().map { info in
      let isCPU = info.device == .cpu
      return DeviceShare(
        name: info.device.description, isAllowed: true,
        cores: isCPU ? ProcessInfo.processInfo.activeProcessorCount : 0, threadsHeld: 0,
        memoryLimit: isCPU ? MachineMemory.limit : info.totalBytes / 10 * 9, memoryHeld: 0,
        sessions: [])
    }
  }
}

extension Engine {
  /// The devices that sessions were given so far, with what is shared out of each.
  public func devices() -> [DeviceShare] {
    let names = Set(queue.memory.keys).union(queue.held.values.map(\.device)).union(["cpu"])
    return names.sorted().map { name in
      let held = queue.held.values.filter { $0.device == name }
      return DeviceShare(
        name: name, isAllowed: queue.devices?.contains(name) ?? true,
        cores: name == "cpu" ? queue.cores : 0,
        threadsHeld: name == "cpu" ? queue.held.values.reduce(0) { $0 + $1.threads } : 0,
        memoryLimit: queue.memory[name], memoryHeld: queue.bytesHeld(on: name),
        sessions: held.map(\.session).sorted())
    }
  }
}
