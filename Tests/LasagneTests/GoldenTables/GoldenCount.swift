import Synchronization

/// Counts the entries of the tables that were run, and says so once all tables are through.
enum GoldenCount {
  static let tables = ["init", "nonlinearities", "objectives", "regularization", "updates"]

  private static let counts = Mutex<[String: (run: Int, total: Int)]>([:])

  static func report(_ table: String, run: Int, of total: Int) {
    let all = counts.withLock { counts in
      counts[table] = (run, total)
      return counts
    }
    guard all.count == tables.count else { return }
    let run = all.values.reduce(0) { $0 + $1.run }
    let total = all.values.reduce(0) { $0 + $1.total }
    print("golden tables: \(run) run / \(total)")
  }
}
