import Foundation

/// Shares a machine's cores out among sessions, first come first served.
///
/// The sum of threads of those who run never exceeds the cores: two pools of threads on the same
/// cores are many times slower than one after the other.
struct ThreadBudget {
  var cores: Int
  private(set) var held: [String: Int] = [:]
  private(set) var waiting: [Claim] = []

  /// Who waits, and for how many threads.
  struct Claim: Equatable {
    var session: String
    var threads: Int
  }

  init(cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.cores = max(1, cores)
  }

  var free: Int { cores - held.values.reduce(0, +) }

  /// What a session gets that does not say: the free cores, or half of all when none is free.
  var suggestion: Int { free > 0 && waiting.isEmpty ? free : max(1, cores / 2) }

  /// Puts a session at the end of the queue; asking twice changes nothing.
  mutating func enqueue(_ session: String, threads: Int) {
    guard held[session] == nil, !waiting.contains(where: { $0.session == session }) else { return }
    waiting.append(Claim(session: session, threads: min(max(1, threads), cores)))
  }

  /// Counts a session that is found running already.
  mutating func hold(_ session: String, threads: Int) {
    held[session] = max(1, threads)
    waiting.removeAll { $0.session == session }
  }

  /// Gives back what a session held, and its place in the queue.
  mutating func release(_ session: String) {
    held[session] = nil
    waiting.removeAll { $0.session == session }
  }

  /// The next session whose turn it is and for whom there is room; it holds its threads then.
  mutating func next() -> String? {
    guard let first = waiting.first, first.threads <= free else { return nil }
    hold(first.session, threads: first.threads)
    return first.session
  }
}
