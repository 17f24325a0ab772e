import Foundation
import Records
import Training

/// Reads from standard input how many steps to make, and answers how long they took.
final class Rounds: ControlSource {
  private var steps = 0
  private var remaining = 0
  private var start = Usage()

  /// Called before every step: ends a round, waits for the next.
  func commands() -> [ControlCommand] {
    if remaining > 0 {
      remaining -= 1
      if remaining > 0 { return [] }
      let end = Usage()
      print(
        "{\"steps\": \(steps), \"wall\": \(end.wall - start.wall), \"cpu\": \(end.cpu - start.cpu)}"
      )
      fflush(nil)
    }
    guard let line = readLine(), let steps = Int(line), steps > 0 else {
      return [ControlCommand(number: 1, time: 0, origin: "bench", action: .stop)]
    }
    self.steps = steps
    remaining = steps
    start = Usage()
    return []
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
