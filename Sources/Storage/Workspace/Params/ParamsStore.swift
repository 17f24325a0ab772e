import Foundation
import Records

/// The saved weights of a workspace: named, in versions, each with its parent.
public struct ParamsStore: Sendable, Equatable {
  /// Where a new version comes from.
  public struct Origin: Sendable, Equatable {
    /// What it was made from: `name@version`; `nil` for a root.
    public var parent: String?
    /// The session that made it.
    public var session: String?
    /// The step of that session.
    public var step: Int?
    /// Metrics at that time.
    public var metrics: [String: Double]
    /// How it was mixed from other versions; `nil` if it was not.
    public var mixture: ParamsMixture?
    /// What a person wrote about it.
    public var notes: String
    /// Words to find it by.
    public var tags: [String]

    /// Makes an origin from its parts.
    public init(
      parent: String? = nil, session: String? = nil, step: Int? = nil,
      metrics: [String: Double] = [:], mixture: ParamsMixture? = nil, notes: String = "",
      tags: [String] = []
    ) {
      self.parent = parent
      self.session = session
      self.step = step
      self.metrics = metrics
      self.mixture = mixture
      self.notes = notes
      self.tags = tags
    }
  }

  /// The folder.
  public let url: URL

  /// The changes of the workspace these params belong to.
  var changes: ChangeLog { ChangeLog(root: url.deletingLastPathComponent()) }

  /// All named weights, or those of one model.
  public func list(model: String? = nil) throws(StorageError) -> [ParamsRecord] {
    var records: [ParamsRecord] = []
    for owner in Files.names(in: url) where !owner.hasPrefix(".") {
      if let model, model != owner { continue }
      for name in Files.names(in: url.child(owner)) where !name.hasPrefix(".") {
        if let record = try ParamsFile.read(folder(owner, name)) { records.append(record) }
      }
    }
    return records
  }

  /// The versions of named weights, under their name or one they had before.
  public func record(model: String, name: String) throws(StorageError) -> ParamsRecord {
    try check(model, name)
    if let record = try ParamsFile.read(folder(model, name)) { return record }
    let all = try list(model: model)
    if let renamed = all.first(where: { $0.formerNames.contains(name) }) { return renamed }
    let known = all.map(\.name)
    throw StorageError(
      .missing, path: "",
      "there are no params “\(name)” of the model “\(model)”; known are: "
        + "\(known.isEmpty ? "none" : known.joined(separator: ", "))")
  }

  /// Adds a version from the bytes of a safetensors file.
  public func add(_ data: Data, model: String, name: String, origin: Origin = Origin())
    throws(StorageError) -> ParamsVersion
  {
    try check(model, name)
    let writing = try FileLock.share(Leftovers.writersURL(in: url))
    defer { withExtendedLifetime(writing) {} }
    // The slow part is done before the lock is taken: the bytes wait beside their place.
    let draft = url.child(".tmp-\(Names.randomText(12))")
    try AtomicFile.write(data, to: draft)
    let digest = Digest.sha256(data)
    do {
      return try changes.locked(needsOrder: false) { () throws(StorageError) in
        try take(draft, data.count, digest, model, name, origin)
      }
    } catch {
      try? Files.remove(draft)
      throw error
    }
  }

  /// Adds a version from a safetensors file, which is copied.
  public func add(contentsOf file: URL, model: String, name: String, origin: Origin = Origin())
    throws(StorageError) -> ParamsVersion
  {
    guard let data = try Files.read(file) else {
      throw StorageError(.missing, path: file.path, "there is no such file; check the path")
    }
    return try add(data, model: model, name: name, origin: origin)
  }

  /// Makes a file the next version of a name.
  private func take(
    _ draft: URL, _ size: Int, _ digest: String, _ model: String, _ name: String, _ origin: Origin
  ) throws(StorageError) -> ParamsVersion {
    let folder = folder(model, name)
    try Files.makeFolder(folder)
    var record =
      try ParamsFile.read(folder) ?? ParamsRecord(model: model, name: name, versions: [])
    let number = record.nextVersion
    let digits = String(number)
    let file =
      "v" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".safetensors"
    // A file of this number that no record names is what a crash left; it is replaced.
    try Files.rename(draft, to: folder.child(file), replacing: true)
    try AtomicFile.confirm(folder)
    let parent = origin.parent.flatMap { try? find(model: model, reference: $0) }
    let version = ParamsVersion(
      version: number, file: file, sha256: digest, byteCount: size,
      createdAt: Date().timeIntervalSince1970, session: origin.session, step: origin.step,
      metrics: origin.metrics, parent: origin.parent, branchStep: parent?.version.step,
      mixture: origin.mixture, notes: origin.notes, tags: Set(origin.tags).sorted())
    record.versions.append(version)
    record.nextVersion = number + 1
    try ParamsFile.write(record, folder)
    return version
  }

  /// The version that `name` (its newest) or `name@version` means, with its record.
  public func find(model: String, reference: String) throws(StorageError) -> (
    record: ParamsRecord, version: ParamsVersion
  ) {
    let (name, number) = try Self.parts(reference)
    let record = try record(model: model, name: name)
    guard let version = number.map({ record.version($0) }) ?? record.newest else {
      let known = record.versions.map { String($0.version) }.joined(separator: ", ")
      throw StorageError(
        .missing, path: "",
        "the params “\(name)” have no version “\(reference)”; known are: \(known)")
    }
    return (record, version)
  }

  /// The name and the number in `name` or `name@version`.
  static func parts(_ reference: String) throws(StorageError) -> (name: String, number: Int?) {
    let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Int(parts[1].drop { $0 == "v" }) : nil
    guard parts.count == 1 || (parts.count == 2 && number != nil) else {
      throw StorageError(
        .invalid, path: "", "“\(reference)” names no params: write name or name@version, as a@3")
    }
    return (String(parts[0]), number)
  }

  /// The file of `name` (its newest version) or `name@version`, after checking its bytes.
  public func file(model: String, reference: String) throws(StorageError) -> (
    url: URL, version: ParamsVersion
  ) {
    let (record, version) = try find(model: model, reference: reference)
    let file = folder(model, record.name).child(version.file)
    guard Files.exists(file) else {
      throw StorageError(.missing, path: file.path, "the weights' file is gone; restore it")
    }
    if try Digest.sha256(of: file) != version.sha256 {
      throw StorageError(
        .damaged, path: file.path,
        "its bytes have changed since they were saved (SHA-256 differs); use another version")
    }
    return (file, version)
  }

  func check(_ model: String, _ name: String) throws(StorageError) {
    try Names.check(model, of: "a model")
    try Names.check(name, of: "params")
  }

  func folder(_ model: String, _ name: String) -> URL { url.child(model).child(name) }
}
