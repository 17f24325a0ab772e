/// Something that was done to what a workspace keeps, with all that is needed to undo it
/// (`trash/<number>/change.json`).
public struct WorkspaceChange: Codable, Equatable, Sendable {
  /// What it was done to.
  public enum Area: String, Codable, Sendable, CaseIterable {
    case params
    case data
    case models
    case sessions
  }

  /// How far it is.
  public enum State: String, Codable, Sendable {
    /// Written down; whoever comes next finishes it.
    case begun
    case done
    /// Being taken back; whoever comes next finishes that.
    case undoing
    case undone
  }

  /// A file or folder that got another place; paths are relative to the workspace.
  public struct Move: Codable, Equatable, Sendable {
    /// Where it was.
    public var from: String
    /// Where it is.
    public var to: String

    /// Makes a move from its parts.
    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  /// A version that became another, or went.
  public struct VersionEdit: Codable, Equatable, Sendable {
    /// The model.
    public var model: String
    /// The name of the params.
    public var name: String
    /// What it was.
    public var before: ParamsVersion
    /// What it is; `nil` if it is gone.
    public var after: ParamsVersion?

    /// Makes an edit from its parts.
    public init(model: String, name: String, before: ParamsVersion, after: ParamsVersion?) {
      self.model = model
      self.name = name
      self.before = before
      self.after = after
    }
  }

  /// Params that got another name, wherever it is mentioned.
  public struct Renaming: Codable, Equatable, Sendable {
    /// The model.
    public var model: String
    /// The name before.
    public var from: String
    /// The name now.
    public var to: String

    /// Makes a renaming from its parts.
    public init(model: String, from: String, to: String) {
      self.model = model
      self.from = from
      self.to = to
    }
  }

  /// Something people said of a session that became something else.
  public struct SessionEdit: Codable, Equatable, Sendable {
    /// What of it.
    public enum Field: String, Codable, Sendable, CaseIterable {
      case name
      case notes
    }

    /// The session's id.
    public var session: String
    /// What of it.
    public var field: Field
    /// What it was; `nil` where nobody had said anything.
    public var before: JSONValue?
    /// What it is.
    public var after: JSONValue?

    /// Makes an edit from its parts.
    public init(session: String, field: Field, before: JSONValue?, after: JSONValue?) {
      self.session = session
      self.field = field
      self.before = before
      self.after = after
    }
  }

  /// 1, 2, …, in the order in which the changes were made.
  public var number: Int
  /// Seconds since 1970.
  public var time: Double
  /// What it was done to.
  public var area: Area
  /// What was done, in a few words.
  public var summary: String
  /// How far it is.
  public var state: State
  /// Versions that changed.
  public var edits: [VersionEdit]
  /// Params that got another name.
  public var renaming: Renaming?
  /// Files and folders that got another place.
  public var moves: [Move]
  /// What was said of sessions; `nil` where nothing was.
  public var sessionEdits: [SessionEdit]?

  /// Makes a change from its parts.
  public init(
    number: Int, time: Double, area: Area, summary: String, state: State,
    edits: [VersionEdit] = [], renaming: Renaming? = nil, moves: [Move] = [],
    sessionEdits: [SessionEdit]? = nil
  ) {
    self.number = number
    self.time = time
    self.area = area
    self.summary = summary
    self.state = state
    self.edits = edits
    self.renaming = renaming
    self.moves = moves
    self.sessionEdits = sessionEdits
  }
}
