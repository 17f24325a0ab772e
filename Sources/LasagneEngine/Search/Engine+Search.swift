import Foundation
import Lasagne
import Records
import Storage
import Training

extension Engine {
  /// Starts a search: checks every combination, and queues a session for each.
  ///
  /// Its sessions are called after it, `rates-1`, `rates-2`, …, and are sessions as any other.
  /// - Throws: `EngineError`, before anything is written, where the name is taken or a combination
  ///   cannot be trained.
  @discardableResult
  public func search(_ search: Search) throws -> SearchRecord {
    try Names.check(search.name, of: "a search")
    guard search.name.utf8.count <= 48 else {
      throw EngineError(
        .invalid, "The search's name is longer than 48 letters; its sessions are called after it.")
    }
    guard searches[search.name] == nil, !SearchFile.names(in: workspace).contains(search.name)
    else {
      throw EngineError(
        .invalid, "There is a search '\(search.name)' already; choose another name.")
    }
    let (file, models) = try plan(search)
    for model in models { try register(model.network, as: model.name) }
    try file.write(in: workspace)
    searches[search.name] = file
    look()
    return try searchRecord(search.name)
  }

  /// What all searches are now, oldest first.
  public func searchRecords() -> [SearchRecord] {
    let sessions = sessions()
    return searches.values.map { SearchRecord($0, sessions: sessions) }
      .sorted { ($0.createdAt, $0.search.name) < ($1.createdAt, $1.search.name) }
  }

  /// What a search is now.
  ///
  /// - Throws: `EngineError` if there is none of this name.
  public func searchRecord(_ name: String) throws -> SearchRecord {
    SearchRecord(try searchFile(name), sessions: sessions())
  }

  /// Asks all sessions of a search to write a checkpoint, save their weights and end.
  ///
  /// - Throws: `EngineError` if there is no such search or it is over.
  @discardableResult
  public func stopSearch(_ name: String) throws -> SearchRecord {
    var file = try searchFile(name)
    guard file.state == .running else {
      throw EngineError(
        .invalid, "The search '\(name)' is \(file.state); only one that is running can be stopped.")
    }
    file.state = .stopping
    try keep(file)
    look()
    return try searchRecord(name)
  }

  /// Lets a search go on that was stopped: its sessions go on where they were.
  ///
  /// - Throws: `EngineError` if there is no such search or it was not stopped.
  @discardableResult
  public func resumeSearch(_ name: String) throws -> SearchRecord {
    var file = try searchFile(name)
    guard file.state == .stopped else {
      throw EngineError(
        .invalid, "The search '\(name)' is \(file.state); only one that was stopped can go on.")
    }
    file.state = .running
    try keep(file)
    for number in file.contenders {
      guard let trial = file.trial(number), let record = tracked[trial.session]?.record,
        record.state == .stopped || isAsleep(record)
      else { continue }
      try goOn(trial.session, until: file.nextRung, of: file)
    }
    look()
    return try searchRecord(name)
  }

  /// Waits until a search is finished or stopped.
  ///
  /// - Throws: `EngineError` if there is no such search, `CancellationError` if the caller is
  ///   cancelled.
  public func searchOver(_ name: String) async throws -> SearchRecord {
    while true {
      let file = try searchFile(name)
      if file.state == .finished || file.state == .stopped { return try searchRecord(name) }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func searchFile(_ name: String) throws -> SearchFile {
    if let file = searches[name] { return file }
    let names = SearchFile.names(in: workspace)
    guard names.contains(name) else { throw EngineError.unknown("search", name, among: names) }
    return try SearchFile.read(name, in: workspace)
  }

  /// Writes a search as it is now.
  func keep(_ file: SearchFile) throws {
    try file.write(in: workspace)
    searches[file.search.name] = file
  }

  /// Tries all combinations on the data, and names the models that are to be registered.
  private func plan(_ search: Search) throws -> (SearchFile, models: [Model]) {
    let base = try SearchBase(search, in: workspace)
    let all = try search.trials()
    let epochs = try checkRule(search)
    let data = try TrainingData(search.data, in: workspace)
    var models: [Model] = []
    // By its file, which says all there is to a network.
    var places: [String: Int] = [:]
    var trials: [SearchFile.Trial] = []
    for (index, values) in all.enumerated() {
      try search.located(at: values) {
        let network = try base.network(values)
        let recipe = try base.recipe(values)
        let model: Model
        let text = try network.modelFile()
        if let place = places[text] {
          model = models[place]
        } else {
          places[text] = models.count
          let name = base.variesNetwork ? "\(search.name)-net-\(models.count + 1)" : base.modelName
          model = Model(name, network: network)
          models.append(model)
        }
        let trial = SearchFile.Trial(
          number: index + 1, values: values, model: model.name, session: Names.newSessionID())
        let plan = try SessionPlan(
          request(for: trial, recipe: recipe.json, of: search), model: model, data: data,
          in: workspace)
        try checkRoom(for: plan)
        try checkMetric(search, recipe, data)
        trials.append(trial)
      }
    }
    if !base.variesNetwork, !search.model.hasPrefix("zoo:") { models = [] }
    let file = SearchFile(
      search: search, createdAt: Date().timeIntervalSince1970, trials: trials,
      rungs: search.halving?.rungs(epochs: epochs) ?? [])
    return (file, models)
  }

  /// Checks the rule by which sessions are given up, and returns the epochs of them all.
  private func checkRule(_ search: Search) throws -> Int {
    let epochs = try Recipe(json: search.recipe).epochs
    guard search.threads >= 1 else {
      throw EngineError(
        .invalid, "The search's sessions have \(search.threads) threads; give at least 1.")
    }
    guard let halving = search.halving else { return epochs }
    guard search.space["epochs"] == nil else {
      throw EngineError(
        .invalid,
        "Successive halving decides itself how many epochs a session gets; take 'epochs' out of what "
          + "is tried.")
    }
    guard halving.firstEpochs >= 1, halving.reduction >= 2 else {
      throw EngineError(
        .invalid,
        "Successive halving takes one in \(halving.reduction) after \(halving.firstEpochs) epochs; it "
          + "must be one in 2 or more, after 1 or more.")
    }
    guard !halving.rungs(epochs: epochs).isEmpty else {
      throw EngineError(
        .invalid,
        "Successive halving compares first after \(halving.firstEpochs) epochs, but the recipe has "
          + "\(epochs); give it more epochs.")
    }
    guard !search.metric.hasPrefix("test/") else {
      throw EngineError(
        .invalid,
        "The metric '\(search.metric)' is measured only at a session's end; successive halving needs "
          + "one of each epoch, like valid/loss.")
    }
    return epochs
  }

  /// Refuses a metric that no session will measure.
  private func checkMetric(_ search: Search, _ recipe: Recipe, _ data: TrainingData) throws {
    let parts = search.metric.split(separator: "/", omittingEmptySubsequences: false)
    let isOfOutput = parts.count == 3 && recipe.objectives?[String(parts[1])] != nil
    guard parts.count == 2 || isOfOutput, ["train", "valid", "test"].contains(parts[0]),
      !parts.contains("")
    else {
      throw EngineError(
        .invalid,
        "The metric '\(search.metric)' is none; use one like valid/loss, valid/accuracy, "
          + "train/epochLoss or test/accuracy.")
    }
    if parts[0] == "valid", data.validationInputs == nil, recipe.validationFraction == 0 {
      throw EngineError(
        .invalid,
        "The metric '\(search.metric)' needs samples for validation; give the recipe a "
          + "validationFraction.")
    }
    if parts[0] == "test", data.testInputs == nil {
      throw EngineError(
        .invalid,
        "The metric '\(search.metric)' needs test data, which '\(search.data)' has not; use "
          + "valid/\(parts.dropFirst().joined(separator: "/")).")
    }
  }

  /// What is asked for a trial.
  func request(
    for trial: SearchFile.Trial, recipe: JSONValue, of search: Search
  ) -> StartRequest {
    StartRequest(
      name: "\(search.name)-\(trial.number)", model: trial.model, data: search.data,
      startParams: search.startParams, recipe: recipe, device: search.device,
      threads: search.threads, priority: search.priority)
  }
}
