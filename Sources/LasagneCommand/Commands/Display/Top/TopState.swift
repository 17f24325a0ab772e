import Displays
import Foundation
import LasagneEngine
import Records

/// Everything that `lasagne top` shows at a moment.
struct TopState: Equatable {
  /// What is asked of a session, or of the program.
  enum Wish: Equatable {
    case leave
    case control(session: String, action: ControlAction)
  }

  /// What the keys mean now.
  enum Mode: Equatable {
    case choosing
    /// A field and its value are being typed.
    case typing(String)
    /// Waits for a yes before it stops the session.
    case confirmingStop(session: String)
  }

  /// A sentence at the foot.
  struct Notice: Equatable {
    var text: String
    var isBad: Bool
  }

  /// The workspace's folder.
  var workspace: String
  /// Whether an engine has the workspace open.
  var hasEngine = false
  /// The sessions in the order shown.
  var sessions: [SessionRecord] = []
  /// What the engine shares out.
  var devices: [DeviceShare] = []
  /// Steps a second, by session.
  var speeds: [String: Double] = [:]
  /// The id of the session that the keys steer.
  var selected: String?
  /// The kinds of metrics that the chosen session has.
  var kinds: [String] = []
  /// The kind that is drawn.
  var kind = "loss"
  var isLogarithmic = false
  /// The curves of the chosen session.
  var plot: Plot?
  var mode = Mode.choosing
  var notice: Notice?
  /// Seconds since 1970.
  var now = 0.0

  /// The session that the keys steer.
  var chosen: SessionRecord? { sessions.first { $0.request.id == selected } }

  /// Takes over what was found out; whoever is chosen stays chosen.
  mutating func take(_ figures: TopFigures) {
    hasEngine = figures.hasEngine
    sessions = Self.ordered(figures.sessions)
    devices = figures.devices
    speeds = figures.speeds
    now = figures.time
    if chosen == nil { selected = sessions.first?.request.id }
    if figures.shown == selected {
      kinds = figures.kinds
      plot = figures.plot
    } else {
      plot = nil
    }
    if let notice = figures.notice { self.notice = notice }
  }

  /// Those that do something first, then those that wait in their turn, then what is over.
  static func ordered(_ sessions: [SessionRecord]) -> [SessionRecord] {
    func rank(_ record: SessionRecord) -> Int {
      switch record.state {
      case .running, .starting: 0
      case .queued: 1
      case .paused: 2
      case .finished, .stopped, .failed, .crashed: 3
      }
    }
    return sessions.sorted { first, second in
      if rank(first) != rank(second) { return rank(first) < rank(second) }
      let places = (first.queuePlace ?? .max, second.queuePlace ?? .max)
      if places.0 != places.1 { return places.0 < places.1 }
      if first.request.createdAt != second.request.createdAt {
        return first.request.createdAt > second.request.createdAt
      }
      return first.request.id < second.request.id
    }
  }

  // MARK: Keys

  /// Does what a key means, and says what is to be asked of others.
  mutating func press(_ key: Key) -> Wish? {
    switch mode {
    case .typing(let text): return type(key, after: text)
    case .confirmingStop(let session):
      mode = .choosing
      guard key == .character("y") || key == .enter else {
        notice = Notice(text: "Not stopped.", isBad: false)
        return nil
      }
      return .control(session: session, action: .stop)
    case .choosing: return choose(key)
    }
  }

  private mutating func choose(_ key: Key) -> Wish? {
    switch key {
    case .up, .character("k"): move(by: -1)
    case .down, .character("j"): move(by: 1)
    case .pageUp: move(by: -10)
    case .pageDown: move(by: 10)
    case .character("q"): return .leave
    case .character("l"): isLogarithmic.toggle()
    case .character("m"):
      let place = kinds.firstIndex(of: kind).map { $0 + 1 } ?? 0
      if !kinds.isEmpty { kind = kinds[place % kinds.count] }
    case .character("p"): return ask(.pause)
    case .character("r"): return ask(.resume)
    case .character("s"):
      if let chosen { mode = .confirmingStop(session: chosen.request.id) }
    case .character("e"):
      if chosen != nil { mode = .typing("") }
    default: break
    }
    return nil
  }

  private mutating func move(by places: Int) {
    guard !sessions.isEmpty else { return }
    let place = sessions.firstIndex { $0.request.id == selected } ?? 0
    selected = sessions[min(max(0, place + places), sessions.count - 1)].request.id
  }

  private mutating func ask(_ action: ControlAction) -> Wish? {
    guard let chosen else { return nil }
    return .control(session: chosen.request.id, action: action)
  }

  private mutating func type(_ key: Key, after text: String) -> Wish? {
    switch key {
    case .character(let character):
      if text.count < 200 { mode = .typing(text + String(character)) }
    case .backspace: mode = .typing(String(text.dropLast()))
    case .escape: mode = .choosing
    case .enter:
      mode = .choosing
      guard !text.isEmpty else { return nil }
      do {
        let (field, value) = try RecipeOptions.assignment(text)
        return ask(.set(field: field, value: value))
      } catch {
        notice = Notice(text: "\(error)", isBad: true)
      }
    default: break
    }
    return nil
  }
}

/// What was found out about a workspace at a moment.
struct TopFigures: Sendable {
  var hasEngine = false
  var sessions: [SessionRecord] = []
  var devices: [DeviceShare] = []
  var speeds: [String: Double] = [:]
  /// The session whose kinds and curves these are.
  var shown: String?
  var kinds: [String] = []
  var plot: Plot?
  var notice: TopState.Notice?
  /// Seconds since 1970.
  var time = 0.0
}
