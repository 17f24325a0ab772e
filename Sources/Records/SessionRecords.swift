/// Where a session is in its life.
public enum SessionState: String, Codable, Sendable, CaseIterable {
  /// Waits for a device.
  case queued
  /// Its process is there, but no step is done yet.
  case starting
  case running
  /// Has a checkpoint, no process and no device, until it is resumed.
  case paused
  /// Reached the end of its recipe.
  case finished
  /// Was asked to stop, and did.
  case stopped
  /// Ended itself with an error that it reported.
  case failed
  /// Its process is gone without a word.
  case crashed

  /// Whether nothing will happen any more unless somebody resumes it.
  public var isOver: Bool {
    switch self {
    case .finished, .stopped, .failed, .crashed: true
    case .queued, .starting, .running, .paused: false
    }
  }
}

/// What was asked of a session; written once, never changed (`session.json`).
public struct SessionRequest: Codable, Equatable, Sendable {
  /// The session's own name: 26 characters of `0-9a-z`, made by us.
  public var id: String
  /// What people call it.
  public var name: String
  /// The name of the model in the workspace.
  public var model: String
  /// The name of the data in the workspace.
  public var data: String
  /// The weights it starts from, `name` or `name@version`; `nil` starts from the initializers.
  public var startParams: String?
  /// The name under which its weights are saved at the end.
  public var saveParams: String
  /// Everything about the training: the JSON of a `Recipe`.
  public var recipe: JSONValue
  /// `cpu` or `cuda:0`.
  public var device: String
  /// Threads to use on the CPU.
  public var threads: Int
  /// Whether TensorBoard event files are written too.
  public var writesTensorBoard: Bool
  /// Seconds since 1970.
  public var createdAt: Double
  /// Whether the engine may change the number of threads while the session runs; `nil` means no.
  public var sharesThreads: Bool?
  /// Who begins first of those that wait, larger first; `nil` counts as 0.
  public var priority: Int?
  /// The session and the step it branched from; `nil` where it began by itself.
  public var origin: SessionOrigin?
  /// The session whose run it plays again; `nil` for all others.
  public var reproduces: String?
  /// What a search chose for it; `nil` for all others.
  public var search: SearchTrial?
  /// The fingerprint of the data when it was asked for, to notice other bytes under the same name.
  public var dataFingerprint: String?
  /// The memory it was expected to need.
  public var memory: MemoryEstimate?
  /// What became of each tensor of the weights it starts from, where it took only what fitted; `nil`
  /// where it took all or none.
  public var loaded: LoadReport?

  /// Makes a request from its parts.
  public init(
    id: String, name: String, model: String, data: String, startParams: String?,
    saveParams: String, recipe: JSONValue, device: String, threads: Int, writesTensorBoard: Bool,
    createdAt: Double
  ) {
    self.id = id
    self.name = name
    self.model = model
    self.data = data
    self.startParams = startParams
    self.saveParams = saveParams
    self.recipe = recipe
    self.device = device
    self.threads = threads
    self.writesTensorBoard = writesTensorBoard
    self.createdAt = createdAt
  }
}

/// Where a session branched from another.
public struct SessionOrigin: Codable, Equatable, Sendable {
  /// The other session's id.
  public var session: String
  /// Updates it had done.
  public var step: Int

  /// Makes an origin from its parts.
  public init(session: String, step: Int) {
    self.session = session
    self.step = step
  }
}

/// What a session is now; made from its folder, shown everywhere.
public struct SessionRecord: Codable, Equatable, Sendable {
  /// What was asked.
  public var request: SessionRequest
  /// Where it is in its life.
  public var state: SessionState
  /// 1 for the first process, one more for each resume in a new process.
  public var attempt: Int
  /// Updates done.
  public var step: Int
  /// The position in epochs.
  public var epoch: Double
  /// Epochs asked for.
  public var epochs: Int
  /// Updates the whole recipe takes; 0 while unknown.
  public var totalSteps: Int
  /// Seconds since 1970 of the first start; `nil` if it never started.
  public var startedAt: Double?
  /// Seconds since 1970 of the end; `nil` while it lives.
  public var endedAt: Double?
  /// Why it is in this state, as one sentence; `nil` where there is nothing to say.
  public var message: String?
  /// The newest value of each metric.
  public var latest: [String: Double]
  /// The step of the newest checkpoint; `nil` if there is none.
  public var checkpointStep: Int?
  /// The process that trains; `nil` if there is none.
  public var process: Int?
  /// Threads of the CPU it uses, or used last; `nil` before its first start.
  public var threads: Int?
  /// The most bytes of memory it was seen to take; `nil` before its first sign of life.
  public var memoryBytes: Int?
  /// SHA-256 over its weights at the end, in hexadecimal; `nil` before.
  public var weights: String?
  /// Its place among those that wait, 1 for the next; `nil` if it does not wait.
  public var queuePlace: Int?

  /// Makes a record from its parts.
  public init(
    request: SessionRequest, state: SessionState, attempt: Int = 0, step: Int = 0,
    epoch: Double = 0, epochs: Int = 0, totalSteps: Int = 0, startedAt: Double? = nil,
    endedAt: Double? = nil, message: String? = nil, latest: [String: Double] = [:],
    checkpointStep: Int? = nil, process: Int? = nil
  ) {
    self.request = request
    self.state = state
    self.attempt = attempt
    self.step = step
    self.epoch = epoch
    self.epochs = epochs
    self.totalSteps = totalSteps
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.message = message
    self.latest = latest
    self.checkpointStep = checkpointStep
    self.process = process
  }
}

/// One line of a session's timeline (`timeline.jsonl`).
public struct TimelineEntry: Codable, Equatable, Sendable {
  /// What happened.
  public enum Event: Codable, Equatable, Sendable {
    /// A process took the session up, with all that decides the numbers it will make.
    case started(process: Int, totalSteps: Int, epochs: Int, fingerprint: [String: String])
    case state(SessionState)
    /// A command took effect, or was refused with a reason.
    case acknowledged(command: Int, refusal: String?)
    case epoch(Int)
    /// So many threads of the CPU are used from here on.
    case threads(Int)
    case checkpoint(step: Int)
    /// Weights were saved as a version of named parameters.
    case params(name: String, version: Int)
    case warning
  }

  /// Seconds since 1970.
  public var time: Double
  /// The attempt that wrote it.
  public var attempt: Int
  /// Updates done at that time.
  public var step: Int
  /// Epochs that had ended when it was written; `nil` in older timelines.
  ///
  /// At the last step of an epoch it tells what came before its validation was over from what came
  /// then.
  public var epochs: Int?
  /// What happened.
  public var event: Event
  /// One sentence for people; `nil` where the event says it all.
  public var message: String?

  /// Makes an entry from its parts.
  public init(
    time: Double, attempt: Int, step: Int, epochs: Int? = nil, event: Event,
    message: String? = nil
  ) {
    self.time = time
    self.attempt = attempt
    self.step = step
    self.epochs = epochs
    self.event = event
    self.message = message
  }
}

/// How a process left its session (`exit.json`, written last).
public struct ExitRecord: Codable, Equatable, Sendable {
  /// `paused`, `finished`, `stopped` or `failed`.
  public var state: SessionState
  /// Why, as one sentence; `nil` where there is nothing to say.
  public var message: String?
  /// The attempt that ended.
  public var attempt: Int
  /// Updates done.
  public var step: Int
  /// Seconds since 1970.
  public var time: Double
  /// SHA-256 over the weights, in hexadecimal; `nil` where there are none to speak of.
  public var weights: String?
  /// The most bytes of memory the process took.
  public var memoryBytes: Int?

  /// Makes a record from its parts.
  public init(
    state: SessionState, message: String?, attempt: Int, step: Int, time: Double,
    weights: String? = nil, memoryBytes: Int? = nil
  ) {
    self.weights = weights
    self.memoryBytes = memoryBytes
    self.state = state
    self.message = message
    self.attempt = attempt
    self.step = step
    self.time = time
  }
}

/// What an engine tells its listeners, in order.
public struct EngineEvent: Codable, Equatable, Sendable {
  /// What happened.
  public enum Content: Codable, Equatable, Sendable {
    /// A session is new or changed.
    case session(SessionRecord)
    case metrics(session: String, points: [MetricPoints])
    case timeline(session: String, entry: TimelineEntry)
    /// New images or histograms can be fetched.
    case pictures(session: String, keys: [String], step: Int)
    /// A session is in the trash.
    case removed(session: String)
  }

  /// Grows by one from event to event while an engine lives.
  public var sequence: Int
  /// What happened.
  public var content: Content

  /// Makes an event from its parts.
  public init(sequence: Int, content: Content) {
    self.sequence = sequence
    self.content = content
  }
}
