import Foundation
import Records
import Testing

@testable import Storage

/// A change of a workspace that must come to its end or not happen, whatever the disk does.
struct DiskScenario: Sendable, CustomTestStringConvertible {
  var name: String
  var prepare: @Sendable (Workspace) throws -> Void = { _ in }
  var change: @Sendable (Workspace) throws -> Void
  /// Whether it is made of many small changes, any of which may be missing at the end.
  var isGradual = false
  var testDescription: String { name }

  static let sessionID = String(repeating: "a", count: 26)

  static let all = [
    DiskScenario(name: "a checkpoint is saved") {
      try save(1, in: $0)
    } change: {
      try save(2, in: $0)
    },
    DiskScenario(
      name: "old checkpoints are rotated away",
      prepare: { workspace in for step in 1...4 { try save(step, in: workspace) } },
      change: { try session($0).checkpoints.rotate(keeping: 2) }, isGradual: true),
    DiskScenario(name: "a version of params is added") {
      try add("one", "best", $0)
    } change: {
      try add("two", "best", $0)
    },
    DiskScenario(name: "params are deleted", prepare: addTree) {
      _ = try $0.params.delete(model: "m", reference: "best")
    },
    DiskScenario(name: "a deletion is undone") {
      try addTree($0)
      _ = try $0.params.delete(model: "m", reference: "best")
    } change: {
      _ = try $0.changes.undo()
    },
    DiskScenario(name: "params are renamed", prepare: addTree) {
      try $0.params.rename(model: "m", name: "best", to: "good")
    },
    DiskScenario(name: "params are noted", prepare: addTree) {
      _ = try $0.params.annotate(model: "m", reference: "best@1", notes: "fine")
    },
    DiskScenario(name: "the trash is emptied") {
      try addTree($0)
      _ = try $0.params.delete(model: "m", reference: "best")
    } change: {
      _ = try $0.changes.purge()
    },
    DiskScenario(name: "data are added") {
      try addData("one", "b", $0)
    } change: {
      try addData("two", "a", $0)
    },
    DiskScenario(name: "data are replaced") {
      try addData("one", "a", $0)
    } change: {
      try addData("two", "a", $0)
    },
    DiskScenario(name: "data are deleted") {
      try addData("one", "a", $0)
    } change: {
      try $0.data.remove("a")
    },
    DiskScenario(name: "the deletion of data is undone") {
      try addData("one", "a", $0)
      try $0.data.remove("a")
    } change: {
      _ = try $0.changes.undo(area: .data)
    },
    DiskScenario(name: "a model changes") {
      _ = try $0.models.put("one", as: "net")
    } change: {
      _ = try $0.models.put("two", as: "net")
    },
    DiskScenario(name: "a model is deleted") {
      _ = try $0.models.put("one", as: "net")
    } change: {
      try $0.models.remove("net")
    },
    DiskScenario(name: "a session branches", prepare: { try save(7, in: $0) }, change: branch),
    DiskScenario(name: "a session is deleted", prepare: { try save(7, in: $0) }) {
      try $0.removeSession(sessionID)
    },
    DiskScenario(name: "a session is asked something", prepare: { _ = try session($0) }) {
      _ = try session($0).appendControl(.snapshot, origin: "test")
    },
    DiskScenario(name: "a session says its last word", prepare: { _ = try session($0) }) {
      try session($0).writeExit(
        ExitRecord(state: .paused, message: nil, attempt: 1, step: 6, time: 130))
    },
    DiskScenario(name: "a session measures", prepare: measure, change: measure, isGradual: true),
  ]

  // MARK: Parts

  private static func session(_ workspace: Workspace) throws -> SessionFolder {
    if workspace.sessionIDs().contains(sessionID) { return try workspace.session(sessionID) }
    return try workspace.createSession(.sample(id: sessionID))
  }

  private static func save(_ step: Int, in workspace: Workspace) throws {
    let draft = try session(workspace).checkpoints.begin(step: step, attempt: 1)
    try draft.write(Data(repeating: UInt8(step), count: 300), as: "state.safetensors")
    try draft.write(Data("notes \(step)".utf8), as: "notes")
    _ = try draft.commit(fingerprint: [:])
  }

  private static func add(
    _ text: String, _ name: String, _ workspace: Workspace, parent: String? = nil
  ) throws {
    _ = try workspace.params.add(
      Data(text.utf8), model: "m", name: name, origin: .init(parent: parent))
  }

  @Sendable private static func addTree(_ workspace: Workspace) throws {
    try add("one", "best", workspace)
    try add("two", "best", workspace, parent: "best@1")
    try add("child", "fine", workspace, parent: "best@1")
  }

  private static func addData(_ text: String, _ name: String, _ workspace: Workspace) throws {
    try workspace.data.add(name, replacing: true) { draft in
      let file = draft.child("x.npy")
      let descriptor = try Files.open(file, O_WRONLY | O_CREAT | O_EXCL, "write")
      let outcome = Result { try Files.write(descriptor, Data(text.utf8), file) }
      try Files.close(descriptor, file)
      try outcome.get()
      return DataRecord(
        name: name,
        arrays: [.init(name: "inputs", shape: [3], dataType: "uint8", file: "x.npy")],
        classNames: [], fingerprint: text, source: "test", createdAt: 0, byteCount: 0)
    }
  }

  @Sendable private static func branch(_ workspace: Workspace) throws {
    var request = SessionRequest.sample(id: String(repeating: "b", count: 26), createdAt: 2)
    request.origin = SessionOrigin(session: sessionID, step: 7)
    let command = ControlCommand(number: 1, time: 0, origin: "test", action: .freeze(pattern: "a"))
    _ = try workspace.createSession(
      request,
      contents: SessionContents(
        model: "lasagne: 1", replay: [PlannedCommand(step: 9, command: command)],
        origin: session(workspace).checkpoints.list().last))
  }

  /// Goes on behind the steps that were measured last, as an attempt of its own.
  @Sendable private static func measure(_ workspace: Workspace) throws {
    let session = try session(workspace)
    let isFirst = session.journals().isEmpty
    let journal = try session.makeJournal(
      attempt: session.nextAttempt(), resumedFrom: isFirst ? 0 : 20)
    for step in isFirst ? 1...20 : 21...40 {
      try journal.append(MetricPoints(step, ["x": Double(step)]))
      if step % 8 == 0 { try journal.synchronize() }
    }
    try journal.close()
    let entry = TimelineEntry(
      time: 0, attempt: 1, step: 20, event: .state(.running), message: "measured")
    if isFirst { try session.appendTimeline(entry) }
  }
}

extension DiskScenario {
  /// What somebody who looks sees, without what is different in each run.
  static func view(_ workspace: Workspace) throws -> [String] {
    var lines: [String] = []
    for record in try workspace.params.list() {
      for version in record.versions {
        let reference = record.reference(version)
        let file = try workspace.params.file(model: record.model, reference: reference).url
        lines.append(
          "params \(reference) \(try text(file)) of \(version.parent ?? "") \(version.notes)")
      }
    }
    for record in try workspace.data.list() {
      for array in record.arrays {
        let content = try text(workspace.data.arrayURL(array, of: record.name))
        lines.append("data \(record.name) \(record.fingerprint) \(content)")
      }
    }
    for name in workspace.models.names() {
      lines.append(
        "model \(name) \(try workspace.models.text(name)) \(try workspace.models.history(name))")
    }
    for change in workspace.changes.list() {
      lines.append("change \(change.summary) \(change.state)")
      for move in change.moves where change.state == .done {
        lines.append("trash \(move.from) \(Files.exists(workspace.url.child(path: move.to)))")
      }
    }
    for id in workspace.sessionIDs() { lines += try view(workspace.session(id)) }
    return lines
  }

  private static func view(_ session: SessionFolder) throws -> [String] {
    var lines = ["session \(session.id) \(try session.model() ?? "")"]
    for store in [session.checkpoints, session.origin] {
      for folder in store.list() {
        let manifest = try folder.verify()
        lines.append("checkpoint \(folder.step) \(manifest.files.keys.sorted())")
      }
    }
    lines += try session.controls().map { "control \($0.number) \($0.action)" }
    lines += try session.history().map { "planned \($0.step)" }
    lines += try session.timelineEntries().map { "timeline \($0.message ?? "")" }
    if let exit = try session.readExit() { lines.append("exit \(exit.step)") }
    let points = try SeriesReader(session).points["x"] ?? []
    lines += points.map { "point \($0.step) \($0.value)" }
    return lines
  }

  private static func text(_ url: URL) throws -> String {
    String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }

  /// What the next process does first.
  static func recover(_ workspace: Workspace) throws {
    try workspace.changes.locked {}
    let lock = try workspace.lockEngine(purpose: "test")
    _ = lock.removeLeftovers()
    for session in workspace.sessions() { try session.checkpoints.removeLeftovers() }
  }

  /// What only a process that died can have left behind, outside of the folders of sessions.
  static func leftovers(_ folder: URL) -> [String] {
    let files = FileManager.default.enumerator(atPath: folder.path)
    var found: [String] = []
    while let path = files?.nextObject() as? String {
      let isOfSession = path.hasPrefix("sessions/") && path.split(separator: "/").count > 2
      let name = path.split(separator: "/").last ?? ""
      if !isOfSession, name.hasPrefix(".tmp-") || name.hasPrefix(".trash-") { found.append(path) }
    }
    return found
  }

  /// A workspace before the change, and what is to be seen before and after it.
  func expected() throws -> (before: [String: Data], old: [String], new: [String]) {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    try prepare(workspace)
    let disk = try LossyDisk(workspace.url)
    let old = try DiskScenario.view(workspace)
    try change(workspace)
    let new = try DiskScenario.view(workspace)
    return (disk.files(after: disk.worst), old, new)
  }

  /// Checks that a state is the old or the new one, and that the change can be made now.
  func check(
    _ files: [String: Data], old: [String], new: [String], mustBeNew: Bool, _ story: String
  ) throws {
    let folder = try TemporaryFolder()
    try LossyDisk.write(files, to: folder("space"))
    do {
      let workspace = try Workspace.open(at: folder("space"))
      try DiskScenario.recover(workspace)
      let left = DiskScenario.leftovers(workspace.url)
      #expect(left.isEmpty, "\(story): \(left) are still there")
      let seen = try DiskScenario.view(workspace)
      if seen == new { return }
      let isBetween =
        isGradual && Set(old).intersection(new).isSubset(of: seen)
        && Set(seen).isSubset(of: Set(old).union(new))
      #expect(!mustBeNew, "\(story): \(seen) instead of \(new)")
      #expect(seen == old || isBetween, "\(story): \(seen) is neither \(old) nor \(new)")
      try change(workspace)
      #expect(try DiskScenario.view(workspace) == new, "\(story), and again")
    } catch {
      Issue.record("\(story): \(error)")
    }
  }
}
