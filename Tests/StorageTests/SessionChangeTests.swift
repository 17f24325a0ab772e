import Foundation
import Records
import Testing

@testable import Storage

@Suite struct SessionChangeTests {
  private let folder: TemporaryFolder
  private let workspace: Workspace
  private let id: String

  init() throws {
    folder = try TemporaryFolder()
    workspace = try folder.workspace()
    id = try workspace.createSession(.sample(createdAt: 1)).id
  }

  private var name: String { get throws { try workspace.session(id).request.name } }

  @Test func `a session has the name it was given last, and what was asked stays as it was`() throws
  {
    let asked = try workspace.session(id).url.child("session.json")
    let before = try Data(contentsOf: asked)
    let first = try name
    try workspace.renameSession(id, to: "second")
    try workspace.renameSession(id, to: "third")
    #expect(try name == "third")
    #expect(try Data(contentsOf: asked) == before)
    #expect(
      try workspace.changes.undo(area: .sessions).summary == "rename the session second to third")
    #expect(try name == "second")
    _ = try workspace.changes.undo(area: .sessions)
    #expect(try name == first)
    #expect(throws: StorageError.self) { try workspace.changes.undo(area: .sessions) }
  }

  @Test(arguments: ["", "two\nlines", String(repeating: "x", count: 201)])
  func `what cannot be a name is refused, and nothing changes`(wrong: String) throws {
    let before = try name
    #expect(throws: StorageError.self) { try workspace.renameSession(id, to: wrong) }
    #expect(try name == before)
    #expect(workspace.changes.list().isEmpty)
  }

  @Test func `notes of one session are taken back without those of another`() throws {
    let other = try workspace.createSession(.sample(createdAt: 2)).id
    func notes() throws -> [String: String] {
      let data = try Data(contentsOf: workspace.url.child("notes.json"))
      return try JSONDecoder().decode([String: String].self, from: data)
    }
    try workspace.note(.string("a"), ofSession: id, summary: "note a")
    try workspace.note(.string("b"), ofSession: other, summary: "note b")
    try workspace.note(.string("c"), ofSession: id, summary: "note c")
    #expect(try notes() == [id: "c", other: "b"])
    _ = try workspace.changes.undo(area: .sessions)
    #expect(try notes() == [id: "a", other: "b"])
    _ = try workspace.changes.undo(area: .sessions)
    _ = try workspace.changes.undo(area: .sessions)
    #expect(try notes() == [:])
  }

  @Test func `a removed session comes back with its files and its name`() throws {
    try workspace.renameSession(id, to: "kept")
    try Data("said".utf8).write(to: workspace.session(id).logURL)
    let change = try workspace.trashSession(id)
    #expect(change.area == .sessions && change.summary == "remove the session kept")
    #expect(workspace.sessionIDs().isEmpty)
    #expect(throws: StorageError.self) { try workspace.trashSession(id) }
    _ = try workspace.changes.undo(area: .sessions)
    #expect(try name == "kept")
    #expect(try String(contentsOf: workspace.session(id).logURL, encoding: .utf8) == "said")
  }

  @Test func `a session whose process lives is not removed`() throws {
    let lease = try workspace.session(id).acquireLease(attempt: 1)
    defer { withExtendedLifetime(lease) {} }
    #expect(throws: StorageError.self) { try workspace.trashSession(id) }
    #expect(workspace.sessionIDs() == [id])
  }

  @Test func `a rename that was cut off is finished by whoever comes next`() throws {
    let changes = workspace.changes
    let first = try name
    try changes.locked { () throws(StorageError) in
      var change = changes.begin(.sessions, "rename")
      change.sessionEdits = [
        .init(session: id, field: .name, before: nil, after: .string("new"))
      ]
      try changes.write(change)
    }
    #expect(try name == first)
    try changes.locked { () throws(StorageError) in }
    #expect(try name == "new")
    _ = try changes.undo(area: .sessions)
    #expect(try name == first)
  }
}
