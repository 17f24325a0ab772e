import Records

/// What a person asks for when starting a session; what is left out is chosen by the engine.
public struct StartRequest: Codable, Equatable, Sendable {
  /// What people call the session; `nil` takes the model's name and a number.
  public var name: String?
  /// The name of a model in the workspace.
  public var model: String
  /// The name of a data set in the workspace.
  public var data: String
  /// The weights to start from, `name` or `name@version`; `nil` starts from the initializers.
  public var startParams: String?
  /// What to take of those weights where they need not fit as a whole; `nil` takes all.
  public var partial: PartialStart?
  /// The name under which the weights are saved at the end; `nil` takes the session's name.
  public var saveParams: String?
  /// The JSON of a `Recipe`.
  public var recipe: JSONValue
  /// `cpu` or `cuda:0`.
  public var device: String
  /// Threads to use on the CPU; `nil` takes what is free, and lets the engine change it later.
  public var threads: Int?
  /// Whether TensorBoard event files are written too.
  public var writesTensorBoard: Bool
  /// Who begins first of those that wait, larger first; `nil` counts as 0.
  public var priority: Int?

  /// Makes a request from its parts.
  public init(
    name: String? = nil, model: String, data: String, startParams: String? = nil,
    saveParams: String? = nil, recipe: JSONValue = .object([:]), device: String = "cpu",
    threads: Int? = nil, writesTensorBoard: Bool = false, priority: Int? = nil
  ) {
    self.priority = priority
    self.name = name
    self.model = model
    self.data = data
    self.startParams = startParams
    self.saveParams = saveParams
    self.recipe = recipe
    self.device = device
    self.threads = threads
    self.writesTensorBoard = writesTensorBoard
  }
}

/// What another process can ask of a workspace's engine: one JSON line on its socket.
public enum EngineCall: Codable, Equatable, Sendable {
  /// Asks whether an engine is there.
  case ping
  case sessions
  case session(id: String)
  case start(StartRequest)
  case control(session: String, action: ControlAction, origin: String)
  case branch(session: String, request: BranchRequest, origin: String)
  /// Plays a session again.
  case reproduce(session: String, name: String?)
  /// The sessions that wait, the next one first.
  case queue
  case moveInQueue(session: String, place: Int)
  case prioritize(session: String, priority: Int)
  case devices
  /// Changes what is noted of a session.
  case annotate(session: String, change: SessionNotesChange)
  case rename(session: String, name: String)
  /// Puts a session into the trash.
  case remove(session: String)
  /// Takes back the last change of what people said of sessions, or removed.
  case undoSession
  /// Starts a search.
  case search(Search)
  case searches
  case searchRecord(name: String)
  case stopSearch(name: String)
  case resumeSearch(name: String)
  /// Limits what the engine shares out; `nil` leaves it as it is.
  case limit(cores: Int?, gpus: Int?)
}

/// The engine's answer: one JSON line.
public enum EngineReply: Codable, Equatable, Sendable {
  /// The engine's process.
  case ready(process: Int)
  case sessions([SessionRecord])
  case session(SessionRecord)
  case devices([DeviceShare])
  case search(SearchRecord)
  case searches([SearchRecord])
  case notes(SessionNotes)
  case change(WorkspaceChange)
  /// The command as it stands in the session's control log.
  case accepted(ControlCommand)
  case refused(EngineError)
}
