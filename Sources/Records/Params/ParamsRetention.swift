/// Which versions of a name to keep; all others may go.
///
/// Whatever it says, it never takes a version that is pinned, from which a version that stays was
/// made, or from which a session started.
public struct ParamsRetention: Codable, Equatable, Sendable {
  /// The best versions by a metric.
  public struct Best: Codable, Equatable, Sendable {
    /// The metric's key: `valid/accuracy`.
    public var metric: String
    /// How many.
    public var count: Int
    /// Whether smaller values are better.
    public var isLowerBetter: Bool

    /// Makes the choice from its parts; for keys that end in `loss` smaller is better.
    public init(metric: String, count: Int = 1, isLowerBetter: Bool? = nil) {
      self.metric = metric
      self.count = count
      self.isLowerBetter = isLowerBetter ?? metric.lowercased().hasSuffix("loss")
    }
  }

  /// How many of the newest stay; `nil` names none.
  public var last: Int?
  /// The best ones, which stay; `nil` names none.
  public var best: Best?
  /// Versions whose step is a multiple of this stay; `nil` names none.
  public var everySteps: Int?
  /// The most bytes that may stay: the best first, then the newest; `nil` for no limit.
  public var byteBudget: Int?

  /// Makes a policy from its parts; only a budget lets as many of the newest stay as it has room for.
  public init(
    last: Int? = nil, best: Best? = nil, everySteps: Int? = nil, byteBudget: Int? = nil
  ) {
    self.last = last
    self.best = best
    self.everySteps = everySteps
    self.byteBudget = byteBudget
  }

  /// Whether it names anything to keep.
  public var isEmpty: Bool {
    last == nil && best == nil && everySteps == nil && byteBudget == nil
  }
}

/// What a policy does to the versions of a name.
public struct RetentionPlan: Codable, Equatable, Sendable {
  /// A version that stays.
  public struct Kept: Codable, Equatable, Sendable {
    /// Its number.
    public var version: Int
    /// Why, in a few words.
    public var reason: String

    /// Makes an entry from its parts.
    public init(version: Int, reason: String) {
      self.version = version
      self.reason = reason
    }
  }

  /// The model.
  public var model: String
  /// The name of the params.
  public var name: String
  /// The versions that stay, oldest first.
  public var kept: [Kept]
  /// The versions that go, oldest first.
  public var removed: [Int]
  /// The bytes of those that go.
  public var freedBytes: Int

  /// Makes a plan from its parts.
  public init(model: String, name: String, kept: [Kept], removed: [Int], freedBytes: Int) {
    self.model = model
    self.name = name
    self.kept = kept
    self.removed = removed
    self.freedBytes = freedBytes
  }
}

extension ParamsRetention {
  /// What the policy does to the versions of a name.
  ///
  /// - Parameter needed: Versions that something outside this name needs, with the reason.
  public func plan(for record: ParamsRecord, needed: [Int: String] = [:]) -> RetentionPlan {
    var reasons: [Int: String] = [:]
    for version in record.versions where version.isPinned { reasons[version.version] = "pinned" }
    for (number, reason) in needed where record.version(number) != nil {
      reasons[number] = reasons[number] ?? reason
    }
    for number in Array(reasons.keys).sorted() {
      for (origin, reason) in origins(of: number, in: record) where reasons[origin] == nil {
        reasons[origin] = reason
      }
    }
    func bytes(_ numbers: some Sequence<Int>) -> Int {
      numbers.reduce(0) { $0 + (record.version($1)?.byteCount ?? 0) }
    }
    for (number, reason) in wanted(in: record) where reasons[number] == nil {
      // A version comes with all it was made from, or not at all.
      let more = origins(of: number, in: record).filter { reasons[$0.0] == nil }
      let total = bytes(reasons.keys) + bytes([number] + more.map(\.0))
      if let byteBudget, total > byteBudget { continue }
      reasons[number] = reason
      for (origin, reason) in more { reasons[origin] = reason }
    }
    let removed = record.versions.map(\.version).filter { reasons[$0] == nil }
    return RetentionPlan(
      model: record.model, name: record.name,
      kept: reasons.sorted { $0.key < $1.key }.map { .init(version: $0.key, reason: $0.value) },
      removed: removed, freedBytes: bytes(removed))
  }

  /// The versions the policy names, most wanted first, each once.
  private func wanted(in record: ParamsRecord) -> [(Int, String)] {
    var wanted: [(Int, String)] = []
    if let best {
      let measured = record.versions.compactMap { version -> (Int, Double)? in
        guard let value = version.metrics[best.metric], !value.isNaN else { return nil }
        return (version.version, best.isLowerBetter ? value : -value)
      }
      let ranked = measured.sorted { ($0.1, -$0.0) < ($1.1, -$1.0) }.prefix(max(0, best.count))
      wanted += ranked.map { ($0.0, "best \(best.metric)") }
    }
    let newestFirst = record.versions.reversed()
    if let last { wanted += newestFirst.prefix(max(0, last)).map { ($0.version, "newest") } }
    if let everySteps, everySteps > 0 {
      wanted += newestFirst.filter { $0.step.map { $0 % everySteps == 0 } ?? false }
        .map { ($0.version, "step \($0.step ?? 0)") }
    }
    if last == nil, best == nil, everySteps == nil, byteBudget != nil {
      wanted += newestFirst.map { ($0.version, "within the budget") }
    }
    var seen: Set<Int> = []
    return wanted.filter { seen.insert($0.0).inserted }
  }

  /// All versions of this name from which one was made, near and far.
  private func origins(of number: Int, in record: ParamsRecord) -> [(Int, String)] {
    var found: [(Int, String)] = []
    var seen: Set<Int> = [number]
    var waiting = [number]
    while let next = waiting.popLast(), let version = record.version(next) {
      for origin in version.origins {
        let parts = origin.split(separator: "@")
        guard parts.count == 2, parts[0] == record.name, let above = Int(parts[1]),
          record.version(above) != nil, seen.insert(above).inserted
        else { continue }
        found.append((above, "\(record.reference(version)) was made from it"))
        waiting.append(above)
      }
    }
    return found
  }
}
