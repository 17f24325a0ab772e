import Datasets
import Foundation
import Records
import Storage
import Tensors
import Testing

/// The built `lasagne`, run as a real process in a folder of its own.
struct Program {
  /// What a run left behind.
  struct Outcome {
    var code: Int32
    var output: String
    var complaint: String
  }

  let folder: URL
  var workspace: URL { folder.appendingPathComponent("workspace") }

  static let model = """
    lasagne: 1
    name: tiny
    layers:
      - {name: in, type: InputLayer, shape: [null, 1, 4, 4]}
      - {name: hidden, type: DenseLayer, numUnits: 8}
      - {name: out, type: DenseLayer, numUnits: 3, nonlinearity: softmax}
    output: out
    """

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lasagne-command-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(Self.model.utf8).write(to: file("tiny.yaml"))
    let labels = (0..<90).map { Int64($0 % 3) }
    var pixels: [UInt8] = []
    for (index, label) in labels.enumerated() {
      for pixel in 0..<16 {
        let noise = UInt8((index * 7 + pixel * 13) % 40)
        pixels.append(Int64(pixel % 4) == label ? 200 + noise : noise)
      }
    }
    try Npy.write(HostArray(pixels, shape: [90, 4, 4]), to: file("x.npy"))
    try Npy.write(HostArray(labels, shape: [90]), to: file("y.npy"))
    try Npy.write(HostArray(labels.map { $0 == 2 ? 7 : $0 }, shape: [90]), to: file("wrong.npy"))
  }

  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// The program beside the test bundle.
  static var executable: URL {
    var url = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    url = url ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return (url ?? URL(fileURLWithPath: ".")).deletingLastPathComponent()
      .appendingPathComponent("lasagne")
  }

  /// Starts the program and does not wait.
  ///
  /// - Parameters:
  ///   - wrapper: A command that is given the program and its arguments to run.
  ///   - environment: What is set besides what this process has.
  func start(
    _ arguments: [String], output: URL? = nil, through wrapper: [String] = [],
    environment extra: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    let words = wrapper + [Self.executable.path] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment.merging(extra) { $1 }
    environment["LASAGNE_WORKSPACE"] = workspace.path
    process.environment = environment
    let target = output ?? file("output-\(UUID().uuidString).txt")
    try Data().write(to: target)
    process.standardOutput = try FileHandle(forWritingTo: target)
    let complaints = target.appendingPathExtension("err")
    try Data().write(to: complaints)
    process.standardError = try FileHandle(forWritingTo: complaints)
    try process.run()
    return process
  }

  /// Runs the program to its end.
  func run(_ arguments: String...) throws -> Outcome {
    try run(through: [], arguments)
  }

  /// Runs the program with a request that it has to refuse: the sentence it says.
  func refusal(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try run(through: [], arguments)
    #expect(outcome.code == 2, sourceLocation: sourceLocation)
    return outcome.complaint.trimmingCharacters(in: .newlines)
  }

  /// Runs the program to its end by a wrapper, or with more in its environment.
  func run(
    through wrapper: [String], _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Outcome {
    let output = file("output-\(UUID().uuidString).txt")
    let process = try start(
      arguments, output: output, through: wrapper, environment: environment)
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      complaint: try String(contentsOf: output.appendingPathExtension("err"), encoding: .utf8))
  }

  /// The only session in the workspace, once it is as wanted; `nil` after two minutes.
  func session(until isFine: (SessionRecord) -> Bool) throws -> SessionRecord? {
    var found: SessionRecord?
    try wait {
      guard let workspace = try? Workspace.open(at: workspace),
        let record = try workspace.sessions().first?.record(), isFine(record)
      else { return false }
      found = record
      return true
    }
    return found
  }

  /// Waits until something is as wanted; says whether it is before two minutes are over.
  @discardableResult
  func wait(until isFine: () throws -> Bool) throws -> Bool {
    let end = Date().addingTimeInterval(120)
    while Date() < end {
      if try isFine() { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }
}
