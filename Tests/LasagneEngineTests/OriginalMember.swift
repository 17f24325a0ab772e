/// One member of a class of the original LasagneEngine, with what it is here.
struct OriginalMember {
  let type: String
  let member: String
  /// The declarations in `Sources` that do its work, by their last words.
  let ours: [String]
  /// The name of a test that uses them.
  let test: String

  init(_ type: String, _ member: String, _ ours: [String], _ test: String) {
    self.type = type
    self.member = member
    self.ours = ours
    self.test = test
  }

  private static let tour = "every member of the original has a counterpart that works"
  private static let shown =
    "the displayer shows sessions, models, params, data, devices and curves"
  private static let inUse = "an array lies once on a device however many use it"

  static let all = [
    OriginalMember("Engine", "set_ngpus", ["Engine.useGPUs", "Engine.useCores"], tour),
    OriginalMember("Engine", "register_model", ["Engine.register"], tour),
    OriginalMember("Engine", "get_model", ["Engine.model"], tour),
    OriginalMember("Engine", "register_session", ["Engine.start"], tour),
    OriginalMember("Engine", "get_session", ["Engine.handle", "Engine.session"], tour),
    OriginalMember("Engine", "start_session", ["Engine.start", "Engine.resumeSession"], tour),
    OriginalMember("Engine", "stop_session", ["Engine.stopSession"], tour),
    OriginalMember("Model", "load_model", ["Model.load"], tour),
    OriginalMember("Model", "start_session", ["Engine.start"], tour),
    OriginalMember("Model", "display_past_sessions", ["Displayer.sessions"], shown),
    OriginalMember("Params", "parent", ["Params.parent"], tour),
    OriginalMember("Params", "save", ["Params.save"], tour),
    OriginalMember("Params", "load", ["Params.load"], tour),
    OriginalMember("Session", "display", ["Displayer.session", "Session.record"], shown),
    OriginalMember("Session", "set_objective", ["Recipe.objective"], tour),
    OriginalMember("Session", "set_params", ["StartRequest.startParams"], tour),
    OriginalMember(
      "Session", "display_training_metric", ["Displayer.curve", "Session.curve"], shown),
    OriginalMember(
      "Session", "display_validation_metric", ["Displayer.curve", "Session.curve"], shown),
    OriginalMember("DataManager", "set_numpy_data", ["DataManager.set"], inUse),
    OriginalMember("DataManager", "set_shared_variables", ["DataManager.use"], inUse),
    OriginalMember(
      "DataManager", "set_in_memory", ["DataManager.use", "DataManager.evictUnused"],
      "the array that was not used for longest goes first"),
    OriginalMember("DataManager", "in-use list per device", ["DataManager.placements"], inUse),
    OriginalMember("Displayer", "models", ["Displayer.models"], shown),
    OriginalMember("Displayer", "sessions", ["Displayer.sessions"], shown),
    OriginalMember(
      "Displayer", "running_sessions (deep)", ["Displayer.runningSessions"], shown),
  ]
}
