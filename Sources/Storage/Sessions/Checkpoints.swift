import Foundation
import Records

/// What is in a checkpoint (`manifest.json`, written last).
public struct CheckpointManifest: Codable, Equatable, Sendable {
  /// One file of a checkpoint.
  public struct File: Codable, Equatable, Sendable {
    /// Its bytes.
    public var byteCount: Int
    /// SHA-256 of them, in hexadecimal.
    public var sha256: String
  }

  /// The version of this layout.
  public var format: Int
  /// Updates done.
  public var step: Int
  /// The attempt that wrote it.
  public var attempt: Int
  /// Seconds since 1970.
  public var createdAt: Double
  /// The files by name.
  public var files: [String: File]
  /// All that decides whether a resumed run is bitwise the same.
  public var fingerprint: [String: String]
}

/// A committed checkpoint.
public struct CheckpointFolder: Equatable, Sendable {
  /// The folder with its files.
  public let url: URL
  /// Updates done.
  public let step: Int
  /// The attempt that wrote it.
  public let attempt: Int

  /// The manifest as it stands; the files are not looked at.
  public func manifest() throws(StorageError) -> CheckpointManifest? {
    try RecordJSON.read(CheckpointManifest.self, at: url.child("manifest.json"))
  }

  /// The manifest, after checking every file against it.
  public func verify() throws(StorageError) -> CheckpointManifest {
    let manifestURL = url.child("manifest.json")
    guard let manifest = try RecordJSON.read(CheckpointManifest.self, at: manifestURL) else {
      throw StorageError(.damaged, path: url.path, "the checkpoint has no manifest.json")
    }
    if manifest.format > CheckpointStore.formatVersion {
      throw StorageError(
        .newerVersion, path: url.path,
        "the checkpoint has format \(manifest.format), this program knows"
          + " \(CheckpointStore.formatVersion); use a newer lasagne")
    }
    for (name, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
      let file = url.child(name)
      guard let size = Files.size(file) else {
        throw StorageError(.damaged, path: file.path, "the checkpoint's file is gone")
      }
      if size != expected.byteCount {
        throw StorageError(
          .damaged, path: file.path, "it has \(size) bytes instead of \(expected.byteCount)")
      }
      if try Digest.sha256(of: file) != expected.sha256 {
        throw StorageError(.damaged, path: file.path, "its bytes have changed (SHA-256 differs)")
      }
    }
    return manifest
  }
}

/// A checkpoint that is being written; nobody sees it before ``commit(fingerprint:)``.
public struct CheckpointDraft: Sendable {
  /// The folder to write files into.
  public let url: URL
  let store: CheckpointStore
  let step: Int
  let attempt: Int

  /// Writes one file of the checkpoint.
  public func write(_ data: Data, as name: String) throws(StorageError) {
    let file = url.child(name)
    let descriptor = try Files.open(file, O_WRONLY | O_CREAT | O_TRUNC, "write")
    let outcome = Result { () throws(StorageError) in try Files.write(descriptor, data, file) }
    try Files.close(descriptor, file)
    try outcome.get()
  }

  /// Takes a file of another checkpoint over: without a copy where the file system can.
  func link(_ source: URL, as name: String) throws(StorageError) {
    let target = url.child(name)
    if try Files.link(source, to: target) { return }
    guard let data = try Files.read(source) else {
      throw StorageError(.missing, path: source.path, "the checkpoint's file is gone")
    }
    try write(data, as: name)
  }

  /// Makes the checkpoint visible, whole and on the disk; after a failure there is none.
  ///
  /// A good checkpoint of the same step and attempt is kept instead. The error's kind is
  /// `uncertain` if the checkpoint is visible but the disk did not confirm it.
  public func commit(fingerprint: [String: String]) throws(StorageError) -> CheckpointFolder {
    do throws(StorageError) {
      var files: [String: CheckpointManifest.File] = [:]
      for name in Files.names(in: url) {
        let file = url.child(name)
        guard !Files.isFolder(file) else {
          throw StorageError(.invalid, path: file.path, "a checkpoint holds files, not folders")
        }
        chmod(file.path, Files.fileMode)
        try Files.synchronize(file)
        files[name] = CheckpointManifest.File(
          byteCount: Files.size(file) ?? 0, sha256: try Digest.sha256(of: file))
      }
      let manifest = CheckpointManifest(
        format: CheckpointStore.formatVersion, step: step, attempt: attempt,
        createdAt: Date().timeIntervalSince1970, files: files, fingerprint: fingerprint)
      try AtomicFile.writeJSON(manifest, to: url.child("manifest.json"))
    } catch {
      discard()
      throw error
    }
    return try publish()
  }

  private func publish() throws(StorageError) -> CheckpointFolder {
    let target = store.folder(step: step, attempt: attempt)
    do throws(StorageError) {
      if Files.exists(target.url) {
        if (try? target.verify()) != nil {
          discard()
          return target
        }
        try Files.removeFolder(target.url)
      }
      try Files.rename(url, to: target.url, replacing: false)
    } catch {
      discard()
      throw error
    }
    try AtomicFile.confirm(store.url)
    return target
  }

  /// Gives the draft up.
  public func discard() { try? Files.remove(url) }
}

/// The checkpoints of a session.
public struct CheckpointStore: Sendable, Equatable {
  static let formatVersion = 1

  /// The folder.
  public let url: URL

  /// Starts a checkpoint; refused if the disk has less than 1.2 times the newest one's bytes free.
  public func begin(step: Int, attempt: Int) throws(StorageError) -> CheckpointDraft {
    try Files.makeFolder(url)
    if let last = list().last, let free = Files.freeSpace(url) {
      let size = Files.names(in: last.url)
        .reduce(0) { $0 + (Files.size(last.url.child($1)) ?? 0) }
      if free < size + size / 5 {
        throw StorageError(
          .noSpace, path: url.path,
          "a checkpoint needs about \(size + size / 5) bytes, \(free) are free; free some space")
      }
    }
    let draft = url.child(".tmp-\(step)-\(Names.randomText(8))")
    try Files.makeFolder(draft)
    return CheckpointDraft(url: draft, store: self, step: step, attempt: attempt)
  }

  /// The committed checkpoints, the one to resume from last.
  ///
  /// A later attempt's are newer than an earlier one's, whatever their steps.
  public func list() -> [CheckpointFolder] {
    Files.names(in: url)
      .compactMap { name -> CheckpointFolder? in
        let parts = name.split(separator: "-")
        guard parts.count == 3, parts[0] == "step", let step = Int(parts[1]),
          let attempt = Int(parts[2])
        else { return nil }
        return CheckpointFolder(url: url.child(name), step: step, attempt: attempt)
      }
      .sorted { ($0.attempt, $0.step) < ($1.attempt, $1.step) }
  }

  /// The newest checkpoint whose files are all good, and a warning for each newer one that is not.
  public func newestVerified() -> (
    checkpoint: (folder: CheckpointFolder, manifest: CheckpointManifest)?, warnings: [String]
  ) {
    var warnings: [String] = []
    for folder in list().reversed() {
      do throws(StorageError) { return ((folder, try folder.verify()), warnings) } catch {
        warnings.append("the checkpoint at step \(folder.step) is passed over: \(error)")
      }
    }
    return (nil, warnings)
  }

  /// Removes all that are older than the newest `count` good ones (at least two are kept), except
  /// those at the `protected` steps.
  public func rotate(keeping count: Int, protected steps: Set<Int> = []) throws(StorageError) {
    try removeLeftovers()
    var good = 0
    for folder in list().reversed() {
      if good < max(count, 2) {
        if (try? folder.verify()) != nil { good += 1 }
      } else if !steps.contains(folder.step) {
        try Files.removeFolder(folder.url)
      }
    }
  }

  /// Removes what crashes left; only for the process that holds the session's lease.
  public func removeLeftovers() throws(StorageError) {
    for name in Files.names(in: url) where name.hasPrefix(".tmp-") || name.hasPrefix(".trash-") {
      try Files.remove(url.child(name))
    }
  }

  func folder(step: Int, attempt: Int) -> CheckpointFolder {
    let digits = String(step)
    let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    return CheckpointFolder(
      url: url.child("step-\(padded)-\(attempt)"), step: step, attempt: attempt)
  }
}
