import Records

extension Workspace {
  /// Where the arrays of the sessions that run lie now, largest first.
  ///
  /// Arrays that stay in host memory are files that all processes share, so that their bytes count
  /// once; on a device each process has a copy of its own.
  public func placements() -> [ArrayPlacement] {
    let leases = sessions().filter { (try? $0.isHeld()) == true }.compactMap { $0.leaseRecord() }
    // Sessions of one process share its arrays, and each tells of all of them.
    let newest = Dictionary(grouping: leases, by: \.process).values
      .compactMap { leases in leases.max { $0.aliveAt < $1.aliveAt } }
    return Self.sum(newest.flatMap { $0.placements ?? [] })
  }

  /// One placement for each array, device and form.
  static func sum(_ placements: [ArrayPlacement]) -> [ArrayPlacement] {
    let groups = Dictionary(grouping: placements) { [$0.name, $0.device, $0.form.rawValue] }
    return groups.values.compactMap { group -> ArrayPlacement? in
      guard var whole = group.first else { return nil }
      whole.users = group.reduce(0) { $0 + $1.users }
      whole.isPinned = group.contains(where: \.isPinned)
      if whole.form == .resident { whole.byteCount = group.reduce(0) { $0 + $1.byteCount } }
      return whole
    }.sorted { ($1.byteCount, $0.name, $0.device) < ($0.byteCount, $1.name, $1.device) }
  }
}
