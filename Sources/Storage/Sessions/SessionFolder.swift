import Foundation
import Records

/// The folder of one session: the interface between its process and everybody else.
public struct SessionFolder: Sendable, Equatable {
  /// The folder.
  public let url: URL
  /// What was asked, which never changes, under the name that people gave it since.
  public let request: SessionRequest
  /// The session's id.
  public var id: String { request.id }

  init(url: URL, request: SessionRequest) {
    self.url = url
    self.request = request
  }

  /// Opens the folder of a session.
  public static func open(_ url: URL) throws(StorageError) -> SessionFolder {
    let file = url.child("session.json")
    guard var request = try RecordJSON.read(SessionRequest.self, at: file) else {
      throw StorageError(
        .missing, path: url.path, "this is not the folder of a session (it has no session.json)")
    }
    if let name = try RecordJSON.read(String.self, at: url.child(nameFile)) { request.name = name }
    return SessionFolder(url: url, request: request)
  }

  /// The name that people gave the session after it was asked for; for the engine only.
  static let nameFile = "name.json"

  /// Where the process writes what it says.
  public var logURL: URL { url.child("log.txt") }
  /// The session's checkpoints.
  public var checkpoints: CheckpointStore {
    CheckpointStore(url: url.child("checkpoints"))
  }
  var leaseURL: URL { url.child("lease") }
  private var exitURL: URL { url.child("exit.json") }
  private var control: JSONLines { JSONLines(url: url.child("control.jsonl")) }
  private var timeline: JSONLines { JSONLines(url: url.child("timeline.jsonl")) }

  // MARK: Control

  /// Appends a command with the next number; for the engine only.
  public func appendControl(_ action: ControlAction, origin: String)
    throws(StorageError) -> ControlCommand
  {
    let lock = try FileLock.wait(url.child("control.lock"))
    defer { withExtendedLifetime(lock) {} }
    let last = try controls().map(\.number).max() ?? 0
    let command = ControlCommand(
      number: last + 1, time: Date().timeIntervalSince1970, origin: origin, action: action)
    try control.append(command, isDurable: true)
    return command
  }

  /// Writes a command that has a number already; for a folder that is being made.
  func put(_ command: ControlCommand) throws(StorageError) {
    try control.append(command, isDurable: true)
  }

  /// The commands with a number above `number`, in order.
  public func controls(after number: Int = 0) throws(StorageError) -> [ControlCommand] {
    var offset = 0
    return try controls(from: &offset).filter { $0.number > number }
  }

  /// The commands behind a byte offset, which moves on: cheap enough to call between two steps.
  public func controls(from offset: inout Int) throws(StorageError) -> [ControlCommand] {
    try control.read(ControlCommand.self, from: &offset)
  }

  // MARK: Timeline

  /// Appends an entry; for the session's process only.
  ///
  /// All but the ends of epochs and warnings wait until the disk has them.
  public func appendTimeline(_ entry: TimelineEntry) throws(StorageError) {
    let isDurable =
      switch entry.event {
      // A checkpoint is on the disk before it is told of.
      case .epoch, .warning, .checkpoint: false
      default: true
      }
    try timeline.append(entry, isDurable: isDurable)
  }

  /// The whole timeline.
  public func timelineEntries() throws(StorageError) -> [TimelineEntry] {
    var offset = 0
    return try timelineEntries(from: &offset)
  }

  /// The entries behind a byte offset, which moves on.
  public func timelineEntries(from offset: inout Int) throws(StorageError) -> [TimelineEntry] {
    try timeline.read(TimelineEntry.self, from: &offset)
  }

  // MARK: Lease and exit

  /// Takes the session up as its process; refused if another one has it.
  public func acquireLease(attempt: Int) throws(StorageError) -> SessionLease {
    try SessionLease(self, attempt: attempt)
  }

  /// Whether a process has the session now.
  public func isHeld() throws(StorageError) -> Bool { try FileLock.isHeld(leaseURL) }

  /// The process that has the session, or had it last; `nil` if there was none.
  public func leaseRecord() -> LeaseRecord? { FileLock.holder(LeaseRecord.self, at: leaseURL) }

  /// The number that the next process has to take: one more than any before.
  public func nextAttempt() throws(StorageError) -> Int {
    let entries = try timelineEntries().map(\.attempt)
    let others = [leaseRecord()?.attempt, try readExit()?.attempt, journals().last?.attempt]
    return ((entries + others.compactMap { $0 }).max() ?? 0) + 1
  }

  /// Writes how the process leaves; the last thing it does before it gives back the lease.
  public func writeExit(_ record: ExitRecord) throws(StorageError) {
    try AtomicFile.writeJSON(record, to: exitURL)
  }

  /// How the last process that said so left; `nil` if none did.
  public func readExit() throws(StorageError) -> ExitRecord? {
    try RecordJSON.read(ExitRecord.self, at: exitURL)
  }

  // MARK: Journals

  /// The journal that an attempt writes.
  public func journalURL(attempt: Int) -> URL {
    url.child("metrics-\(attempt).journal")
  }

  /// The journals that are there, in the order of their attempts.
  public func journals() -> [(attempt: Int, url: URL)] {
    Files.names(in: url)
      .compactMap { name -> (attempt: Int, url: URL)? in
        guard name.hasPrefix("metrics-"), name.hasSuffix(".journal"),
          let attempt = Int(name.dropFirst(8).dropLast(8))
        else { return nil }
        return (attempt, url.child(name))
      }
      .sorted { $0.attempt < $1.attempt }
  }

  /// Starts the journal of an attempt; `step` is where it goes on (0 for the first).
  public func makeJournal(attempt: Int, resumedFrom step: Int) throws(StorageError) -> JournalWriter
  {
    try JournalWriter(journalURL(attempt: attempt), attempt: attempt, resumedFrom: step)
  }
}
