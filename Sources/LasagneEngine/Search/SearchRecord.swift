import Records
import Storage

/// Who went on after so many epochs.
public struct SearchDecision: Codable, Equatable, Sendable {
  /// Epochs done by all that were compared.
  public var epochs: Int
  /// The numbers of the trials that went on, the best first.
  public var survivors: [Int]
  /// The numbers of those that were given up, the best first; failed ones are in neither list.
  public var stopped: [Int]
  /// The metric then, by trial; those without a number have none.
  public var values: [Int: Double]

  /// Makes a decision from its parts.
  public init(epochs: Int, survivors: [Int], stopped: [Int], values: [Int: Double]) {
    self.epochs = epochs
    self.survivors = survivors
    self.stopped = stopped
    self.values = values
  }
}

/// What became of one combination of values.
public struct SearchResult: Codable, Equatable, Sendable {
  /// 1, 2, … within the search.
  public var number: Int
  /// What was tried.
  public var values: [String: JSONValue]
  /// The id of its session.
  public var session: String
  /// The name of its session.
  public var name: String
  /// What its session is now; `nil` where there is none.
  public var state: SessionState?
  /// Epochs done.
  public var epoch: Double
  /// The newest value of the metric; `nil` before the first, and where it is no number.
  public var value: Double?
  /// Whether no other one that did not fail has a better value.
  public var isBest = false
  /// Why it is in this state, as one sentence; `nil` where there is nothing to say.
  public var message: String?
}

/// What a search is now: made from its file and its sessions.
public struct SearchRecord: Codable, Equatable, Sendable {
  /// What was asked.
  public var search: Search
  /// Where it is in its life.
  public var state: SearchState
  /// Seconds since 1970.
  public var createdAt: Double
  /// The epochs after which sessions wait for each other.
  public var rungs: [Int]
  /// What was decided at each of these so far.
  public var decisions: [SearchDecision]
  /// One a combination, the best first; failed ones and those without a value are last.
  public var results: [SearchResult]

  /// The best of all, if any has a value.
  public var best: SearchResult? { results.first { $0.isBest } }

  init(_ file: SearchFile, sessions: [SessionRecord]) {
    search = file.search
    state = file.state
    createdAt = file.createdAt
    rungs = file.rungs
    decisions = file.decisions
    let records = Dictionary(sessions.map { ($0.request.id, $0) }) { first, _ in first }
    let search = file.search
    results = file.trials.map { trial in
      let record = records[trial.session]
      return SearchResult(
        number: trial.number, values: trial.values, session: trial.session,
        name: "\(search.name)-\(trial.number)", state: record?.state, epoch: record?.epoch ?? 0,
        value: record.flatMap { Self.value(of: search.metric, in: $0) },
        message: trial.problem ?? record?.message)
    }.sorted { first, second in
      if first.isComparable != second.isComparable { return first.isComparable }
      guard let left = first.value, let right = second.value, left != right else {
        return (first.value == nil ? 1 : 0, first.number)
          < (second.value == nil ? 1 : 0, second.number)
      }
      return search.isBetter(left, than: right)
    }
    if results.first?.isComparable == true { results[0].isBest = true }
  }

  /// The newest value of a metric, if it is a number.
  static func value(of metric: String, in record: SessionRecord) -> Double? {
    record.latest[metric].flatMap { $0.isFinite ? $0 : nil }
  }

  /// All searches of a workspace, oldest first, from its files.
  public static func all(
    in workspace: Workspace, sessions: [SessionRecord]
  ) throws -> [SearchRecord] {
    try SearchFile.names(in: workspace).map {
      SearchRecord(try SearchFile.read($0, in: workspace), sessions: sessions)
    }.sorted { ($0.createdAt, $0.search.name) < ($1.createdAt, $1.search.name) }
  }

  /// One search of a workspace, from its files.
  ///
  /// - Throws: `EngineError` if there is none of this name.
  public static func find(
    _ name: String, in workspace: Workspace, sessions: [SessionRecord]
  ) throws -> SearchRecord {
    let names = SearchFile.names(in: workspace)
    guard names.contains(name) else { throw EngineError.unknown("search", name, among: names) }
    return SearchRecord(try SearchFile.read(name, in: workspace), sessions: sessions)
  }
}

extension SearchResult {
  /// Whether it counts among those that are compared.
  fileprivate var isComparable: Bool {
    value != nil && state != .failed && state != .crashed
  }
}
