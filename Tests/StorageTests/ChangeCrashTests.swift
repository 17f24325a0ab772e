import Foundation
import Records
import Testing

@testable import Storage

/// Every state in which a crash can leave a change ends, when somebody comes, as the whole change.
@Suite struct ChangeCrashTests {
  private func store() throws -> (TemporaryFolder, Workspace) {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    for (text, name, parent) in [
      ("one", "best", nil), ("two", "best", "best@1"), ("child", "fine", "best@1"),
    ] {
      _ = try workspace.params.add(
        Data(text.utf8), model: "m", name: name, origin: .init(parent: parent))
    }
    return (folder, workspace)
  }

  /// What each version of the model holds and what it was made from.
  private func texts(_ workspace: Workspace) throws -> [String: String] {
    var texts: [String: String] = [:]
    for record in try workspace.params.list(model: "m") {
      for version in record.versions {
        let file = try workspace.params.file(
          model: "m", reference: record.reference(version)
        ).url
        texts[record.reference(version)] =
          String(decoding: try Data(contentsOf: file), as: UTF8.self)
          + " from \(version.parent ?? "nothing")"
      }
    }
    return texts
  }

  private func deletion(_ workspace: Workspace) throws -> WorkspaceChange {
    let record = try workspace.params.record(model: "m", name: "best")
    return workspace.changes.begin(
      .params, "delete",
      edits: record.versions.map { .init(model: "m", name: "best", before: $0, after: nil) },
      deleting: record.versions.map { "params/m/best/\($0.file)" })
  }

  private func renaming(_ workspace: Workspace) -> WorkspaceChange {
    workspace.changes.begin(
      .params, "rename", renaming: .init(model: "m", from: "best", to: "good"),
      moves: [.init(from: "params/m/best", to: "params/m/good")])
  }

  /// Makes `count` parts of a change and stops as a crash would; `nil` when there are fewer.
  private func crash(
    _ change: WorkspaceChange, _ log: ChangeLog, after count: Int, backwards: Bool
  ) throws -> Bool {
    let parts = log.parts(of: change, backwards: backwards)
    for part in parts.prefix(count) { try log.make(part, backwards: backwards) }
    return count <= parts.count
  }

  @Test(arguments: [true, false]) func `a change goes on after a crash at any part`(
    isDeletion: Bool
  ) throws {
    let whole =
      isDeletion
      ? ["fine@1": "child from best@1"]
      : [
        "good@1": "one from nothing", "good@2": "two from good@1", "fine@1": "child from good@1",
      ]
    for count in 0... {
      let (folder, workspace) = try store()
      defer { withExtendedLifetime(folder) {} }
      let change = isDeletion ? try deletion(workspace) : renaming(workspace)
      try workspace.changes.write(change)
      guard try crash(change, workspace.changes, after: count, backwards: false) else { break }
      // Whatever the state, no record names a file that is not there.
      _ = try texts(workspace)
      // The next who adds something finishes the change first.
      _ = try workspace.params.add(Data("new".utf8), model: "other", name: "n")
      #expect(try texts(workspace) == whole)
      _ = try workspace.changes.undo()
      #expect(
        try texts(workspace) == [
          "best@1": "one from nothing", "best@2": "two from best@1", "fine@1": "child from best@1",
        ])
    }
  }

  @Test(arguments: [true, false]) func `taking a change back goes on after a crash at any part`(
    isDeletion: Bool
  ) throws {
    for count in 0... {
      let (folder, workspace) = try store()
      defer { withExtendedLifetime(folder) {} }
      let before = try texts(workspace)
      var change = isDeletion ? try deletion(workspace) : renaming(workspace)
      try workspace.changes.write(change)
      try workspace.changes.apply(change, backwards: false)
      change.state = .undoing
      try workspace.changes.write(change)
      guard try crash(change, workspace.changes, after: count, backwards: true) else { break }
      _ = try texts(workspace)
      try workspace.changes.locked {}
      #expect(try texts(workspace) == before)
      #expect(workspace.changes.list().map(\.state) == [.undone])
    }
  }
}
