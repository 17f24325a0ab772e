import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors

/// What sessions on threads of one process take of its memory: `lasagne-memory-bench FOLDER SESSIONS`.
///
/// Makes a workspace in the folder, with a network so small that its tensors are nothing, and lets one
/// session after the other begin. Prints a line of JSON: the memory of the process with each.
@main
struct Main {
  private struct Figures: Encodable {
    /// Bytes of a session's weights, gradients and update state together.
    var tensorBytes: Int
    /// Bytes of the process without a session, with one, with two, ….
    var residentBytes: [Int]
  }

  private static let patience: Duration = .seconds(60)

  static func main() async {
    do {
      try await run()
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func run() async throws {
    let words = CommandLine.arguments
    guard words.count == 3, let count = Int(words[2]), count > 0 else {
      complain("give a folder and a number of sessions")
      exit(2)
    }
    let workspace = try Workspace.create(at: URL(fileURLWithPath: words[1]))
    let network = try Network("tiny", input: [20]) {
      DenseLayer(32)
      DenseLayer(32)
      DenseLayer(2, nonlinearity: .softmax)
    }
    try Model.save(network, as: "tiny", in: workspace)
    try dataset().add(to: workspace, as: "points")
    let engine = try Engine(
      workspace, purpose: "bench", launcher: InProcessLauncher(), cores: count + 1)
    await engine.run()
    var figures = Figures(tensorBytes: 4 * 4 * 1_794, residentBytes: [try residentBytes()])
    for number in 1...count {
      let recipe: [String: JSONValue] = [
        "epochs": .number(1_000_000), "batchSize": .number(32), "checkpointEveryEpochs": .number(0),
        "reportEverySteps": .number(1_000), "observeEverySteps": .number(0),
      ]
      let started = try await engine.start(
        StartRequest(
          name: "session\(number)", model: "tiny", data: "points", recipe: .object(recipe),
          threads: 1))
      try await wait(until: 20_000, started.request.id, engine)
      figures.residentBytes.append(try residentBytes())
    }
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    fflush(nil)
    // The sessions are endless.
    exit(0)
  }

  /// Waits until a session has made so many steps: then all that it needs is there.
  private static func wait(until step: Int, _ id: String, _ engine: Engine) async throws {
    let end = ContinuousClock.now + patience
    while true {
      let record = try await engine.session(id)
      if record.step >= step { return }
      guard !record.state.isOver, ContinuousClock.now < end else {
        complain("a session is \(record.state.rawValue) at step \(record.step)")
        exit(1)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Two clouds of points.
  private static func dataset() throws -> Dataset {
    var numbers: [Float] = []
    var labels: [Int64] = []
    for index in 0..<1_024 {
      labels.append(Int64(index % 2))
      for axis in 0..<20 {
        numbers.append(Float((index * 7 + axis * 13) % 40) / 40 + Float(index % 2))
      }
    }
    return try Dataset(
      name: "points", inputs: HostArray(numbers, shape: [1_024, 20]),
      targets: HostArray(labels, shape: [1_024]), source: "bench")
  }

  /// What this process has in memory now.
  private static func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return (number.flatMap { Int($0) } ?? 0) * 1_024
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data("lasagne-memory-bench: \(text)\n".utf8))
  }
}
