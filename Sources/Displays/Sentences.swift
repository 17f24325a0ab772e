import Records

extension TimelineEntry {
  /// What happened, as one sentence.
  public var sentence: String {
    let plain: String
    switch event {
    case .started(let process, let totalSteps, let epochs, _):
      plain =
        "Started in process \(process): \(NumberText.grouped(totalSteps)) steps in "
        + "\(epochs) \(epochs == 1 ? "epoch" : "epochs")."
    case .state(let state): plain = "\(state.title)."
    case .acknowledged(let command, .some(let refusal)):
      plain = "Command \(command) was refused: \(refusal)"
    case .acknowledged(let command, .none): plain = "Command \(command) took effect."
    case .epoch(let number): plain = "Epoch \(number) ended."
    case .threads(let count): plain = "Uses \(count) \(count == 1 ? "thread" : "threads") now."
    case .checkpoint(let step): plain = "Checkpoint at step \(NumberText.grouped(step))."
    case .params(let name, let version): plain = "Weights saved as \(name)@\(version)."
    case .warning: return message ?? "Warning."
    }
    return message.map { "\(plain) \($0)" } ?? plain
  }
}

extension ControlCommand {
  /// What was asked and by whom, as one sentence.
  public var sentence: String { "The \(origin) asked: \(action.wish)." }
}

extension ControlAction {
  /// What is asked, in a few words: `set learningRate to 0.01`.
  public var wish: String {
    switch self {
    case .pause: "pause"
    case .pauseAfter(let epochs): "pause after \(epochs) \(epochs == 1 ? "epoch" : "epochs")"
    case .resume: "resume"
    case .stop: "stop"
    case .snapshot: "snapshot"
    case .branch(let session): "branch into \(session.prefix(8))"
    case .set(let field, let value): "set \(field) to \(value.brief)"
    case .freeze(let pattern): "freeze \(pattern)"
    case .unfreeze(let pattern): "unfreeze \(pattern)"
    case .threads(let count): "use \(count) \(count == 1 ? "thread" : "threads")"
    case .custom(let name, .null): "do \(name)"
    case .custom(let name, let argument): "do \(name) with \(argument.brief)"
    }
  }
}

extension JSONValue {
  /// A plain value as text, anything larger as what it is.
  var brief: String {
    switch self {
    case .null: "nothing"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): NumberText.value(value)
    case .string(let value): value
    case .array: "a list"
    case .object: "a record"
    }
  }
}

extension SessionState {
  /// The state as a person reads it: `Running`.
  public var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension SessionRecord {
  /// The part of the recipe that is done, from 0 to 1; `nil` while unknown.
  public var progress: Double? {
    if totalSteps > 0 { return min(1, Double(step) / Double(totalSteps)) }
    return epochs > 0 ? min(1, epoch / Double(epochs)) : nil
  }
}

/// The table of sessions that the terminal shows.
public struct SessionsTable: Sendable, CustomStringConvertible {
  private let wide: TextTable
  private let narrow: TextTable
  private let width: Int?

  /// Prepares one row a session, in the order given.
  ///
  /// Where the lines would be longer than `width`, ids are shortened to beginnings that commands
  /// take as well.
  public init(_ sessions: [SessionRecord], width: Int? = nil) {
    self.width = width
    wide = Self.table(sessions, idLength: .max)
    narrow = Self.table(sessions, idLength: 8)
  }

  private static func table(_ sessions: [SessionRecord], idLength: Int) -> TextTable {
    TextTable(
      [
        ("session", .left), ("name", .left), ("model", .left), ("data", .left), ("state", .left),
        ("step", .right), ("epoch", .right), ("loss", .right), ("accuracy", .right),
        ("samples/s", .right),
      ],
      rows: sessions.map { session in
        let latest = session.latest
        let loss = latest["valid/loss"] ?? latest["train/loss"]
        let accuracy = latest["valid/accuracy"] ?? latest["train/accuracy"]
        return [
          String(session.request.id.prefix(idLength)), session.request.name, session.request.model,
          session.request.data,
          session.state.rawValue, NumberText.grouped(session.step),
          "\(NumberText.fixed(session.epoch, decimals: 1))/\(session.epochs)",
          loss.map(NumberText.value) ?? "", accuracy.map(NumberText.percentage) ?? "",
          latest["rate/samples"].map(NumberText.value) ?? "",
        ]
      })
  }

  /// The table's text.
  public var description: String {
    let text = wide.description
    guard let width, text.split(separator: "\n").contains(where: { TextWidth.of($0) > width })
    else {
      return text
    }
    return narrow.text(width: width)
  }
}

extension LoadReport {
  /// How many tensors there are of each kind, as a sentence.
  public var counts: String {
    "\(loaded.count) loaded, \(mismatched.count) of another shape, \(missing.count) missing, "
      + "\(unexpected.count) unexpected."
  }
}
