import Foundation
import Records

/// What a session's folder holds from its beginning besides what was asked.
public struct SessionContents: Sendable {
  /// The model file it trains, whatever becomes of the model of that name later.
  public var model: String?
  /// The commands of the run it plays again, with their steps.
  public var replay: [PlannedCommand]
  /// The checkpoint of another session it goes on from.
  public var origin: CheckpointFolder?
  /// What is asked of it before it begins, in order.
  public var commands: [ControlCommand]

  /// Makes the contents from their parts.
  public init(
    model: String? = nil, replay: [PlannedCommand] = [], origin: CheckpointFolder? = nil,
    commands: [ControlCommand] = []
  ) {
    self.model = model
    self.replay = replay
    self.origin = origin
    self.commands = commands
  }
}

extension SessionFolder {
  private var modelURL: URL { url.child("model.yaml") }
  private var replayURL: URL { url.child("replay.json") }

  /// The checkpoint that a branch goes on from, in a store of its own: it is never rotated away.
  public var origin: CheckpointStore { CheckpointStore(url: url.child("origin")) }

  /// The model file as it was when the session was asked for; `nil` in folders of earlier versions.
  public func model() throws(StorageError) -> String? {
    try Files.read(modelURL).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The commands of the run that this session plays again, with their steps.
  public func replay() throws(StorageError) -> [PlannedCommand] {
    try RecordJSON.read([PlannedCommand].self, at: replayURL) ?? []
  }

  /// The commands that decided which numbers the session made, with the steps at which they took
  /// effect, in order; those still to come of a run that is played again among them.
  ///
  /// A command that was obeyed again after a crash is there once.
  public func history() throws(StorageError) -> [PlannedCommand] {
    let commands = Dictionary(try controls().map { ($0.number, $0) }) { first, _ in first }
    var planned: [Int: PlannedCommand] = [:]
    for command in try replay() { planned[command.command.number] = command }
    for entry in try timelineEntries() {
      guard case .acknowledged(let number, nil) = entry.event, planned[number] == nil,
        let command = commands[number], command.action.changesNumbers
      else { continue }
      planned[number] = PlannedCommand(
        step: entry.step, epochs: entry.epochs, command: command)
    }
    return planned.values.sorted {
      ($0.step, $0.epochs ?? 0, $0.command.number) < ($1.step, $1.epochs ?? 0, $1.command.number)
    }
  }

  /// The commands that nobody has answered yet, in order.
  public func unansweredControls() throws(StorageError) -> [ControlCommand] {
    var answered = Set(try replay().map(\.command.number))
    for entry in try timelineEntries() {
      if case .acknowledged(let number, _) = entry.event { answered.insert(number) }
    }
    return try controls().filter { !answered.contains($0.number) }
  }

  /// Writes what a new folder begins with.
  func put(_ contents: SessionContents) throws(StorageError) {
    if let model = contents.model { try AtomicFile.write(Data(model.utf8), to: modelURL) }
    if !contents.replay.isEmpty {
      try AtomicFile.writeJSON(contents.replay, to: replayURL)
      for planned in contents.replay { try put(planned.command) }
    }
    for command in contents.commands { try put(command) }
    if let source = contents.origin {
      let manifest = try source.verify()
      let draft = try origin.begin(step: source.step, attempt: 0)
      for name in manifest.files.keys {
        try draft.link(source.url.child(name), as: name)
      }
      _ = try draft.commit(fingerprint: manifest.fingerprint)
    }
  }
}
