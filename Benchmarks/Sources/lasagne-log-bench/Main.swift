import Foundation
import Records
import Storage

/// Logs with a session's journal and says what that cost: `lasagne-log-bench FOLDER STEPS METRICS`.
///
/// Prints the line of JSON that `Benchmarks/loggers/program.py` prints for other libraries.
@main
struct Main {
  private struct Figures: Encodable {
    var importSeconds: Double
    var startSeconds: Double
    var nanosecondsPerStep: Double
    var medianNanosecondsPerStep: Double
    var nanosecondsPerScalar: Double
    var processorNanosecondsPerStep: Double
    /// The same numbers as a training run logs them: into a block, handed over every 25 ms.
    var blockNanosecondsPerStep: Double
    var blockProcessorNanosecondsPerStep: Double
    var blockBytesPerPoint: Double
    var bytesPerPoint: Double
    var secondsUntilReadable: Double?
    var hasReader = true
    var finishSeconds: Double
  }

  private static let warmSteps = 20
  private static let patience = 10.0

  static func main() {
    do {
      try run()
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func run() throws {
    let words = CommandLine.arguments
    guard words.count == 4, let steps = Int(words[2]), let metrics = Int(words[3]), steps > 0,
      metrics > 0
    else {
      complain("give a folder, a number of steps and a number of metrics")
      exit(2)
    }
    let url = URL(fileURLWithPath: words[1]).appendingPathComponent("metrics.journal")
    let begin = seconds(CLOCK_MONOTONIC)
    let writer = try JournalWriter(url, attempt: 1, resumedFrom: 0)
    let started = seconds(CLOCK_MONOTONIC) - begin
    let keys = (0..<metrics).map { "metric\($0)" }
    func points(_ step: Int) -> MetricPoints {
      let values = keys.enumerated().map { ($1, 1 / Double(step + $0 + 1)) }
      return MetricPoints(
        step: step, epoch: 0, time: Double(step), values: Dictionary(uniqueKeysWithValues: values))
    }
    for step in 0..<warmSteps { try writer.append(points(step)) }
    try writer.flush()
    let empty = try size(url)
    let rows = (warmSteps..<(warmSteps + steps)).map(points)
    var durations: [Double] = []
    durations.reserveCapacity(steps)
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
    for row in rows {
      let start = seconds(CLOCK_MONOTONIC)
      try writer.append(row)
      durations.append(seconds(CLOCK_MONOTONIC) - start)
    }
    let used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    try writer.flush()
    let bytes = Double(try size(url) - empty)
    let until = try secondsUntilReadable(writer, step: warmSteps + steps)
    let ended = seconds(CLOCK_MONOTONIC)
    try writer.close()
    let finish = seconds(CLOCK_MONOTONIC) - ended
    let block = try logBlocks(rows, keys, in: url.deletingLastPathComponent())
    let total = durations.reduce(0, +) / Double(steps)
    let figures = Figures(
      importSeconds: 0, startSeconds: started, nanosecondsPerStep: 1e9 * total,
      medianNanosecondsPerStep: 1e9 * durations.sorted()[steps / 2],
      nanosecondsPerScalar: 1e9 * total / Double(metrics),
      processorNanosecondsPerStep: 1e9 * used / Double(steps),
      blockNanosecondsPerStep: 1e9 * block.wall / Double(steps),
      blockProcessorNanosecondsPerStep: 1e9 * block.processor / Double(steps),
      blockBytesPerPoint: block.bytes / Double(steps * metrics),
      bytesPerPoint: bytes / Double(steps * metrics), secondsUntilReadable: until,
      finishSeconds: finish)
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
  }

  /// Logs the same again as blocks: seconds on the calling thread, of all threads, bytes.
  private static func logBlocks(
    _ rows: [MetricPoints], _ keys: [String], in folder: URL
  ) throws -> (wall: Double, processor: Double, bytes: Double) {
    let url = folder.appendingPathComponent("blocks.journal")
    let writer = try JournalWriter(url, attempt: 1, resumedFrom: 0)
    let values = rows.map { row in keys.map { row.values[$0] ?? .nan } }
    let empty = try size(url)
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
    let begin = seconds(CLOCK_MONOTONIC)
    var block = MetricBlock(keys: keys, capacity: 4096)
    var handedOver = begin
    for (row, numbers) in zip(rows, values) {
      // A log call reads the clock.
      let now = seconds(CLOCK_REALTIME)
      block.begin(step: row.step, epoch: row.epoch, time: now)
      for number in numbers { block.put(number) }
      if block.count >= 4096 || abs(now - handedOver) >= 0.025 {
        try writer.append(block)
        block = MetricBlock(keys: keys, capacity: 4096)
        handedOver = now
      }
    }
    try writer.append(block)
    let wall = seconds(CLOCK_MONOTONIC) - begin
    try writer.flush()
    let used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    let bytes = Double(try size(url) - empty)
    try writer.close()
    return (wall, used, bytes)
  }

  /// Seconds from logging one more step until a reader of the file finds it.
  private static func secondsUntilReadable(_ writer: JournalWriter, step: Int) throws -> Double? {
    var reader = JournalReader(writer.url)
    // As the engine does: what is old has been read before.
    while try !reader.read().isEmpty {}
    let begin = seconds(CLOCK_MONOTONIC)
    try writer.append(MetricPoints(step: step, epoch: 0, time: 0, values: ["watched": 0.5]))
    while seconds(CLOCK_MONOTONIC) - begin < patience {
      if try !reader.read().isEmpty { return seconds(CLOCK_MONOTONIC) - begin }
      usleep(10_000)
    }
    return nil
  }

  private static func size(_ url: URL) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data("lasagne-log-bench: \(text)\n".utf8))
  }
}
