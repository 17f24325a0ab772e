import ArgumentParser
import Displays
import LasagneEngine
import Records
import Storage

/// `lasagne queue …`: the sessions that wait for their turn.
struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Show and order the sessions that wait for their turn.",
    subcommands: [QueueListCommand.self, QueueMoveCommand.self, QueuePriorityCommand.self],
    defaultSubcommand: QueueListCommand.self)
}

/// `lasagne queue list`.
struct QueueListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sessions that wait, the next one first.")
  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    guard try EngineClient(workspace: workspace.url) != nil else {
      let waiting = try workspace.sessions().map { try $0.record() }
        .filter { $0.state == .queued }
      try QueueDisplay.show(waiting, common)
      complain("lasagne: \(RunningEngine.absence)")
      return
    }
    guard case .sessions(let records) = try RunningEngine.call(.queue, common) else { return }
    try QueueDisplay.show(records, common)
  }
}

/// `lasagne queue move SESSION PLACE`.
struct QueueMoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Move a session that waits to a place, 1 for the next.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "The place: 1 for the next.")
  var place: Int

  func validate() throws { try AtLeast.one(place, "PLACE") }

  func run() throws {
    _ = try RunningEngine.call(.moveInQueue(session: target.session, place: place), target.common)
    guard case .sessions(let records) = try RunningEngine.call(.queue, target.common) else {
      return
    }
    try QueueDisplay.show(records, target.common)
  }
}

/// `lasagne queue priority SESSION NUMBER`.
struct QueuePriorityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "priority", abstract: "Give a session that waits a priority; larger ones go first."
  )
  @OptionGroup var target: SessionTarget

  @Argument(parsing: .allUnrecognized, help: "A whole number; 0 is usual.")
  var priority: [String]

  func run() throws {
    guard priority.count == 1, let number = Int(priority[0]) else {
      throw EngineError(
        .invalid, "The priority '\(priority.joined(separator: " "))' is no whole number.")
    }
    _ = try RunningEngine.call(
      .prioritize(session: target.session, priority: number), target.common)
    guard case .sessions(let records) = try RunningEngine.call(.queue, target.common) else {
      return
    }
    try QueueDisplay.show(records, target.common)
  }
}

/// `lasagne devices`.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "Show what the running engine shares out of each device, or limit it.",
    discussion: "Without a running engine: the devices of this machine.")

  @Option(help: "Cores that sessions share from now on.")
  var cores: Int?

  @Option(help: "GPUs that sessions may begin on from now on.")
  var gpus: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let cores { try AtLeast.one(cores, "--cores") }
    if let gpus, gpus < 0 { throw EngineError(.invalid, "--gpus must be at least 0.") }
  }

  func run() throws {
    let devices = try shares()
    if common.json {
      for device in devices { try common.putJSON(device) }
      return
    }
    put(Displayer.devices(devices))
  }

  private func shares() throws -> [DeviceShare] {
    let isQuestion = cores == nil && gpus == nil
    if isQuestion, try RunningEngine.isAbsent(common) {
      let devices = try DeviceShare.ofMachine()
      complain("lasagne: \(RunningEngine.absence)")
      return devices
    }
    let call = isQuestion ? EngineCall.devices : .limit(cores: cores, gpus: gpus)
    guard case .devices(let devices) = try RunningEngine.call(call, common) else { return [] }
    return devices
  }
}

/// The engine that has the workspace open now.
enum RunningEngine {
  /// What is said where there is none.
  static let absence = "No engine has the workspace open; 'lasagne serve' starts one."

  /// Whether there is none; the workspace need not be there.
  static func isAbsent(_ common: CommonOptions) throws -> Bool {
    try EngineClient(workspace: common.folder) == nil
  }

  /// Asks it; without one there is nothing to ask.
  static func call(_ call: EngineCall, _ common: CommonOptions) throws -> EngineReply {
    guard let client = try EngineClient(workspace: common.existing().url) else {
      throw EngineError(.unknown, absence)
    }
    return try client.call(call)
  }
}

/// The queue on standard output.
enum QueueDisplay {
  static func show(_ records: [SessionRecord], _ common: CommonOptions) throws {
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put("No session waits.")
      return
    }
    put(Displayer.queue(records))
  }
}
