import Foundation
import Records
import Testing

@testable import Storage

/// Every state that a process can leave behind when it dies in the middle of a change.
struct CrashStateTests {
  /// Lets a change die at its first file operation, at its second, … until it comes through.
  ///
  /// - Returns: how many states there were.
  private func enumerate<Subject>(
    _ prepare: () throws -> Subject, _ change: (Subject) throws -> Void,
    _ check: (Subject, _ hasSucceeded: Bool) throws -> Void
  ) throws -> Int {
    for count in 0..<500 {
      let subject = try prepare()
      let faults = FileFaults(after: count)
      var hasSucceeded = true
      FileFaults.$current.withValue(faults) {
        do { try change(subject) } catch { hasSucceeded = false }
      }
      try check(subject, hasSucceeded)
      if !faults.hasStruck { return count }
    }
    Issue.record("The change never came to its end.")
    return 0
  }

  private func save(_ store: CheckpointStore, step: Int) throws {
    let draft = try store.begin(step: step, attempt: 1)
    try draft.write(Data(repeating: UInt8(step), count: 1000), as: "state.safetensors")
    try draft.write(Data("notes".utf8), as: "notes")
    _ = try draft.commit(fingerprint: [:])
  }

  /// A session with checkpoints, in a folder that is gone when the subject is.
  private struct Subject {
    let folder: TemporaryFolder
    let session: SessionFolder
    var store: CheckpointStore { session.checkpoints }

    init(checkpoints steps: [Int], _ save: (CheckpointStore, Int) throws -> Void) throws {
      folder = try TemporaryFolder()
      session = try folder.session()
      for step in steps { try save(session.checkpoints, step) }
    }
  }

  @Test func `a checkpoint that is being saved is there, or the one before it is`() throws {
    let states = try enumerate {
      try Subject(checkpoints: [1], save)
    } _: {
      try save($0.store, step: 2)
    } _: { subject, hasSucceeded in
      let newest = try #require(subject.store.newestVerified().checkpoint).folder.step
      #expect(hasSucceeded ? newest == 2 : newest == 1 || newest == 2)
      // The next process tidies up and goes on.
      try subject.store.removeLeftovers()
      try save(subject.store, step: 3)
      #expect(subject.store.newestVerified().checkpoint?.folder.step == 3)
      #expect(subject.store.newestVerified().warnings.isEmpty)
    }
    #expect(states > 10)
  }

  @Test func `checkpoints that are rotated away leave the newest ones whole`() throws {
    let states = try enumerate {
      try Subject(checkpoints: [1, 2, 3, 4, 5], save)
    } _: {
      try $0.store.rotate(keeping: 2)
    } _: { subject, hasSucceeded in
      let kept = subject.store.list()
      for folder in kept { _ = try folder.verify() }
      let steps = kept.map(\.step)
      #expect(steps.suffix(2) == [4, 5])
      #expect(!hasSucceeded || steps == [4, 5])
      try subject.store.rotate(keeping: 2)
      #expect(subject.store.list().map(\.step) == [4, 5])
      #expect(Files.names(in: subject.store.url).count == 2)
    }
    #expect(states > 5)
  }

  @Test func `a session that is deleted is there as a whole, or not at all`() throws {
    let states = try enumerate {
      try Subject(checkpoints: [1, 2], save)
    } _: {
      try $0.folder.workspace().removeSession($0.session.id)
    } _: { subject, hasSucceeded in
      let workspace = try subject.folder.workspace()
      let ids = workspace.sessionIDs()
      #expect(ids.isEmpty || ids == [subject.session.id])
      #expect(!hasSucceeded || ids.isEmpty)
      for id in ids {
        let session = try workspace.session(id)
        #expect(session.checkpoints.newestVerified().checkpoint?.folder.step == 2)
      }
    }
    #expect(states > 1)
  }

  @Test func `a session that is made with all it begins with is whole, or not there`() throws {
    let states = try enumerate {
      try Subject(checkpoints: [7], save)
    } _: { subject in
      var request = SessionRequest.sample()
      request.origin = SessionOrigin(session: subject.session.id, step: 7)
      let command = ControlCommand(
        number: 1, time: 0, origin: "test", action: .freeze(pattern: "a"))
      let contents = SessionContents(
        model: "lasagne: 1", replay: [PlannedCommand(step: 9, command: command)],
        origin: subject.store.list().last)
      _ = try subject.folder.workspace().createSession(request, contents: contents)
    } _: { subject, hasSucceeded in
      let others = try subject.folder.workspace().sessions().filter { $0.id != subject.session.id }
      #expect(!hasSucceeded || others.count == 1)
      for session in others {
        #expect(try session.model() == "lasagne: 1")
        #expect(try session.history().map(\.step) == [9])
        #expect(session.origin.newestVerified().checkpoint?.folder.step == 7)
      }
      #expect(subject.store.newestVerified().checkpoint?.folder.step == 7)
    }
    #expect(states > 10)
  }

  @Test func `weights that are imported are the new version, or the old ones are untouched`() throws
  {
    let states = try enumerate {
      let subject = try Subject(checkpoints: [], save)
      let params = try subject.folder.workspace().params
      _ = try params.add(Data("old".utf8), model: "lenet", name: "best")
      return subject
    } _: {
      let params = try $0.folder.workspace().params
      _ = try params.add(Data("new".utf8), model: "lenet", name: "best")
    } _: { subject, hasSucceeded in
      let params = try subject.folder.workspace().params
      let (file, version) = try params.file(model: "lenet", reference: "best")
      let content = try Data(contentsOf: file)
      #expect(content == Data((version.version == 1 ? "old" : "new").utf8))
      #expect(!hasSucceeded || version.version == 2)
      let next = try params.add(Data("next".utf8), model: "lenet", name: "best")
      #expect(next.version > version.version)
      #expect(try params.file(model: "lenet", reference: "best").version == next)
    }
    #expect(states > 5)
  }

  @Test func `data that are imported are there as a whole, or not at all`() throws {
    let states = try enumerate {
      try Subject(checkpoints: [], save)
    } _: { subject in
      let array = DataRecord.Array(
        name: "inputs", shape: [4], dataType: "uint8", file: "inputs.npy")
      _ = try subject.folder.workspace().data.add("digits") { draft in
        try AtomicFile.write(Data([1, 2, 3, 4]), to: draft.child("inputs.npy"))
        return DataRecord(
          name: "digits", arrays: [array], classNames: [], fingerprint: "f", source: "test",
          createdAt: 0, byteCount: 0)
      }
    } _: { subject, hasSucceeded in
      let data = try subject.folder.workspace().data
      let records = try data.list()
      #expect(!hasSucceeded || records.count == 1)
      for record in records {
        let url = data.arrayURL(record.arrays[0], of: record.name)
        #expect(try Data(contentsOf: url) == Data([1, 2, 3, 4]))
      }
    }
    #expect(states > 5)
  }
}
