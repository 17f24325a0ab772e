import Foundation
import Records
import Tensors
import Training

/// Reads from standard input how many steps to make, and answers how long they took.
final class Rounds: ControlSource {
  /// The losses of the round, where somebody collects them.
  var losses: [Double] = []
  private var steps = 0
  private var remaining = 0
  private var start = Usage()
  private let device: Device

  /// Times steps on a device.
  init(on device: Device) { self.device = device }

  private struct Answer: Encodable {
    var steps: Int
    var wall: Double
    var cpu: Double
    var losses: [Double]?
  }

  /// Called before every step: ends a round, waits for the next.
  func commands() -> [ControlCommand] {
    if remaining > 0 {
      remaining -= 1
      if remaining > 0 { return [] }
      // What a GPU was given belongs to the round.
      try? Backend.synchronize(device)
      let end = Usage()
      let answer = Answer(
        steps: steps, wall: end.wall - start.wall, cpu: end.cpu - start.cpu,
        losses: losses.isEmpty ? nil : losses)
      losses = []
      // Numbers and nothing else: they can be encoded.
      try? say(answer)
    }
    guard let line = readLine(), let steps = Int(line), steps > 0 else {
      return [ControlCommand(number: 1, time: 0, origin: "bench", action: .stop)]
    }
    self.steps = steps
    remaining = steps
    start = Usage()
    return []
  }

  /// Prints a line of JSON.
  func say(_ value: some Encodable) throws {
    print(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    fflush(nil)
  }
}

/// The time now, and what the process has used of its processors.
struct Usage {
  let wall = Self.seconds(CLOCK_MONOTONIC)
  let cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
