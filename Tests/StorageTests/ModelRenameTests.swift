import Foundation
import Records
import Testing

@testable import Storage

@Suite struct ModelRenameTests {
  private let folder: TemporaryFolder
  private let workspace: Workspace
  private var models: ModelStore { workspace.models }

  init() throws {
    folder = try TemporaryFolder()
    workspace = try folder.workspace()
    try models.put("first", as: "old")
    try models.put("second", as: "old")
    _ = try workspace.params.add(
      Data("weights".utf8), model: "old", name: "best", origin: .init())
  }

  /// What a reader finds under a name.
  private func state(_ name: String) throws -> [String] {
    let params = try workspace.params.list(model: name)
    return [try models.text(name)] + (try models.history(name))
      + params.flatMap { record in record.versions.map { record.model + " " + record.reference($0) }
      }
  }

  @Test func `a model moves with its history and its params, and its old name finds it`() throws {
    try models.rename("old", to: "new")
    #expect(models.names() == ["new"])
    #expect(try state("new") == ["second", "first", "new best@1"])
    #expect(models.current("old") == "new")
    #expect(models.current("unknown") == "unknown")
    try models.rename("old", to: "newest")
    #expect(models.current("old") == "newest" && models.current("new") == "newest")
    // Whoever takes the old name is meant by it from then on.
    try models.put("third", as: "old")
    #expect(models.current("old") == "old" && models.current("new") == "newest")
  }

  @Test func `a new name is taken back, one after the other`() throws {
    try models.rename("old", to: "new")
    try models.rename("new", to: "newest")
    #expect(try workspace.changes.undo(area: .models).summary == "rename the model new to newest")
    #expect(try state("new") == ["second", "first", "new best@1"])
    #expect(models.current("old") == "new")
    _ = try workspace.changes.undo(area: .models)
    #expect(try state("old") == ["second", "first", "old best@1"])
    #expect(try ModelStore.formerNames(in: models.url.child("old")) == [])
  }

  @Test func `a taken name and a model in use are refused, and nothing changes`() throws {
    try models.put("other", as: "taken")
    #expect(throws: StorageError.self) { try models.rename("old", to: "taken") }
    #expect(throws: StorageError.self) { try models.rename("gone", to: "free") }
    #expect(throws: StorageError.self) { try models.rename("old", to: "../free") }
    var request = SessionRequest.sample(createdAt: 1)
    request.model = "old"
    let session = try workspace.createSession(request)
    #expect(throws: StorageError.self) { try models.rename("old", to: "new") }
    #expect(try state("old") == ["second", "first", "old best@1"])
    try session.writeExit(
      ExitRecord(state: .finished, message: nil, attempt: 1, step: 1, time: 1))
    try models.rename("old", to: "new")
    // One that began under the old name and is taken up again holds the model by its new one.
    request.id = "01234567890123456789abcdef"
    _ = try workspace.createSession(request)
    #expect(throws: StorageError.self) { try models.remove("new") }
    #expect(throws: StorageError.self) { _ = try workspace.changes.undo(area: .models) }
  }

  @Test(arguments: [false, true]) func `a renaming ends as a whole after a crash at any part`(
    backwards: Bool
  ) throws {
    for count in 0..<5 {
      let folder = try TemporaryFolder()
      let workspace = try folder.workspace()
      try workspace.models.put("text", as: "old")
      _ = try workspace.params.add(
        Data("weights".utf8), model: "old", name: "best", origin: .init())
      let log = workspace.changes
      var change = log.begin(
        .models, "rename", renaming: .init(model: "new", from: "old", to: "new"),
        moves: [
          .init(from: "models/old", to: "models/new"), .init(from: "params/old", to: "params/new"),
        ])
      if backwards {
        try log.apply(change, backwards: false)
        change.state = .undoing
      }
      try log.write(change)
      for part in log.parts(of: change, backwards: backwards).prefix(count) {
        try log.make(part, backwards: backwards)
      }
      // Whoever comes next finishes it.
      try log.locked { () throws(StorageError) in }
      let name = backwards ? "old" : "new"
      #expect(workspace.models.names() == [name])
      #expect(try workspace.params.list().map(\.model) == [name])
      #expect(workspace.models.current("old") == name)
      #expect(workspace.models.current("new") == (backwards ? "new" : name))
    }
  }
}

@Suite struct PlacementTests {
  private func placement(
    _ name: String, _ form: ArrayPlacement.Form, on device: String, bytes: Int
  ) -> ArrayPlacement {
    ArrayPlacement(
      name: name, device: device, form: form, byteCount: bytes, users: 1, isPinned: false)
  }

  @Test func `shared bytes count once, and copies on a device each time`() {
    let mapped = placement("x", .host, on: "cpu", bytes: 100)
    let copied = placement("x", .resident, on: "cuda:0", bytes: 100)
    let sum = Workspace.sum([mapped, mapped, copied, copied, copied])
    #expect(sum.map(\.device) == ["cuda:0", "cpu"])
    #expect(sum.map(\.byteCount) == [300, 100])
    #expect(sum.map(\.users) == [3, 2])
  }

  @Test func `only sessions that are held tell where arrays lie`() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    let session = try workspace.createSession(.sample(createdAt: 1))
    #expect(workspace.placements().isEmpty)
    let mapped = placement("x", .host, on: "cpu", bytes: 100)
    do {
      let lease = try session.acquireLease(attempt: 1)
      try lease.beat(step: 3, placements: [mapped])
      #expect(workspace.placements() == [mapped])
      withExtendedLifetime(lease) {}
    }
    #expect(workspace.placements().isEmpty)
  }
}
