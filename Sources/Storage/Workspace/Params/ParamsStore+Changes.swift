import Foundation
import Records

extension ParamsStore {
  /// Changes what a person says of a version: notes, tags, whether it is pinned.
  ///
  /// - Throws: `StorageError` if there is no such version.
  @discardableResult
  public func annotate(
    model: String, reference: String, notes: String? = nil, tags: [String]? = nil,
    isPinned: Bool? = nil
  ) throws(StorageError) -> ParamsVersion {
    try changes.locked { () throws(StorageError) in
      let (record, before) = try find(model: model, reference: reference)
      var after = before
      if let notes { after.notes = notes }
      if let tags { after.tags = Set(tags).sorted() }
      if let isPinned { after.isPinned = isPinned }
      guard after != before else { return before }
      try changes.perform(
        .params, "annotate \(model) \(record.reference(before))",
        edits: [.init(model: model, name: record.name, before: before, after: after)])
      return after
    }
  }

  /// Hides a version, or with a bare name all of them, from lists; nothing is removed.
  ///
  /// Returns the numbers of those that were not archived before.
  @discardableResult
  public func archive(model: String, reference: String) throws(StorageError) -> [Int] {
    try setArchived(Date().timeIntervalSince1970, model, reference, "archive")
  }

  /// Shows archived versions in lists again.
  ///
  /// Returns the numbers of those that were archived before.
  @discardableResult
  public func restore(model: String, reference: String) throws(StorageError) -> [Int] {
    try setArchived(nil, model, reference, "restore")
  }

  private func setArchived(
    _ time: Double?, _ model: String, _ reference: String, _ action: String
  ) throws(StorageError) -> [Int] {
    try changes.locked { () throws(StorageError) in
      let (record, versions) = try all(model, reference)
      let edits = versions.filter { ($0.archivedAt == nil) != (time == nil) }.map { before in
        var after = before
        after.archivedAt = time
        return WorkspaceChange.VersionEdit(
          model: model, name: record.name, before: before, after: after)
      }
      if !edits.isEmpty {
        try changes.perform(.params, "\(action) \(model) \(reference)", edits: edits)
      }
      return edits.map(\.before.version)
    }
  }

  /// Gives params another name, wherever it is mentioned; they are still found under the old one.
  ///
  /// - Throws: `StorageError` if the new name is taken, or a session that goes on uses the old one.
  public func rename(model: String, name: String, to other: String) throws(StorageError) {
    try check(model, other)
    try changes.locked { () throws(StorageError) in
      let record = try record(model: model, name: name)
      if Files.exists(folder(model, other)) {
        throw StorageError(
          .exists, path: "",
          "there are params “\(other)” of the model “\(model)” already; choose another name")
      }
      let user = Workspace(url.deletingLastPathComponent()).unfinishedSessions().first {
        $0.model == model
          && ($0.saveParams == record.name || Self.name(of: $0.startParams) == record.name)
      }
      if let user { throw inUse(record.name, user, "rename") }
      try changes.perform(
        .params, "rename \(model) \(record.name) to \(other)",
        renaming: .init(model: model, from: record.name, to: other),
        moves: [
          .init(from: "params/\(model)/\(record.name)", to: "params/\(model)/\(other)")
        ])
    }
  }

  /// Puts a version, or with a bare name all of them, into the trash.
  ///
  /// - Throws: `StorageError` if one of them is pinned or a session that goes on starts from it.
  @discardableResult
  public func delete(model: String, reference: String) throws(StorageError) -> [Int] {
    try changes.locked { () throws(StorageError) in
      let (record, versions) = try all(model, reference)
      if let pinned = versions.first(where: \.isPinned) {
        throw StorageError(
          .locked, path: "",
          "\(record.reference(pinned)) of the model “\(model)” is pinned; unpin it first")
      }
      for request in Workspace(url.deletingLastPathComponent()).unfinishedSessions()
      where request.model == model {
        let starts = Self.starts(of: request, in: record, isOver: false)
        if versions.contains(where: { starts.contains($0.version) }) {
          throw inUse(reference, request, "delete")
        }
      }
      try remove(versions, of: record, "delete \(model) \(reference)")
      return versions.map(\.version)
    }
  }

  /// What a policy would do to the versions of a name now.
  public func plan(
    _ policy: ParamsRetention, model: String, name: String
  ) throws(StorageError) -> RetentionPlan {
    guard !policy.isEmpty else {
      throw StorageError(
        .invalid, path: "",
        "the policy names nothing to keep; say how many of the newest or best, which steps, or how"
          + " many bytes")
    }
    let record = try record(model: model, name: name)
    return policy.plan(for: record, needed: try needed(record))
  }

  /// Puts the versions that a policy does not keep into the trash, as one change.
  @discardableResult
  public func retain(
    _ policy: ParamsRetention, model: String, name: String
  ) throws(StorageError) -> RetentionPlan {
    try changes.locked { () throws(StorageError) in
      let plan = try plan(policy, model: model, name: name)
      let record = try record(model: model, name: name)
      let versions = plan.removed.compactMap { record.version($0) }
      if !versions.isEmpty {
        try remove(versions, of: record, "retain \(plan.kept.count) of \(model) \(record.name)")
      }
      return plan
    }
  }

  private func remove(
    _ versions: [ParamsVersion], of record: ParamsRecord, _ summary: String
  ) throws(StorageError) {
    try changes.perform(
      .params, summary,
      edits: versions.map {
        .init(model: record.model, name: record.name, before: $0, after: nil)
      },
      deleting: versions.map { "params/\(record.model)/\(record.name)/\($0.file)" })
  }

  /// The versions that a reference means: one, or with a bare name all.
  private func all(
    _ model: String, _ reference: String
  ) throws(StorageError) -> (ParamsRecord, [ParamsVersion]) {
    let (record, version) = try find(model: model, reference: reference)
    return (record, try Self.parts(reference).number == nil ? record.versions : [version])
  }

  private func inUse(_ what: String, _ user: SessionRequest, _ action: String) -> StorageError {
    StorageError(
      .locked, path: "",
      "cannot \(action) “\(what)”: the session “\(user.name)” uses it; stop it first")
  }
}

extension ParamsStore {
  /// The versions of a name that something else needs, with the reason: those from which versions
  /// under other names were made, and those from which a session started.
  func needed(_ record: ParamsRecord) throws(StorageError) -> [Int: String] {
    var needed: [Int: String] = [:]
    for other in try list(model: record.model) where other.name != record.name {
      for version in other.versions {
        for origin in version.origins {
          guard let (name, number) = try? Self.parts(origin), name == record.name, let number else {
            continue
          }
          needed[number] = "\(other.reference(version)) was made from it"
        }
      }
    }
    for session in Workspace(url.deletingLastPathComponent()).sessions()
    where session.request.model == record.model {
      for number in Self.starts(of: session.request, in: record, isOver: session.isOver) {
        needed[number] = "the session \(session.request.name) started from it"
      }
    }
    return needed
  }

  /// The versions from which a session started, or may still start.
  ///
  /// A bare name means the newest version at the time of the start, which is not before the session
  /// was asked for.
  static func starts(of request: SessionRequest, in record: ParamsRecord, isOver: Bool) -> Set<Int>
  {
    guard let reference = request.startParams, let (name, number) = try? parts(reference),
      name == record.name || record.formerNames.contains(name)
    else { return [] }
    if let number { return [number] }
    let before = record.versions.last { $0.createdAt <= request.createdAt }
    let after = record.versions.filter { $0.createdAt > request.createdAt }
    let candidates = (before.map { [$0] } ?? []) + (isOver ? Array(after.prefix(1)) : after)
    return Set(candidates.map(\.version))
  }

  static func name(of reference: String?) -> String? {
    reference.flatMap { try? parts($0).name }
  }
}
