import Foundation
import Tensors

#if canImport(Darwin)
  import Darwin
#endif

/// What this process takes of a device's memory.
enum ProcessMemory {
  /// The most bytes this process took so far: of the machine's memory, or of a GPU's as it is now.
  static func peak(on device: Device) -> Int? {
    if device != .cpu {
      return Backend.devices().first { $0.device == device }?.usedBytes
    }
    #if canImport(Darwin)
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #else
      // What getrusage says includes the program that this one was started from.
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return number.flatMap { Int($0) }.map { $0 * 1024 }
    #endif
  }
}
