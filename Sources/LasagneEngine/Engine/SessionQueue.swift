/// Shares a machine's cores and its devices' memory out among sessions: by priority, then first come
/// first served.
///
/// The sum of threads of those who run never exceeds the cores: two pools of threads on the same
/// cores are many times slower than one after the other.
struct SessionQueue {
  /// What a session holds, or waits for.
  struct Claim: Equatable {
    var session: String
    var threads: Int
    /// Bytes on its device.
    var memory = 0
    var device = "cpu"
    /// Larger ones come first.
    var priority = 0
  }

  var cores: Int
  /// The bytes that sessions may take on each device; on one that is not listed, any number.
  var memory: [String: Int] = [:]
  /// The devices that may be used; `nil` stands for all.
  var devices: Set<String>?
  private(set) var held: [String: Claim] = [:]
  private(set) var waiting: [Claim] = []

  init(cores: Int) {
    self.cores = max(1, cores)
  }

  /// Threads that nobody holds.
  var free: Int { cores - held.values.reduce(0) { $0 + $1.threads } }

  /// Bytes that nobody holds on a device; `nil` where there is no limit.
  func freeMemory(on device: String) -> Int? {
    memory[device].map { limit in limit - bytesHeld(on: device) }
  }

  /// Bytes that sessions hold on a device.
  func bytesHeld(on device: String) -> Int {
    held.values.reduce(0) { $0 + ($1.device == device ? $1.memory : 0) }
  }

  /// What a session gets that does not say: the free cores, or half of all when none is free.
  var suggestion: Int { free > 0 && waiting.isEmpty ? free : max(1, cores / 2) }

  /// Puts a session behind those of its priority and above; asking twice changes nothing.
  mutating func enqueue(_ claim: Claim) {
    guard held[claim.session] == nil, !waiting.contains(where: { $0.session == claim.session })
    else { return }
    var claim = claim
    claim.threads = min(max(1, claim.threads), cores)
    let place = waiting.firstIndex { $0.priority < claim.priority } ?? waiting.count
    waiting.insert(claim, at: place)
  }

  /// Counts a session that is at work already.
  mutating func hold(_ claim: Claim) {
    held[claim.session] = claim
    waiting.removeAll { $0.session == claim.session }
  }

  /// Gives back what a session held, and its place in the queue.
  mutating func release(_ session: String) {
    held[session] = nil
    waiting.removeAll { $0.session == session }
  }

  /// Changes the threads that a session at work holds.
  mutating func setThreads(_ threads: Int, of session: String) {
    held[session]?.threads = max(1, threads)
  }

  /// Counts what a session at work was seen to take, where that is more than was expected.
  mutating func raiseMemory(_ bytes: Int, of session: String) {
    guard let claim = held[session] else { return }
    held[session]?.memory = max(claim.memory, bytes)
  }

  /// The next session whose turn it is and for whom there is room; it holds its claim then.
  ///
  /// Who waits for threads is not overtaken; who waits for memory is overtaken by those who want
  /// another device.
  mutating func next(isReady: (String) -> Bool = { _ in true }) -> Claim? {
    var full: Set<String> = []
    for claim in waiting {
      if let devices, !devices.contains(claim.device) { continue }
      guard isReady(claim.session), !full.contains(claim.device) else { continue }
      if claim.threads > free { return nil }
      // Somebody who needs more than there is gets all of it once nobody else has any.
      let isAlone = bytesHeld(on: claim.device) == 0
      if let room = freeMemory(on: claim.device), claim.memory > room, !isAlone {
        full.insert(claim.device)
        continue
      }
      hold(claim)
      return claim
    }
    return nil
  }

  /// The place of a session among those that wait, 1 for the first.
  func place(of session: String) -> Int? {
    waiting.firstIndex { $0.session == session }.map { $0 + 1 }
  }

  /// Gives a session that waits another priority, and the last place among its equals.
  mutating func setPriority(_ priority: Int, of session: String) {
    guard let index = waiting.firstIndex(where: { $0.session == session }) else { return }
    var claim = waiting.remove(at: index)
    claim.priority = priority
    enqueue(claim)
  }

  /// Moves a session that waits to a place, 1 for the first; it takes over the priority of those it
  /// overtakes or lets pass.
  mutating func move(_ session: String, to place: Int) {
    guard let index = waiting.firstIndex(where: { $0.session == session }) else { return }
    var claim = waiting.remove(at: index)
    let target = min(max(0, place - 1), waiting.count)
    let above = target > 0 ? waiting[target - 1].priority : Int.max
    let below = target < waiting.count ? waiting[target].priority : Int.min
    claim.priority = min(max(claim.priority, below), above)
    waiting.insert(claim, at: target)
  }
}
