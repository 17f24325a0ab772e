import Foundation
import Records
import Testing

@testable import Storage

@Suite struct ParamsChangeTests {
  private let folder: TemporaryFolder
  private let workspace: Workspace
  private var params: ParamsStore { workspace.params }

  init() throws {
    folder = try TemporaryFolder()
    workspace = try folder.workspace()
  }

  @discardableResult
  private func add(_ text: String, _ name: String = "best", parent: String? = nil, step: Int? = nil)
    throws -> ParamsVersion
  {
    try params.add(
      Data(text.utf8), model: "m", name: name, origin: .init(parent: parent, step: step))
  }

  private func text(_ reference: String) throws -> String {
    let file = try params.file(model: "m", reference: reference).url
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  /// Everything the params hold, as a reader finds it.
  private func state() throws -> [String: String] {
    var found: [String: String] = [:]
    for record in try params.list() {
      found[record.name] = "\(record.versions)"
      for version in record.versions {
        found[record.reference(version)] = try text(record.reference(version))
      }
    }
    return found
  }

  @discardableResult
  private func session(start: String?, over: Bool = false) throws -> SessionFolder {
    var request = SessionRequest.sample(createdAt: Date().timeIntervalSince1970)
    request.model = "m"
    request.startParams = start
    let session = try workspace.createSession(request)
    if over {
      try session.writeExit(
        ExitRecord(state: .finished, message: nil, attempt: 1, step: 1, time: 1))
    }
    return session
  }

  @Test func `a version knows at which step its parent was when it branched off`() throws {
    try add("one", step: 120)
    #expect(try add("two", "fine", parent: "best@1", step: 30).branchStep == 120)
    #expect(try add("three", "fine", parent: "gone@1").branchStep == nil)
  }

  @Test func `notes, tags and pins stay, and can be undone`() throws {
    try add("one")
    let version = try params.annotate(
      model: "m", reference: "best", notes: "good", tags: ["b", "a", "b"], isPinned: true)
    #expect(version.tags == ["a", "b"])
    #expect(try params.find(model: "m", reference: "best@1").version == version)
    #expect(throws: StorageError.self) { try params.delete(model: "m", reference: "best") }
    #expect(try workspace.changes.undo().summary == "annotate m best@1")
    #expect(try params.find(model: "m", reference: "best").version.notes == "")
    #expect(throws: StorageError.self) { try workspace.changes.undo() }
  }

  @Test func `a deleted version comes back as it was, and its number is not given again`() throws {
    try add("one")
    try add("two")
    let before = try state()
    #expect(try params.delete(model: "m", reference: "best@2") == [2])
    #expect(try text("best") == "one")
    #expect(try add("three").version == 3)
    try params.delete(model: "m", reference: "best@3")
    _ = try workspace.changes.undo()
    _ = try workspace.changes.undo()
    #expect(try state().merging(before) { $1 }.count == 4)
    #expect(try ["best@1", "best@2", "best@3"].map(text) == ["one", "two", "three"])
  }

  @Test func `a whole name is deleted and comes back, unless its place is taken`() throws {
    try add("one")
    try add("two")
    let before = try state()
    try params.delete(model: "m", reference: "best")
    #expect(try params.list().isEmpty)
    #expect(Files.names(in: params.url.child("m")).isEmpty)
    _ = try workspace.changes.undo(area: .params)
    #expect(try state() == before)
    try params.delete(model: "m", reference: "best")
    try add("new")
    let error = #expect(throws: StorageError.self) { try workspace.changes.undo() }
    #expect(error?.message.contains("cannot be undone") == true)
    #expect(try text("best") == "new")
  }

  @Test func `a name changes wherever it is mentioned, and is found under both`() throws {
    try add("one")
    try add("two", "fine", parent: "best@1")
    _ = try params.add(
      Data("mean".utf8), model: "m", name: "mean",
      origin: .init(
        mixture: .init(method: .mean, sources: [.init(reference: "best@1", weight: 1)])))
    let before = try state()
    try params.rename(model: "m", name: "best", to: "good")
    #expect(try params.find(model: "m", reference: "fine").version.parent == "good@1")
    #expect(try params.find(model: "m", reference: "mean").version.origins == ["good@1"])
    #expect(try text("good@1") == "one")
    #expect(try text("best@1") == "one")
    let taken = #expect(throws: StorageError.self) {
      try params.rename(model: "m", name: "good", to: "fine")
    }
    #expect(taken?.kind == .exists)
    _ = try workspace.changes.undo()
    #expect(try state() == before)
    #expect(throws: StorageError.self) { try text("good@1") }
  }

  @Test func `archived versions are passed over by the bare name`() throws {
    try add("one")
    try add("two")
    #expect(try params.archive(model: "m", reference: "best@2") == [2])
    #expect(try text("best") == "one")
    #expect(try text("best@2") == "two")
    #expect(try params.restore(model: "m", reference: "best") == [2])
    #expect(try text("best") == "two")
  }

  @Test func `what a session that goes on needs is neither deleted nor renamed`() throws {
    try add("one")
    try add("two")
    try session(start: "best@1")
    for body in [
      { _ = try params.delete(model: "m", reference: "best@1") },
      { try params.rename(model: "m", name: "best", to: "good") },
    ] {
      let error = #expect(throws: StorageError.self, performing: body)
      #expect(error?.kind == .locked)
    }
    try params.delete(model: "m", reference: "best@2")
  }

  @Test func `a policy is shown first, then applied as one change`() throws {
    for text in ["one", "two", "three", "four", "five"] { try add(text) }
    try add("child", "fine", parent: "best@2")
    try session(start: "best@1", over: true)
    let policy = ParamsRetention(last: 1)
    let plan = try params.plan(policy, model: "m", name: "best")
    #expect(plan.removed == [3, 4])
    #expect(plan.freedBytes == 9)
    #expect(try params.record(model: "m", name: "best").versions.count == 5)
    #expect(try params.retain(policy, model: "m", name: "best") == plan)
    #expect(try params.record(model: "m", name: "best").versions.map(\.version) == [1, 2, 5])
    let empty = #expect(throws: StorageError.self) {
      try params.retain(ParamsRetention(), model: "m", name: "best")
    }
    #expect(empty?.message.contains("names nothing to keep") == true)
    _ = try workspace.changes.undo()
    #expect(try params.record(model: "m", name: "best").versions.map(\.version) == Array(1...5))
    #expect(try text("best@3") == "three")
  }

  @Test func `a purge frees the room and forgets how to undo`() throws {
    try add("one")
    try params.delete(model: "m", reference: "best")
    #expect(try workspace.changes.purge(olderThan: 1000) == 0)
    #expect(workspace.changes.byteCount() > 0)
    #expect(try workspace.changes.purge() == 1)
    #expect(workspace.changes.byteCount() == 0)
    #expect(throws: StorageError.self) { try workspace.changes.undo() }
    try add("two")
    try params.delete(model: "m", reference: "best")
    #expect(workspace.changes.list().map(\.number) == [2])
  }

  @Test func `a purge removes what a crash left beside its place, but nothing young`() throws {
    try add("one")
    for (name, age) in [(".tmp-old", 100_000.0), (".tmp-young", 10)] {
      try Data([1]).write(to: params.url.child(name))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)],
        ofItemAtPath: params.url.child(name).path)
    }
    try workspace.changes.purge()
    #expect(Files.names(in: params.url) == [".tmp-young", ".writers", "m"])
  }

  @Test func `data sets and models are removed, renamed and brought back`() throws {
    try workspace.models.put("text", as: "m")
    try workspace.data.add("digits") { url in
      try Data([1, 2]).write(to: url.child("inputs.npy"))
      return DataRecord(
        name: "",
        arrays: [.init(name: "inputs", shape: [2], dataType: "uint8", file: "inputs.npy")],
        classNames: [], fingerprint: "f", source: "here", createdAt: 0, byteCount: 0)
    }
    try workspace.data.rename("digits", to: "numbers")
    #expect(try workspace.data.record("numbers").name == "numbers")
    try workspace.data.remove("numbers")
    try workspace.models.remove("m")
    #expect(workspace.models.names().isEmpty)
    #expect(try workspace.changes.undo(area: .data).summary == "remove the data set numbers")
    #expect(try workspace.data.list().map(\.name) == ["numbers"])
    #expect(try workspace.changes.undo().area == .models)
    #expect(try workspace.models.text("m") == "text")
    #expect(try workspace.changes.undo().area == .data)
    #expect(try workspace.data.list().map(\.name) == ["digits"])
  }
}
