import Foundation

/// Where a workspace's engine listens.
///
/// The socket is `engine.sock` in the workspace. Where that path is longer than the kernel takes,
/// it lies in a private folder of its own, and `engine.socket-path` in the workspace says where.
enum SocketPath {
  /// The place a client should try; `nil` if no engine ever listened.
  static func existing(in workspace: URL) -> String? {
    let direct = workspace.appendingPathComponent("engine.sock").path
    if direct.utf8.count <= UnixSocket.longestPath { return direct }
    let pointer = workspace.appendingPathComponent("engine.socket-path")
    return try? String(contentsOf: pointer, encoding: .utf8)
  }

  /// The place an engine should listen at; made when it lies outside the workspace.
  static func fresh(in workspace: URL) throws -> String {
    let direct = workspace.appendingPathComponent("engine.sock").path
    if direct.utf8.count <= UnixSocket.longestPath { return direct }
    let short = FileManager.default.temporaryDirectory
      .appendingPathComponent("lasagne-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: short, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let path = short.appendingPathComponent("engine.sock").path
    let pointer = workspace.appendingPathComponent("engine.socket-path")
    try Data(path.utf8).write(to: pointer, options: .atomic)
    return path
  }

  /// Takes away what `fresh` made.
  static func remove(_ path: String, in workspace: URL) {
    let files = FileManager.default
    try? files.removeItem(atPath: path)
    let pointer = workspace.appendingPathComponent("engine.socket-path")
    if files.fileExists(atPath: pointer.path) {
      try? files.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
      try? files.removeItem(at: pointer)
    }
  }
}
