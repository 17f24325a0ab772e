import Foundation
import Hummingbird
import Records

/// The id of a session as it arrives from outside: 26 characters of `0-9a-z`, or it is none.
struct SessionID: Equatable {
  let value: String

  init?(_ text: some StringProtocol) {
    let isPlain = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    guard text.utf8.count == 26, isPlain else { return nil }
    value = String(text)
  }
}

/// What the page sends to steer a session: `{"action": "pause"}`.
struct ControlRequest: Decodable {
  /// What can be asked, in the words of the command line.
  enum Word: String, Decodable, WordChoice {
    case pause, resume, stop, snapshot, set, freeze, unfreeze, `do`
  }

  let action: Word
  let field: String?
  let value: JSONValue?

  /// The action meant, or the sentence that says what can be meant.
  func controlAction() throws -> ControlAction {
    switch action {
    case .pause: return .pause
    case .resume: return .resume
    case .stop: return .stop
    case .snapshot: return .snapshot
    case .set:
      guard let value else {
        throw DashboardError.invalid("The action set needs a field and a value.")
      }
      return .set(field: try name("a field of the recipe"), value: value)
    case .freeze: return .freeze(pattern: try name("a layer or a parameter"))
    case .unfreeze: return .unfreeze(pattern: try name("a layer or a parameter"))
    case .do: return .custom(name: try name("a command"), argument: value ?? .null)
    }
  }

  /// What the action is about, in the request's field.
  private func name(_ what: String) throws -> String {
    guard let field, !field.isEmpty, field.utf8.count <= 200 else {
      throw DashboardError.invalid("The action \(action.rawValue) needs a field: \(what).")
    }
    return field
  }
}

extension Request {
  /// A whole number in the query; `nil` where it is absent.
  func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = uri.queryParameters[name[...]] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw DashboardError.invalid(
        "The query's \(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return number
  }

  /// One of some words in the query; `nil` where it is absent.
  func choice<Word: RawRepresentable & CaseIterable>(
    _ name: String, among words: Word.Type
  ) throws -> Word? where Word.RawValue == String {
    guard let text = uri.queryParameters[name[...]] else { return nil }
    guard let word = Word(rawValue: String(text)) else {
      let known = words.allCases.map(\.rawValue).joined(separator: ", ")
      throw DashboardError.invalid("The query's \(name) must be one of \(known).")
    }
    return word
  }

  /// A list in the query, its entries apart by commas, each percent-encoded by itself.
  func list(_ name: String, atMost limit: Int) throws -> [String] {
    let pairs = (uri.query ?? "").split(separator: "&")
    guard let pair = pairs.first(where: { $0.hasPrefix(name + "=") }) else { return [] }
    let entries = pair.dropFirst(name.utf8.count + 1).split(separator: ",").map {
      $0.removingPercentEncoding ?? ""
    }
    guard entries.count <= limit, entries.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 200 }) else {
      throw DashboardError.invalid(
        "The query's \(name) must be at most \(limit) names of at most 200 bytes.")
    }
    return entries
  }
}

/// An event as the page reads it; one flat object with its kind.
struct EventMessage: Encodable {
  var kind: String
  var record: SessionRecord?
  var session: String?
  var points: [MetricPoints]?
  var entry: TimelineMessage?
  var keys: [String]?
  var step: Int?

  init(_ event: EngineEvent) {
    switch event.content {
    case .session(let record):
      kind = "session"
      session = record.request.id
      self.record = record
    case .metrics(let session, let points):
      kind = "metrics"
      self.session = session
      self.points = points
    case .timeline(let session, let entry):
      kind = "timeline"
      self.session = session
      self.entry = TimelineMessage(entry)
    case .pictures(let session, let keys, let step):
      kind = "pictures"
      self.session = session
      self.keys = keys
      self.step = step
    case .removed(let session):
      kind = "removed"
      self.session = session
    }
  }
}

/// A timeline entry as the page shows it.
struct TimelineMessage: Codable {
  let time: Double
  let attempt: Int
  let step: Int
  let kind: String
  let sentence: String
  /// The command that was answered.
  let command: Int?
  /// Why it was refused.
  let refusal: String?

  init(_ entry: TimelineEntry) {
    time = entry.time
    attempt = entry.attempt
    step = entry.step
    sentence = entry.sentence
    if case .acknowledged(let number, let reason) = entry.event {
      (command, refusal) = (number, reason)
    } else {
      (command, refusal) = (nil, nil)
    }
    kind =
      switch entry.event {
      case .started: "started"
      case .state: "state"
      case .acknowledged(_, let refusal): refusal == nil ? "acknowledged" : "refused"
      case .epoch: "epoch"
      case .threads: "threads"
      case .checkpoint: "checkpoint"
      case .params: "params"
      case .warning: "warning"
      }
  }
}
