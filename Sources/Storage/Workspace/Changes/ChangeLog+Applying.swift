import Foundation
import Records

extension ChangeLog {
  /// One part of a change; made twice it does what it does made once.
  enum Part {
    case edit(model: String, name: String, [WorkspaceChange.VersionEdit])
    case rename(WorkspaceChange.Renaming)
    case renameModel(WorkspaceChange.Renaming)
    case move(from: String, to: String)
    case session(WorkspaceChange.SessionEdit)
    /// Removes the folder of a name that has no versions any more.
    case tidy(model: String, name: String)
  }

  /// Makes a change, or takes it back.
  func apply(_ change: WorkspaceChange, backwards: Bool) throws(StorageError) {
    for part in parts(of: change, backwards: backwards) {
      try make(part, backwards: backwards)
    }
  }

  /// The parts of a change in an order in which no record ever names a file that is not there:
  /// records let go of files before these move away, and take hold of them when they are back.
  func parts(of change: WorkspaceChange, backwards: Bool) -> [Part] {
    let names = Set(change.edits.map { [$0.model, $0.name] }).sorted { $0.joined() < $1.joined() }
    let edits = names.map { path in
      Part.edit(
        model: path[0], name: path[1], change.edits.filter { [$0.model, $0.name] == path })
    }
    let renaming =
      change.renaming.map { change.area == .models ? [Part.renameModel($0)] : [.rename($0)] } ?? []
    let moves = change.moves.map { move in
      backwards ? Part.move(from: move.to, to: move.from) : .move(from: move.from, to: move.to)
    }
    let tidying = names.map { Part.tidy(model: $0[0], name: $0[1]) }
    let said = (change.sessionEdits ?? []).map(Part.session)
    return (backwards ? moves.reversed() + renaming + edits : edits + renaming + moves) + tidying
      + (backwards ? said.reversed() : said)
  }

  /// Makes one part of a change.
  func make(_ part: Part, backwards: Bool) throws(StorageError) {
    switch part {
    case .edit(let model, let name, let edits):
      try edit(model, name, edits, backwards: backwards)
    case .rename(let renaming): try rename(renaming, backwards: backwards)
    case .renameModel(let renaming): try renameModel(renaming, backwards: backwards)
    case .move(let from, let to): try move(from, to)
    case .session(let edit):
      try SessionSayings(root: root).write(
        backwards ? edit.before : edit.after, edit.field, of: edit.session)
    case .tidy(let model, let name): try removeIfEmpty(paramsURL(model, name))
    }
  }

  /// Refuses to take a change back that others have built upon.
  func checkUndo(of change: WorkspaceChange) throws(StorageError) {
    func refuse(_ reason: String) -> StorageError {
      StorageError(
        .exists, path: "",
        "“\(change.summary)” cannot be undone: \(reason); rename or delete that first")
    }
    for edit in change.edits {
      let now = try ParamsFile.read(paramsURL(edit.model, edit.name))?
        .version(edit.before.version)
      if now != edit.after {
        throw refuse("\(edit.name)@\(edit.before.version) has changed since")
      }
    }
    if let renaming = change.renaming,
      let user = Workspace(root).unfinishedSessions().first(where: {
        $0.model == renaming.model
          && (change.area == .models || $0.saveParams == renaming.to
            || ParamsStore.name(of: $0.startParams) == renaming.to)
      })
    {
      throw StorageError(
        .locked, path: "",
        "“\(change.summary)” cannot be undone: the session “\(user.name)” uses it; stop it first")
    }
    for edit in change.sessionEdits ?? [] {
      let now = try SessionSayings(root: root).read(edit.field, of: edit.session)
      if now != edit.after {
        throw refuse("the session's \(edit.field.rawValue) has changed since")
      }
    }
    for move in change.moves {
      if Files.exists(root.child(path: move.from)) { throw refuse("there is a new \(move.from)") }
      if !Files.exists(root.child(path: move.to)) {
        throw StorageError(
          .missing, path: root.child(path: move.to).path,
          "“\(change.summary)” cannot be undone: this is gone; restore it from a copy")
      }
    }
  }

  private func edit(
    _ model: String, _ name: String, _ edits: [WorkspaceChange.VersionEdit], backwards: Bool
  ) throws(StorageError) {
    let folder = paramsURL(model, name)
    var record =
      try ParamsFile.read(folder)
      ?? ParamsRecord(model: model, name: name, versions: [])
    for edit in edits {
      let number = edit.before.version
      record.versions.removeAll { $0.version == number }
      if let version = backwards ? edit.before : edit.after { record.versions.append(version) }
      record.nextVersion = max(record.nextVersion, number + 1)
    }
    record.versions.sort { $0.version < $1.version }
    if record.versions.isEmpty {
      try Files.remove(folder.child(ParamsFile.name))
    } else {
      try Files.makeFolder(folder)
      try ParamsFile.write(record, folder)
    }
  }

  private func rename(_ renaming: WorkspaceChange.Renaming, backwards: Bool) throws(StorageError) {
    let (from, to) = backwards ? (renaming.to, renaming.from) : (renaming.from, renaming.to)
    func renamed(_ reference: String) -> String {
      reference.hasPrefix(from + "@") ? to + reference.dropFirst(from.count) : reference
    }
    let owner = root.child("params").child(renaming.model)
    for name in Files.names(in: owner) where !name.hasPrefix(".") {
      guard let old = try ParamsFile.read(owner.child(name)) else { continue }
      var record = old
      for index in record.versions.indices {
        record.versions[index].parent = record.versions[index].parent.map(renamed)
        for source in record.versions[index].mixture?.sources.indices ?? 0..<0 {
          let reference = record.versions[index].mixture?.sources[source].reference ?? ""
          record.versions[index].mixture?.sources[source].reference = renamed(reference)
        }
      }
      if name == renaming.from || name == renaming.to {
        record.formerNames.removeAll { $0 == renaming.from || $0 == renaming.to }
        if !backwards { record.formerNames.append(renaming.from) }
      }
      if record != old { try ParamsFile.write(record, owner.child(name)) }
    }
  }

  /// Lets a model be found under the name it had, wherever its folder is by now.
  private func renameModel(
    _ renaming: WorkspaceChange.Renaming, backwards: Bool
  ) throws(StorageError) {
    let models = root.child("models")
    for name in [renaming.from, renaming.to] where Files.isFolder(models.child(name)) {
      let old = try ModelStore.formerNames(in: models.child(name))
      var names = old.filter { $0 != renaming.from && $0 != renaming.to }
      if !backwards { names.append(renaming.from) }
      if names != old { try ModelStore.write(formerNames: names, in: models.child(name)) }
    }
  }

  private func move(_ from: String, _ to: String) throws(StorageError) {
    let source = root.child(path: from)
    let target = root.child(path: to)
    guard Files.exists(source) else {
      if Files.exists(target) { return }
      throw StorageError(.missing, path: source.path, "it is gone; restore it from a copy")
    }
    try Files.makeFolder(target.deletingLastPathComponent())
    try Files.rename(source, to: target, replacing: false)
    try AtomicFile.confirm(target.deletingLastPathComponent())
    try AtomicFile.confirm(source.deletingLastPathComponent())
  }

  /// Removes a folder of params that holds nothing any more.
  private func removeIfEmpty(_ folder: URL) throws(StorageError) {
    guard Files.isFolder(folder),
      Files.names(in: folder).allSatisfy({ $0.hasPrefix(".") })
    else { return }
    try Files.removeFolder(folder)
  }

  private func paramsURL(_ model: String, _ name: String) -> URL {
    root.child("params").child(model).child(name)
  }
}

/// The file that describes the versions of a name.
enum ParamsFile {
  static let name = "params.json"

  /// The record in a folder, named as the folder is; `nil` if there is none.
  static func read(_ folder: URL) throws(StorageError) -> ParamsRecord? {
    var record = try RecordJSON.read(ParamsRecord.self, at: folder.child(name))
    // A folder that was renamed, or its model's, holds a record that still has the name before.
    record?.name = folder.lastPathComponent
    record?.model = folder.deletingLastPathComponent().lastPathComponent
    return record
  }

  static func write(_ record: ParamsRecord, _ folder: URL) throws(StorageError) {
    try AtomicFile.writeJSON(record, to: folder.child(name))
  }
}

extension URL {
  /// What lies at a relative path in this folder.
  func child(path: String) -> URL {
    path.split(separator: "/").reduce(self) { $0.child(String($1)) }
  }
}
