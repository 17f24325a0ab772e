import Foundation

/// Something that a process which died in the middle of its work left in a workspace.
public struct Leftover: Equatable, Sendable {
  /// Where it lay, from the workspace's folder on: `data/.tmp-x4k2`.
  public var path: String
  /// The bytes of its files.
  public var byteCount: Int
  /// Why it is still there; `nil` where it was removed.
  public var problem: String?

  /// Names something that was left.
  public init(path: String, byteCount: Int, problem: String? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.problem = problem
  }
}

extension Workspace.EngineLock {
  /// Removes what processes that died left in the workspace's folders, and tells what it was.
  ///
  /// Only what nobody can be working on goes: sessions are made by the engine alone; whoever writes
  /// data or params holds a share of a lock while that lasts, and where there is one, those folders
  /// are left to the next engine.
  public func removeLeftovers() -> [Leftover] {
    var leftovers = Leftovers(root: workspace.url)
    leftovers.removeAll()
    return leftovers.found
  }
}

/// The work of removing leftovers.
struct Leftovers {
  let root: URL
  private(set) var found: [Leftover] = []

  init(root: URL) {
    self.root = root
  }

  /// The lock of which everybody has a share who writes something new into a folder of the workspace.
  static func writersURL(in folder: URL) -> URL { folder.child(".writers") }

  mutating func removeAll() {
    clear([root.child("sessions")])
    for name in ["data", "params"] {
      let folder = root.child(name)
      alone(Self.writersURL(in: folder)) { $0.clear([folder]) }
    }
    // Records of params, names of models and the trash change under this lock.
    let trash = ChangeLog(root: root)
    guard (try? Files.makeFolder(trash.url)) != nil else { return }
    alone(trash.lockURL) { leftovers in
      let models = leftovers.root.child("models")
      let params = leftovers.folders(in: leftovers.root.child("params"))
      leftovers.clear([models, trash.url])
      leftovers.clear(leftovers.folders(in: trash.url))
      leftovers.clear(params)
      for model in params { leftovers.clear(leftovers.folders(in: model)) }
      for model in leftovers.folders(in: models) {
        leftovers.alone(model.child(".lock")) { $0.clear([model, model.child("history")]) }
      }
    }
  }

  /// Does something while nobody else has a lock; nothing where somebody does.
  private mutating func alone(_ lock: URL, _ body: (inout Leftovers) -> Void) {
    guard let lock = try? FileLock.acquire(lock) else { return }
    withExtendedLifetime(lock) { body(&self) }
  }

  private func folders(in folder: URL) -> [URL] {
    let names = Files.names(in: folder).filter { !$0.hasPrefix(".") }
    return names.map { folder.child($0) }.filter { Files.isFolder($0) }
  }

  /// Removes drafts, and what was on its way out, from folders.
  private mutating func clear(_ folders: [URL]) {
    let all = folders.flatMap { folder in Files.names(in: folder).map { (folder, $0) } }
    for (folder, name) in all where name.hasPrefix(".tmp-") || name.hasPrefix(".trash-") {
      let url = folder.child(name)
      var leftover = Leftover(
        path: String(url.path.dropFirst(root.path.count + 1)), byteCount: Self.byteCount(of: url))
      do {
        // Who may still be removing it finds it gone, and not half gone.
        try Files.removeFolder(url)
      } catch {
        leftover.problem = "\(error)"
      }
      found.append(leftover)
    }
  }

  private static func byteCount(of url: URL) -> Int {
    guard Files.isFolder(url) else { return Files.size(url) ?? 0 }
    return Files.names(in: url).reduce(0) { $0 + byteCount(of: url.child($1)) }
  }
}
