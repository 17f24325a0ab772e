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

    /// Makes an origin from its parts.
    public init(
      parent: String? = nil, session: String? = nil, step: Int? = nil,
      metrics: [String: Double] = [:]
    ) {
      self.parent = parent
      self.session = session
      self.step = step
      self.metrics = metrics
    }
  }

  /// The folder.
  public let url: URL

  /// All named weights, or those of one model.
  public func list(model: String? = nil) throws(StorageError) -> [ParamsRecord] {
    var records: [ParamsRecord] = []
    for owner in Files.names(in: url) where !owner.hasPrefix(".") {
      if let model, model != owner { continue }
      for name in Files.names(in: url.child(owner)) where !name.hasPrefix(".") {
        let file = recordURL(owner, name)
        if let record = try RecordJSON.read(ParamsRecord.self, at: file) { records.append(record) }
      }
    }
    return records
  }

  /// The versions of named weights.
  public func record(model: String, name: String) throws(StorageError) -> ParamsRecord {
    try check(model, name)
    guard let record = try RecordJSON.read(ParamsRecord.self, at: recordURL(model, name)) else {
      let known = try list(model: model).map(\.name)
      throw StorageError(
        .missing, path: "",
        "there are no params “\(name)” of the model “\(model)”; known are: "
          + "\(known.isEmpty ? "none" : known.joined(separator: ", "))")
    }
    return record
  }

  /// Adds a version from the bytes of a safetensors file.
  public func add(_ data: Data, model: String, name: String, origin: Origin = Origin())
    throws(StorageError) -> ParamsVersion
  {
    try add(model: model, name: name, origin: origin) { target throws(StorageError) in
      try AtomicFile.write(data, to: target)
      return (data.count, Digest.sha256(data))
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

  private func add(
    model: String, name: String, origin: Origin,
    write: (URL) throws(StorageError) -> (Int, String)
  ) throws(StorageError) -> ParamsVersion {
    try check(model, name)
    let folder = url.child(model).child(name)
    try Files.makeFolder(folder)
    let lock = try FileLock.wait(folder.child(".lock"))
    defer { withExtendedLifetime(lock) {} }
    var record =
      try RecordJSON.read(ParamsRecord.self, at: recordURL(model, name))
      ?? ParamsRecord(model: model, name: name, versions: [])
    let number = (record.versions.map(\.version).max() ?? 0) + 1
    let digits = String(number)
    let file =
      "v" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".safetensors"
    // A file of this number that no record names is what a crash left; it is replaced.
    let (size, digest) = try write(folder.child(file))
    let version = ParamsVersion(
      version: number, file: file, sha256: digest, byteCount: size,
      createdAt: Date().timeIntervalSince1970, session: origin.session, step: origin.step,
      metrics: origin.metrics, parent: origin.parent)
    record.versions.append(version)
    try AtomicFile.writeJSON(record, to: recordURL(model, name))
    return version
  }

  /// The file of `name` (its newest version) or `name@version`, after checking its bytes.
  public func file(model: String, reference: String) throws(StorageError) -> (
    url: URL, version: ParamsVersion
  ) {
    let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Int(parts[1].drop { $0 == "v" }) : nil
    guard parts.count == 1 || (parts.count == 2 && number != nil) else {
      throw StorageError(
        .invalid, path: "", "“\(reference)” names no params: write name or name@version, as a@3")
    }
    let name = String(parts[0])
    let record = try record(model: model, name: name)
    let found =
      number.map { wanted in record.versions.first { $0.version == wanted } }
      ?? record.versions.last
    guard let version = found else {
      let known = record.versions.map { String($0.version) }.joined(separator: ", ")
      throw StorageError(
        .missing, path: "",
        "the params “\(name)” have no version “\(reference)”; known are: \(known)")
    }
    let file = recordURL(model, name).deletingLastPathComponent()
      .child(version.file)
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

  /// Removes named weights with all versions.
  public func remove(model: String, name: String) throws(StorageError) {
    _ = try record(model: model, name: name)
    try Files.removeFolder(url.child(model).child(name))
  }

  private func check(_ model: String, _ name: String) throws(StorageError) {
    try Names.check(model, of: "a model")
    try Names.check(name, of: "params")
  }

  private func recordURL(_ model: String, _ name: String) -> URL {
    url.child(model).child(name)
      .child("params.json")
  }
}
