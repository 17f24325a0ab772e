import Foundation
import Records
import Storage
import Training

extension Engine {
  /// Starts a new session that plays another one again: the same model, data and recipe, and every
  /// change at the step at which it took effect.
  ///
  /// - Throws: `EngineError` if the other one is not finished or stopped, or its data have changed.
  @discardableResult
  public func reproduce(_ id: String, name: String? = nil) throws -> SessionRecord {
    let original = try session(id)
    let request = original.request
    guard [.finished, .stopped].contains(original.state), original.weights != nil,
      let folder = tracked[request.id]?.folder
    else {
      throw EngineError(
        .invalid,
        "The session '\(request.name)' is \(original.state); only one that is finished or stopped, "
          + "with weights at its end, can be played again.")
    }
    let data = try DataRecord.find(request.data, in: workspace)
    if let expected = request.dataFingerprint, expected != data.fingerprint {
      throw EngineError(
        .invalid,
        "The data '\(request.data)' are not those the session '\(request.name)' was trained on; put "
          + "them back under that name.")
    }
    var replay = try folder.history()
    if original.state == .stopped {
      let number = (replay.map(\.command.number) + [try folder.controls().last?.number ?? 0]).max()
      replay.append(
        PlannedCommand(
          step: original.step, epochs: try folder.timelineEntries().last?.epochs,
          command: ControlCommand(
            number: (number ?? 0) + 1, time: Date().timeIntervalSince1970, origin: "reproduction",
            action: .stop)))
    }
    var asked = request
    asked.id = Names.newSessionID()
    asked.name = name ?? freeName("\(request.name)-again")
    asked.saveParams = asked.name
    asked.createdAt = Date().timeIntervalSince1970
    asked.sharesThreads = nil
    asked.reproduces = request.id
    asked.search = nil
    let model = try Model.load(of: folder, in: workspace)
    asked.model = model.name
    let origin = request.origin == nil ? nil : folder.origin.newestVerified().checkpoint?.folder
    try Names.check(asked.saveParams, of: "parameters")
    return try enroll(
      asked, epochs: original.epochs,
      SessionContents(model: try model.network.modelFile(), replay: replay, origin: origin))
  }
}

/// What came of playing a session again.
public struct Reproduction: Codable, Equatable, Sendable {
  /// The session that was played again.
  public var original: String
  /// The session that played it.
  public var again: String
  /// Whether the final weights are equal, bit for bit.
  public var isEqual: Bool
  /// The first difference, as one sentence; `nil` where there is none.
  public var difference: String?

  /// Compares a session that played another one again with that one.
  ///
  /// - Throws: `EngineError` if it plays none again or is not over.
  public init(of again: SessionFolder, in workspace: Workspace) throws {
    guard let id = again.request.reproduces else {
      throw EngineError(
        .invalid, "The session '\(again.request.name)' does not play another one again.")
    }
    let original = try workspace.session(id)
    let records = try (original.record(), again.record())
    guard let first = records.0.weights, let second = records.1.weights else {
      throw EngineError(
        .invalid,
        "The session '\(again.request.name)' is \(records.1.state) and has no final weights to "
          + "compare\(records.1.message.map { ": \($0)" } ?? ".")")
    }
    self.original = id
    self.again = again.id
    isEqual = first == second
    difference = isEqual ? nil : try Self.firstDifference(original, again)
  }

  private static func firstDifference(
    _ original: SessionFolder, _ again: SessionFolder
  ) throws -> String {
    let (first, second) = (try measurements(of: original), try measurements(of: again))
    for step in first.keys.sorted() {
      guard let other = second[step] else { continue }
      for (key, value) in (first[step] ?? [:]).sorted(by: { $0.key < $1.key }) {
        guard let now = other[key], now.bitPattern != value.bitPattern else { continue }
        return "The first difference is \(key) at step \(step): it was \(value) and is \(now)."
      }
    }
    return "The final weights differ, but no measurement along the way does; measure more often "
      + "(reportEverySteps) to see where."
  }

  /// What was measured at each step, by the attempt that counts; nothing that depends on time.
  private static func measurements(of folder: SessionFolder) throws -> [Int: [String: Double]] {
    var values: [Int: [String: Double]] = [:]
    for (_, url) in folder.journals() {
      var reader = JournalReader(url)
      while true {
        let entries = try reader.read()
        if entries.isEmpty { break }
        for case .metrics(let points) in entries {
          let kept = points.values.filter {
            !$0.key.hasPrefix("rate/") || $0.key == "rate/learning"
          }
          values[points.step, default: [:]].merge(kept) { $1 }
        }
      }
    }
    return values
  }
}
