import Foundation
import Records
import Testing

@testable import Storage

@Suite struct WorkspaceTests {
  private func mode(_ url: URL) -> mode_t {
    var status = stat()
    return stat(url.path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func `a workspace is made, opened, and readable by its owner only`() throws {
    let folder = try TemporaryFolder()
    let made = try Workspace.create(at: folder("a/b/space"))
    #expect(try Workspace.open(at: folder("a/b/space")) == made)
    #expect(try Workspace.openOrCreate(at: folder("a/b/space")) == made)
    for name in ["", "models", "params", "data", "sessions"] {
      #expect(mode(made.url.child(name)) == 0o700)
    }
    #expect(mode(made.url.child("workspace.json")) == 0o600)
    let session = try made.createSession(.sample())
    #expect(mode(session.url.child("session.json")) == 0o600)
  }

  @Test func `a folder with something else in it is refused`() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: folder("thesis.tex"))
    let errors = [
      #expect(throws: StorageError.self) { try Workspace.open(at: folder.url) },
      #expect(throws: StorageError.self) { try Workspace.create(at: folder.url) },
      #expect(throws: StorageError.self) { try Workspace.openOrCreate(at: folder.url) },
    ]
    for error in errors {
      #expect(error?.kind == .notAWorkspace)
      #expect(error?.description.contains(folder.url.path) == true)
    }
    let missing = #expect(throws: StorageError.self) { try Workspace.open(at: folder("none")) }
    #expect(missing?.kind == .missing)
    let file = #expect(throws: StorageError.self) {
      try Workspace.create(at: folder("thesis.tex"))
    }
    #expect(file?.kind == .notAWorkspace)
  }

  @Test func `a workspace whose making was interrupted is finished`() throws {
    let folder = try TemporaryFolder()
    let made = try folder.workspace()
    try FileManager.default.removeItem(at: made.url.child("workspace.json"))
    try FileManager.default.removeItem(at: made.url.child("sessions"))
    #expect(try Workspace.openOrCreate(at: made.url) == made)
    #expect(made.sessions().isEmpty)
  }

  @Test func `a newer or damaged workspace is refused`() throws {
    let folder = try TemporaryFolder()
    let header = try folder.workspace().url.child("workspace.json")
    try Data(#"{"format": 2, "createdAt": 0}"#.utf8).write(to: header)
    let newer = #expect(throws: StorageError.self) { try folder.workspace() }
    #expect(newer?.kind == .newerVersion)
    try Data(#"{"form"#.utf8).write(to: header)
    let damaged = #expect(throws: StorageError.self) { try folder.workspace() }
    #expect(damaged?.kind == .damaged)
  }

  @Test func `only one engine has a workspace`() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    #expect(try workspace.engineHolder() == nil)
    var lock: Workspace.EngineLock? = try workspace.lockEngine(purpose: "serve")
    try lock?.announce(address: "http://localhost:1")
    let holder = try workspace.engineHolder()
    #expect(holder?.process == Int(getpid()))
    #expect(holder?.address == "http://localhost:1")
    let error = #expect(throws: StorageError.self) { try workspace.lockEngine(purpose: "train") }
    #expect(error?.kind == .locked)
    #expect(error?.message.contains("process \(getpid()), lasagne serve") == true)
    lock = nil
    #expect(try workspace.engineHolder() == nil)
    lock = try workspace.lockEngine(purpose: "train")
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: ["", ".hidden", "a/b", "..", "a b", "ä", String(repeating: "a", count: 65)])
  func `a name that is no good folder name is refused`(name: String) throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    #expect(throws: StorageError.self) { try workspace.models.put("x", as: name) }
    #expect(throws: StorageError.self) { try workspace.data.record(name) }
    #expect(throws: StorageError.self) {
      try workspace.params.add(Data(), model: name, name: "x")
    }
    #expect(throws: StorageError.self) {
      try workspace.params.add(Data(), model: "x", name: name)
    }
    #expect(throws: StorageError.self) { try workspace.session(name) }
  }

  @Test func `good names and ids are taken`() throws {
    for name in ["a", "A-b_c.1", String(repeating: "a", count: 64)] {
      try Names.check(name, of: "a model")
    }
    let ids = (0..<100).map { _ in Names.newSessionID() }
    #expect(ids.allSatisfy(Names.isSessionID))
    #expect(Set(ids).count == 100)
    #expect(!Names.isSessionID("../" + Names.newSessionID().dropFirst(3)))
  }

  @Test func `files that a session of another machine left are no sessions`() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.workspace()
    let session = try workspace.createSession(.sample())
    for name in [".tmp-x", "notes", Names.newSessionID()] {
      try Files.makeFolder(workspace.url.child("sessions/\(name)"))
    }
    #expect(workspace.sessions() == [session])
    try workspace.removeSession(session.id)
    #expect(workspace.sessions().isEmpty)
  }
}

@Suite struct AtomicFileTests {
  @Test func `a write replaces the whole file or refuses to`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(Data("old".utf8), to: folder("a"))
    try AtomicFile.write(Data("new".utf8), to: folder("a"))
    let error = #expect(throws: StorageError.self) {
      try AtomicFile.write(Data("x".utf8), to: folder("a"), replacing: false)
    }
    #expect(error?.kind == .exists)
    #expect(try Data(contentsOf: folder("a")) == Data("new".utf8))
    #expect(Files.names(in: folder.url) == ["a"])
  }

  @Test func `a full disk is said in one sentence`() throws {
    let url = URL(fileURLWithPath: "/dev/full")
    let descriptor = try Files.open(url, O_WRONLY, "open")
    defer { close(descriptor) }
    let error = #expect(throws: StorageError.self) {
      try Files.write(descriptor, Data("x".utf8), url)
    }
    #expect(error?.kind == .noSpace)
    #expect(
      error?.description
        == "/dev/full: cannot write: No space left on device; free some space and try again")
  }

  @Test func `a folder that is not there is said in one sentence`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: StorageError.self) {
      try AtomicFile.write(Data(), to: folder("none/a"))
    }
    #expect(error?.kind == .missing)
    #expect(error?.path == folder("none/a").path)
  }

  @Test func `readers see the old bytes or the new ones`() async throws {
    let folder = try TemporaryFolder()
    let values = (0..<4).map { Data(repeating: UInt8($0), count: 50_000) }
    try AtomicFile.write(values[0], to: folder("a"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<60 { try AtomicFile.write(values[round % 4], to: folder("a")) }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<200 {
            let seen = try Data(contentsOf: folder("a"))
            #expect(values.contains(seen))
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// A file system of 256 KB; only where this process may mount one.
@Suite(.enabled(if: SmallDisk.isPossible)) struct FullDiskTests {
  @Test func `a full disk loses nothing and says so`() throws {
    let disk = try SmallDisk()
    let url = disk.url.child("a.json")
    try AtomicFile.write(Data("old".utf8), to: url)
    let error = #expect(throws: StorageError.self) {
      try AtomicFile.write(Data(count: 1 << 20), to: url)
    }
    #expect(error?.kind == .noSpace)
    #expect(try Data(contentsOf: url) == Data("old".utf8))
    #expect(Files.names(in: disk.url) == ["a.json"])
  }

  @Test func `a journal keeps its points until there is space again`() throws {
    let disk = try SmallDisk()
    let filler = disk.url.child("filler")
    let journal = try JournalWriter(
      disk.url.child("a.journal"), attempt: 1, resumedFrom: 0)
    try Data(count: 240 << 10).write(to: filler)
    // Values that no column can shorten, so that they do not fit.
    var generator = SmallGenerator(state: 2)
    let measured = (0..<5000).map { step in
      MetricPoints(step, ["x": Double.random(in: -1...1, using: &generator)])
    }
    for points in measured.prefix(4000) { try? journal.append(points) }
    #expect(throws: StorageError.self) { try journal.synchronize() }
    #expect(try readAll(journal.url).damage == nil)
    // Whoever appends is told, and what he appends is kept.
    for points in measured.dropFirst(4000) {
      #expect(throws: StorageError.self) { try journal.append(points) }
    }
    #expect(try readAll(journal.url).damage == nil)
    try FileManager.default.removeItem(at: filler)
    try journal.close()
    let (entries, damage) = try readAll(journal.url)
    #expect(damage == nil)
    #expect(entries == measured.map { .metrics($0) })
  }

  @Test func `a checkpoint that does not fit leaves the older one`() throws {
    let disk = try SmallDisk()
    let store = CheckpointStore(url: disk.url.child("checkpoints"))
    let first = try store.begin(step: 1, attempt: 1)
    try first.write(Data(count: 60 << 10), as: "weights")
    _ = try first.commit(fingerprint: [:])
    let second = try store.begin(step: 2, attempt: 1)
    let error = #expect(throws: StorageError.self) {
      try second.write(Data(count: 400 << 10), as: "weights")
    }
    #expect(error?.kind == .noSpace)
    second.discard()
    #expect(store.newestVerified().checkpoint?.folder.step == 1)
    try Data(count: 150 << 10).write(to: disk.url.child("filler"))
    let refused = #expect(throws: StorageError.self) { try store.begin(step: 3, attempt: 1) }
    #expect(refused?.kind == .noSpace)
    #expect(Files.names(in: store.url).count == 1)
  }
}

final class SmallDisk: Sendable {
  static let isPossible = (try? SmallDisk()) != nil
  private let folder: TemporaryFolder
  var url: URL { folder.url }

  init() throws {
    folder = try TemporaryFolder()
    guard SmallDisk.run("mount", "-t", "tmpfs", "-o", "size=256k", "none", folder.url.path) else {
      throw StorageError(.system(EPERM), path: folder.url.path, "this process may not mount")
    }
  }

  deinit { _ = SmallDisk.run("umount", "--lazy", folder.url.path) }

  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
