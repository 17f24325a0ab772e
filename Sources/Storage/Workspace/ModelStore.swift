import Foundation

/// The models of a workspace: texts of model files, with their history.
public struct ModelStore: Sendable, Equatable {
  /// The folder.
  public let url: URL

  /// The names of all models.
  public func names() -> [String] {
    Files.names(in: url).filter { Files.exists(fileURL($0)) && !$0.hasPrefix(".") }
  }

  /// The text of a model's file.
  public func text(_ name: String) throws(StorageError) -> String {
    try Names.check(name, of: "a model")
    guard let data = try Files.read(fileURL(name)) else {
      throw StorageError(
        .missing, path: "",
        "there is no model “\(name)” in this workspace; known are: "
          + "\(names().isEmpty ? "none" : names().joined(separator: ", "))")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Saves a model's text; a different earlier one goes to its history.
  ///
  /// Returns whether anything changed.
  @discardableResult
  public func put(_ text: String, as name: String) throws(StorageError) -> Bool {
    try Names.check(name, of: "a model")
    let folder = url.child(name)
    try Files.makeFolder(folder)
    let lock = try FileLock.wait(folder.child(".lock"))
    defer { withExtendedLifetime(lock) {} }
    if let old = try Files.read(fileURL(name)) {
      if old == Data(text.utf8) { return false }
      let last = historyNumbers(name).last ?? 0
      let newest =
        try last > 0 ? Files.read(historyURL(name).child("model-\(last).yaml")) : nil
      // It is there already where the process died before it came to the new text.
      if newest != old {
        try Files.makeFolder(historyURL(name))
        try AtomicFile.write(
          old, to: historyURL(name).child("model-\(last + 1).yaml"), replacing: false)
      }
    }
    do { try AtomicFile.write(Data(text.utf8), to: fileURL(name)) } catch {
      if !Files.exists(fileURL(name)) { try? Files.removeFolder(folder) }
      throw error
    }
    return true
  }

  /// The earlier texts of a model, oldest first.
  public func history(_ name: String) throws(StorageError) -> [String] {
    try Names.check(name, of: "a model")
    var texts: [String] = []
    for number in historyNumbers(name) {
      let file = historyURL(name).child("model-\(number).yaml")
      if let data = try Files.read(file) { texts.append(String(decoding: data, as: UTF8.self)) }
    }
    // What a crash left of a change that never came to the new text.
    if let last = texts.last, try Files.read(fileURL(name)) == Data(last.utf8) {
      texts.removeLast()
    }
    return texts
  }

  /// Puts a model and its history into the trash, from where ``ChangeLog/undo(area:)`` brings it
  /// back; its params stay.
  ///
  /// - Throws: `StorageError` if there is none of this name or a session that goes on trains it.
  public func remove(_ name: String) throws(StorageError) {
    let root = url.deletingLastPathComponent()
    let changes = ChangeLog(root: root)
    try changes.locked { () throws(StorageError) in
      _ = try text(name)
      if let user = Workspace(root).unfinishedSessions().first(where: { $0.model == name }) {
        throw StorageError(
          .locked, path: "",
          "cannot remove the model “\(name)”: the session “\(user.name)” trains it; stop it first")
      }
      try changes.perform(.models, "remove the model \(name)", deleting: ["models/\(name)"])
    }
  }

  private func fileURL(_ name: String) -> URL {
    url.child(name).child("model.yaml")
  }

  private func historyURL(_ name: String) -> URL {
    url.child(name).child("history")
  }

  private func historyNumbers(_ name: String) -> [Int] {
    Files.names(in: historyURL(name))
      .compactMap { file in
        file.hasPrefix("model-") && file.hasSuffix(".yaml")
          ? Int(file.dropFirst(6).dropLast(5)) : nil
      }
      .sorted()
  }
}
