/// The sessions that an engine knows, and which of them something can happen to.
///
/// A workspace has thousands of sessions that have long been over; looking for the few others among
/// them ten times a second would take a fifth of a core.
struct TrackedSessions {
  private var all: [String: Engine.Tracked]
  /// The sessions that are not at rest.
  private(set) var awake: Set<String>

  init(_ all: [String: Engine.Tracked] = [:]) {
    self.all = all
    awake = Set(all.lazy.filter { Self.isAwake($0.value) }.map(\.key))
  }

  private static func isAwake(_ session: Engine.Tracked) -> Bool {
    !session.isAtRest || session.hold != .none
  }

  var values: Dictionary<String, Engine.Tracked>.Values { all.values }

  /// The ids of sessions that wait for room, in no order.
  var waiting: [String] { awake.filter { all[$0]?.hold == .waiting } }

  subscript(id: String) -> Engine.Tracked? {
    get { all[id] }
    set {
      all[id] = newValue
      if newValue.map(Self.isAwake) ?? false { awake.insert(id) } else { awake.remove(id) }
    }
  }
}
