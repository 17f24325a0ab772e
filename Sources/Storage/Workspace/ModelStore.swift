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
      try checkUnused(name, "remove")
      try changes.perform(.models, "remove the model \(name)", deleting: ["models/\(name)"])
    }
  }

  /// Gives a model, and its params with it, another name; it is still found under the old one.
  ///
  /// ``ChangeLog/undo(area:)`` takes it back.
  ///
  /// - Throws: `StorageError` if there is none of this name, the other is taken, or a session that
  ///   goes on trains it.
  public func rename(_ name: String, to other: String) throws(StorageError) {
    try Names.check(other, of: "a model")
    let root = url.deletingLastPathComponent()
    let changes = ChangeLog(root: root)
    try changes.locked { () throws(StorageError) in
      let name = current(name)
      _ = try text(name)
      if Files.exists(url.child(other)) || Files.exists(root.child("params").child(other)) {
        throw StorageError(
          .exists, path: "",
          "there is a model “\(other)” already, or params of one; choose another name")
      }
      try checkUnused(name, "rename")
      let folders = ["models", "params"].filter { Files.exists(root.child($0).child(name)) }
      try changes.perform(
        .models, "rename the model \(name) to \(other)",
        renaming: .init(model: other, from: name, to: other),
        moves: folders.map { .init(from: "\($0)/\(name)", to: "\($0)/\(other)") })
    }
  }

  /// The name that a model has now, by this one or one it had before; unknown names as they are.
  public func current(_ name: String) -> String {
    if Files.exists(fileURL(name)) { return name }
    let renamed = names().first {
      (try? Self.formerNames(in: url.child($0)))?.contains(name) ?? false
    }
    return renamed ?? name
  }

  /// The names that the model in a folder had before, oldest first.
  static func formerNames(in folder: URL) throws(StorageError) -> [String] {
    try RecordJSON.read([String].self, at: folder.child(formerNamesFile)) ?? []
  }

  static func write(formerNames: [String], in folder: URL) throws(StorageError) {
    try AtomicFile.writeJSON(formerNames, to: folder.child(formerNamesFile))
  }

  private static let formerNamesFile = "former-names.json"

  private func checkUnused(_ name: String, _ action: String) throws(StorageError) {
    let user = Workspace(url.deletingLastPathComponent()).unfinishedSessions()
      .first { $0.model == name }
    if let user {
      throw StorageError(
        .locked, path: "",
        "cannot \(action) the model “\(name)”: the session “\(user.name)” trains it; stop it first")
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
