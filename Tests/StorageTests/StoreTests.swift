import Foundation
import Records
import Testing

@testable import Storage

@Suite struct CheckpointTests {
  private func commit(_ store: CheckpointStore, _ step: Int, attempt: Int = 1) throws
    -> CheckpointFolder
  {
    let draft = try store.begin(step: step, attempt: attempt)
    try draft.write(Data("weights \(step)".utf8), as: "weights.safetensors")
    try draft.write(Data("state".utf8), as: "state.json")
    return try draft.commit(fingerprint: ["device": "cpu"])
  }

  @Test func `a committed checkpoint is found and verified`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(url: folder("checkpoints"))
    #expect(store.newestVerified().checkpoint == nil)
    let made = try commit(store, 120)
    let found = try #require(store.newestVerified().checkpoint)
    #expect(found.folder == made)
    #expect(found.manifest.step == 120)
    #expect(found.manifest.fingerprint == ["device": "cpu"])
    #expect(Set(found.manifest.files.keys) == ["weights.safetensors", "state.json"])
    #expect(try commit(store, 120) == made)
    #expect(Files.names(in: store.url).count == 1)
  }

  @Test func `what a crash leaves in the middle is never taken for a checkpoint`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(url: folder("checkpoints"))
    let good = try commit(store, 10)
    let draft = try store.begin(step: 20, attempt: 1)
    #expect(store.list() == [good])
    try draft.write(Data("half".utf8), as: "weights.safetensors")
    #expect(store.newestVerified().checkpoint?.folder == good)
    // The folder was renamed, but power failed before its files were whole.
    let torn = store.folder(step: 30, attempt: 1).url
    try Files.makeFolder(torn)
    try Data("half".utf8).write(to: torn.child("weights.safetensors"))
    let result = store.newestVerified()
    #expect(result.checkpoint?.folder == good)
    #expect(result.warnings.count == 1)
    #expect(result.warnings[0].contains("step 30"))
    try store.removeLeftovers()
    #expect(!Files.exists(draft.url))
    // The same step committed again replaces the torn one.
    let again = try commit(store, 30)
    #expect(store.newestVerified().checkpoint?.folder == again)
  }

  @Test(arguments: ["weights.safetensors", "state.json", "manifest.json"])
  func `a checkpoint with any changed file is passed over`(name: String) throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(url: folder("checkpoints"))
    _ = try commit(store, 10)
    let newest = try commit(store, 20)
    let file = newest.url.child(name)
    let data = try Data(contentsOf: file)
    for changed in [data.dropLast(), data + Data([1]), nil] {
      if let changed {
        try changed.write(to: file)
      } else {
        try FileManager.default.removeItem(at: file)
      }
      #expect(store.newestVerified().checkpoint?.folder.step == 10)
    }
  }

  @Test func `a later attempt is newer whatever its step`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(url: folder("checkpoints"))
    _ = try commit(store, 100)
    _ = try commit(store, 200)
    _ = try commit(store, 120, attempt: 2)
    #expect(store.newestVerified().checkpoint?.folder.step == 120)
  }

  @Test func `rotation keeps two good ones and the protected`() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(url: folder("checkpoints"))
    for step in [10, 20, 30, 40, 50] { _ = try commit(store, step) }
    let damaged = store.folder(step: 40, attempt: 1).url
    try Data().write(to: damaged.child("state.json"))
    try store.rotate(keeping: 1, protected: [10])
    #expect(store.list().map(\.step) == [10, 30, 40, 50])
    #expect(Files.names(in: store.url).allSatisfy { $0.hasPrefix("step-") })
  }
}

@Suite struct StoreTests {
  @Test func `a model keeps its history`() throws {
    let folder = try TemporaryFolder()
    let models = try folder.workspace().models
    #expect(try models.put("one", as: "lenet"))
    #expect(try !models.put("one", as: "lenet"))
    #expect(try models.put("two", as: "lenet"))
    #expect(try models.put("three", as: "lenet"))
    #expect(try models.text("lenet") == "three")
    #expect(try models.history("lenet") == ["one", "two"])
    #expect(models.names() == ["lenet"])
    let error = #expect(throws: StorageError.self) { try models.text("alexnet") }
    #expect(error?.message.contains("known are: lenet") == true)
    try models.remove("lenet")
    #expect(models.names().isEmpty)
  }

  @Test func `params grow in versions and are found by reference`() throws {
    let folder = try TemporaryFolder()
    let params = try folder.workspace().params
    let first = try params.add(Data("one".utf8), model: "lenet", name: "best")
    try Data("two".utf8).write(to: folder("two"))
    let second = try params.add(
      contentsOf: folder("two"), model: "lenet", name: "best",
      origin: .init(parent: "best@1", session: "s", step: 9, metrics: ["loss": .nan]))
    #expect([first.file, second.file] == ["v0001.safetensors", "v0002.safetensors"])
    #expect(second.sha256 == "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3")
    #expect(second.parent == "best@1")
    for (reference, text) in [("best", "two"), ("best@1", "one"), ("best@v2", "two")] {
      let found = try params.file(model: "lenet", reference: reference)
      #expect(try Data(contentsOf: found.url) == Data(text.utf8))
    }
    for reference in ["best@3", "best@x", "worst", "best@1@2", "../best"] {
      #expect(throws: StorageError.self) { try params.file(model: "lenet", reference: reference) }
    }
    #expect(try params.list().map(\.name) == ["best"])
    #expect(try params.list(model: "other").isEmpty)
    try Data("2wo".utf8).write(to: params.file(model: "lenet", reference: "best").url)
    let error = #expect(throws: StorageError.self) {
      try params.file(model: "lenet", reference: "best")
    }
    #expect(error?.kind == .damaged)
  }

  @Test func `a version that a crash left half-made is replaced`() throws {
    let folder = try TemporaryFolder()
    let params = try folder.workspace().params
    _ = try params.add(Data("one".utf8), model: "m", name: "n")
    try Data("half".utf8).write(to: params.url.child("m/n/v0002.safetensors"))
    #expect(try params.record(model: "m", name: "n").versions.count == 1)
    #expect(try params.add(Data("two".utf8), model: "m", name: "n").version == 2)
    let found = try params.file(model: "m", reference: "n").url
    #expect(try Data(contentsOf: found) == Data("two".utf8))
  }

  @Test func `sessions that save under one name at once each get a version`() async throws {
    let folder = try TemporaryFolder()
    let params = try folder.workspace().params
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask { _ = try params.add(Data([UInt8(number)]), model: "m", name: "n") }
      }
      try await group.waitForAll()
    }
    #expect(try params.record(model: "m", name: "n").versions.map(\.version) == Array(1...8))
  }

  private static let record = DataRecord(
    name: "", arrays: [.init(name: "inputs", shape: [2], dataType: "uint8", file: "inputs.npy")],
    classNames: [], fingerprint: "f", source: "here", createdAt: 0, byteCount: 0)

  @Test func `a data set is there as a whole or not at all`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.workspace().data
    #expect(throws: StorageError.self) { try data.add("digits") { _ in StoreTests.record } }
    #expect(throws: CancellationError.self) {
      try data.add("digits") { url in
        try Data([1]).write(to: url.child("inputs.npy"))
        throw CancellationError()
      }
    }
    #expect(try data.list().isEmpty)
    #expect(Files.names(in: data.url) == [".writers"])
    let made = try data.add("digits") { url in
      try Data([1, 2, 3]).write(to: url.child("inputs.npy"))
      return StoreTests.record
    }
    #expect(made.name == "digits")
    #expect(made.byteCount == 3)
    #expect(try data.list() == [made])
    #expect(try Data(contentsOf: data.arrayURL(made.arrays[0], of: "digits")) == Data([1, 2, 3]))
    let error = #expect(throws: StorageError.self) { try data.add("digits") { _ in made } }
    #expect(error?.kind == .exists)
    let second = try data.add("digits", replacing: true) { url in
      try Data([4]).write(to: url.child("inputs.npy"))
      return StoreTests.record
    }
    #expect(try data.record("digits") == second)
    #expect(Files.names(in: data.url) == [".writers", "digits"])
    try data.remove("digits")
    #expect(Files.names(in: data.url) == [".writers"])
  }
}
