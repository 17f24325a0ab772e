import Foundation
import Records
import Testing

@testable import Storage

/// What processes that died left in a workspace, and the engine that comes next.
@Suite struct LeftoverTests {
  private static let places = [
    "data/.tmp-a", "data/.trash-b", "sessions/.tmp-c", "sessions/.trash-d", "models/.trash-e",
    "models/net/.tmp-model.yaml-f", "models/net/history/.tmp-model-1.yaml-g", "params/.tmp-h",
    "params/net/.trash-i", "params/net/best/.tmp-params.json-j", "trash/.trash-k",
    "trash/000001/.tmp-change.json-l",
  ]

  private func workspace(_ folder: TemporaryFolder) throws -> Workspace {
    let workspace = try folder.workspace()
    try workspace.models.put("one", as: "net")
    try workspace.models.put("two", as: "net")
    _ = try workspace.params.add(Data("w".utf8), model: "net", name: "best")
    _ = try workspace.params.add(Data("v".utf8), model: "net", name: "best")
    _ = try workspace.params.annotate(model: "net", reference: "best@1", notes: "fine")
    _ = try workspace.createSession(.sample())
    return workspace
  }

  private func leave(_ paths: [String], in workspace: Workspace) throws {
    for path in paths {
      let url = workspace.url.child(path: path)
      if path.contains(".json-") || path.contains(".yaml-") || path == "params/.tmp-h" {
        try Data(count: 10).write(to: url)
      } else {
        try Files.makeFolder(url)
        try Data(count: 10).write(to: url.child("part"))
      }
    }
  }

  @Test func `the engine removes and names what is left, and nothing else`() throws {
    let folder = try TemporaryFolder()
    let workspace = try workspace(folder)
    let before = try Set(FileManager.default.subpathsOfDirectory(atPath: workspace.url.path))
    try leave(Self.places, in: workspace)
    let lock = try workspace.lockEngine(purpose: "test")
    let found = lock.removeLeftovers()
    #expect(found.map(\.path).sorted() == Self.places.sorted())
    #expect(found.allSatisfy { $0.byteCount == 10 && $0.problem == nil })
    let after = try Set(FileManager.default.subpathsOfDirectory(atPath: workspace.url.path))
    let locks: Set<String> = ["engine.lock", "data/.writers"]
    #expect(after.subtracting(locks) == before.subtracting(locks))
    #expect(lock.removeLeftovers().isEmpty)
  }

  @Test func `data and params that somebody is writing are left alone`() throws {
    let folder = try TemporaryFolder()
    let workspace = try workspace(folder)
    let lock = try workspace.lockEngine(purpose: "test")
    try leave(["data/.tmp-dead"], in: workspace)
    let array = DataRecord.Array(name: "inputs", shape: [3], dataType: "uint8", file: "x.npy")
    _ = try workspace.data.add("digits") { draft in
      try AtomicFile.write(Data([1, 2, 3]), to: draft.child("x.npy"))
      #expect(lock.removeLeftovers().isEmpty)
      return DataRecord(
        name: "digits", arrays: [array], classNames: [], fingerprint: "f", source: "test",
        createdAt: 0, byteCount: 0)
    }
    #expect(try workspace.data.list().map(\.name) == ["digits"])
    // Now that the writer is done, what the dead one left goes.
    #expect(lock.removeLeftovers().map(\.path) == ["data/.tmp-dead"])

    let writing = try FileLock.share(Leftovers.writersURL(in: workspace.params.url))
    try leave(["params/.tmp-h"], in: workspace)
    #expect(lock.removeLeftovers().isEmpty)
    withExtendedLifetime(writing) {}
  }

  @Test func `a leftover that cannot be removed is named with the reason`() throws {
    let folder = try TemporaryFolder()
    let workspace = try workspace(folder)
    let lock = try workspace.lockEngine(purpose: "test")
    try leave(["sessions/.tmp-c"], in: workspace)
    let faults = FileFaults(.error(EIO), after: 0)
    let found = FileFaults.$current.withValue(faults) { lock.removeLeftovers() }
    #expect(found.map(\.path) == ["sessions/.tmp-c"])
    #expect(found.first?.problem?.contains("the disk may be failing") == true, "\(found)")
    #expect(lock.removeLeftovers().map(\.problem) == [nil])
  }
}
