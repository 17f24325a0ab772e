import Foundation
import Records

/// A folder that holds models, parameters, data and sessions.
public struct Workspace: Sendable, Equatable {
  /// The version of the folder's layout that this program writes.
  public static let formatVersion = 1

  private struct Header: Codable {
    var format: Int
    var createdAt: Double
  }

  /// The folder.
  public let url: URL

  init(_ url: URL) {
    self.url = URL(fileURLWithPath: url.standardizedFileURL.path, isDirectory: false)
  }

  /// Opens a workspace; one written by a newer version of this program is refused.
  public static func open(at url: URL) throws(StorageError) -> Workspace {
    let workspace = Workspace(url)
    guard let header = try RecordJSON.read(Header.self, at: workspace.headerURL) else {
      if !Files.exists(url) {
        throw StorageError(
          .missing, path: url.path, "there is no such workspace; give the folder of one")
      }
      throw StorageError(
        .notAWorkspace, path: url.path,
        "this folder is not a workspace (it has no workspace.json); give an empty folder, a new one"
          + " or a workspace")
    }
    if header.format > formatVersion {
      throw StorageError(
        .newerVersion, path: url.path,
        "this workspace has format \(header.format), this program knows \(formatVersion); use a"
          + " newer lasagne")
    }
    try workspace.makeFolders()
    return workspace
  }

  /// Makes a workspace in a new or empty folder.
  public static func create(at url: URL) throws(StorageError) -> Workspace {
    let workspace = Workspace(url)
    if Files.exists(url) && !Files.isFolder(url) {
      throw StorageError(
        .notAWorkspace, path: url.path, "this is a file; a workspace needs a folder of its own")
    }
    if !Files.names(in: url).isEmpty {
      throw StorageError(
        .notAWorkspace, path: url.path,
        "this folder is not empty; give an empty folder, a new one or a workspace")
    }
    try Files.makeFolder(workspace.url)
    try workspace.makeFolders()
    try AtomicFile.writeJSON(
      Header(format: formatVersion, createdAt: Date().timeIntervalSince1970),
      to: workspace.headerURL)
    return workspace
  }

  /// Opens the workspace at `url`, or makes one if the folder is new or empty.
  public static func openOrCreate(at url: URL) throws(StorageError) -> Workspace {
    let standard = url.standardizedFileURL
    let names = Files.names(in: standard)
    // Folders without the header are what a crash inside `create` leaves.
    let isUnfinished = names.allSatisfy { folderNames.contains($0) || $0.hasPrefix(".tmp-") }
    if names.contains("workspace.json") || !isUnfinished { return try open(at: standard) }
    if names.isEmpty { return try create(at: standard) }
    let workspace = Workspace(standard)
    try workspace.makeFolders()
    try AtomicFile.writeJSON(
      Header(format: formatVersion, createdAt: Date().timeIntervalSince1970),
      to: workspace.headerURL)
    return workspace
  }

  private static let folderNames = ["models", "params", "data", "sessions"]

  private var headerURL: URL { url.child("workspace.json") }

  private func makeFolders() throws(StorageError) {
    for name in Workspace.folderNames { try Files.makeFolder(url.child(name)) }
  }

  /// The models.
  public var models: ModelStore { ModelStore(url: url.child("models")) }
  /// The parameters.
  public var params: ParamsStore { ParamsStore(url: url.child("params")) }
  /// The data sets.
  public var data: DataStore { DataStore(url: url.child("data")) }
  /// What was done to these three, and can be undone.
  public var changes: ChangeLog { ChangeLog(root: url) }
  /// The index, which can be made again from the rest.
  public var indexURL: URL { url.child("index.sqlite") }
  /// The Unix socket on which an engine listens.
  public var socketURL: URL { url.child("engine.socket") }
  private var sessionsURL: URL { url.child("sessions") }
  private var lockURL: URL { url.child("engine.lock") }

  // MARK: Sessions

  /// Makes the folder of a new session and writes what was asked.
  public func createSession(
    _ request: SessionRequest, contents: SessionContents = SessionContents()
  ) throws(StorageError) -> SessionFolder {
    guard Names.isSessionID(request.id) else {
      throw StorageError(
        .invalid, path: "", "“\(request.id.prefix(40))” is no session id: 26 characters of 0-9a-z")
    }
    let target = sessionsURL.child(request.id)
    let draft = sessionsURL.child(".tmp-\(request.id)")
    try Files.remove(draft)
    try Files.makeFolder(draft)
    try Files.makeFolder(draft.child("checkpoints"))
    do throws(StorageError) {
      try SessionFolder(url: draft, request: request).put(contents)
      try AtomicFile.writeJSON(request, to: draft.child("session.json"))
      try Files.rename(draft, to: target, replacing: false)
    } catch {
      try? Files.remove(draft)
      throw error
    }
    try AtomicFile.confirm(sessionsURL)
    return SessionFolder(url: target, request: request)
  }

  /// The session with an id.
  public func session(_ id: String) throws(StorageError) -> SessionFolder {
    guard Names.isSessionID(id), Files.exists(sessionsURL.child(id)) else {
      throw StorageError(
        .missing, path: "", "there is no session “\(id.prefix(40))” in this workspace")
    }
    return try SessionFolder.open(sessionsURL.child(id))
  }

  /// The ids of all sessions.
  public func sessionIDs() -> [String] { Files.names(in: sessionsURL).filter(Names.isSessionID) }

  /// All sessions that can be read, oldest first.
  public func sessions() -> [SessionFolder] {
    sessionIDs().compactMap { try? session($0) }
      .sorted { ($0.request.createdAt, $0.id) < ($1.request.createdAt, $1.id) }
  }

  /// Removes a session with all its files; one whose process lives is refused.
  public func removeSession(_ id: String) throws(StorageError) {
    let folder = try session(id)
    if try folder.isHeld() {
      throw StorageError(.locked, path: folder.url.path, "the session is running; stop it first")
    }
    try Files.removeFolder(folder.url)
  }

  // MARK: The engine's lock

  /// Who has a workspace open as its engine.
  public struct Holder: Codable, Equatable, Sendable {
    /// The process.
    public var process: Int
    /// What it is: `serve` or `train`.
    public var purpose: String
    /// Seconds since 1970.
    public var since: Double
    /// The address at which it serves, if it does.
    public var address: String?

    /// Makes a holder from its parts.
    public init(process: Int, purpose: String, since: Double, address: String? = nil) {
      self.process = process
      self.purpose = purpose
      self.since = since
      self.address = address
    }
  }

  /// The right to be the only engine of a workspace, for as long as the value lives.
  public final class EngineLock: Sendable {
    /// The workspace.
    public let workspace: Workspace
    private let lock: FileLock
    private let holder: Holder

    fileprivate init(_ workspace: Workspace, _ lock: FileLock, _ holder: Holder) {
      self.workspace = workspace
      self.lock = lock
      self.holder = holder
    }

    /// Tells others where this engine serves.
    public func announce(address: String) throws(StorageError) {
      var changed = holder
      changed.address = address
      try lock.describe(changed)
    }
  }

  /// Becomes the engine of this workspace; refused with the holder's name if there is one.
  public func lockEngine(purpose: String) throws(StorageError) -> EngineLock {
    guard let lock = try FileLock.acquire(lockURL) else {
      let who = FileLock.holder(Holder.self, at: lockURL)
      let name = who.map { "process \($0.process), lasagne \($0.purpose)" } ?? "another process"
      throw StorageError(
        .locked, path: url.path,
        "this workspace is in use by \(name); end it first, or use another workspace")
    }
    let holder = Holder(
      process: Int(getpid()), purpose: purpose, since: Date().timeIntervalSince1970)
    try lock.describe(holder)
    return EngineLock(self, lock, holder)
  }

  /// The engine that has this workspace open; `nil` if there is none.
  public func engineHolder() throws(StorageError) -> Holder? {
    guard try FileLock.isHeld(lockURL) else { return nil }
    return FileLock.holder(Holder.self, at: lockURL)
      ?? Holder(process: 0, purpose: "engine", since: 0)
  }
}
