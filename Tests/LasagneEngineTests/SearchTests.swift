import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Searches as sessions on the queue.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SearchTests {
  /// The fields that all sessions of these tests have in common.
  static func recipe(epochs: Int) -> [String: JSONValue] {
    [
      "epochs": .number(Double(epochs)), "batchSize": .number(10), "learningRate": .number(0.1),
      "observeEverySteps": .number(0), "schedule": .string("cosine"),
    ]
  }

  /// What a trial's session measures after each epoch, by the trainer alone on this thread.
  static func lossesAlone(_ network: Network, _ recipe: JSONValue) throws -> [Double] {
    Backend.setThreadCount(1)
    let trainer = try Trainer(
      network: network, data: try TrainingData(Bench.dataset()), recipe: try Recipe(json: recipe))
    var losses: [Double] = []
    try trainer.run { event in
      if case .epochEnded(_, let points) = event { losses.append(points.values["valid/loss"] ?? 0) }
    }
    return losses
  }

  static let rates = [0.0001, 0.3, 0.001, 0.1, 0.003, 0.03, 0.01, 0.0003, 0.2]

  static func halving(_ name: String = "rates", epochs: Int = 4) -> Search {
    Search(
      name, model: "random", data: "bars", recipe: recipe(epochs: epochs),
      space: ["learningRate": .choice(rates.map(JSONValue.number))],
      halving: SuccessiveHalving(firstEpochs: 1, reduction: 3))
  }

  /// The decisions and the weights that a search of `halving` must come to.
  static func check(_ record: SearchRecord, _ engine: Engine, epochs: Int = 4) async throws {
    let network = try Bench.randomNetwork()
    #expect(record.state == .finished)
    #expect(record.rungs == [1, 3])
    var contenders = Array(1...9)
    var losses: [Int: [Double]] = [:]
    for result in record.results {
      let session = try await engine.session(result.session)
      losses[result.number] = try lossesAlone(network, session.request.recipe)
    }
    for (decision, rung) in zip(record.decisions, record.rungs) {
      let order = contenders.sorted {
        losses[$0, default: []][rung - 1] < losses[$1, default: []][rung - 1]
      }
      contenders = Array(order.prefix(max(1, contenders.count / 3)))
      #expect(decision.epochs == rung)
      #expect(decision.survivors == contenders)
      #expect(decision.stopped == Array(order.dropFirst(contenders.count)))
      for number in order {
        #expect(decision.values[number] == losses[number]?[rung - 1])
      }
      for number in decision.stopped {
        let result = try #require(record.results.first { $0.number == number })
        let session = try await engine.session(result.session)
        #expect(session.state == .stopped)
        #expect(session.epoch == Double(rung))
        #expect(session.message?.contains("gave it up after \(rung) epoch") == true)
        let reasons = try engine.timeline(ofSession: result.session).compactMap(\.message)
        #expect(
          reasons.contains { $0.contains("in place \((order.firstIndex(of: number) ?? 0) + 1)") })
      }
    }
    #expect(record.decisions.count == 2)
    // Who reads the files alone sees the same.
    let kept = try SearchRecord.find(
      record.search.name, in: engine.workspace,
      sessions: engine.workspace.sessions().map { try $0.record() })
    #expect(kept.results.map(\.value) == record.results.map(\.value))
    #expect(kept.results.map(\.epoch) == record.results.map(\.epoch))
    let winner = try #require(record.results.first { contenders.contains($0.number) })
    let session = try await engine.session(winner.session)
    #expect(session.state == .finished)
    #expect(session.attempt >= 3)
    #expect(session.weights == (try Bench.undisturbed(network, session.request.recipe)))
  }

  @Test func `a grid trains every combination once and marks the best`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let search = Search(
      "grid", model: "tiny", data: "bars", recipe: Self.recipe(epochs: 2),
      space: [
        "learningRate": .choice([.number(1e-6), .number(0.1)]),
        "dense1.numUnits": .integers(3...4),
        "update.nesterovMomentum.momentum": .choice([.number(0.5)]),
      ])
    let started = try await engine.search(search)
    #expect(started.results.count == 4)
    let end = try await engine.searchOver("grid")
    #expect(end.state == .finished)
    #expect(end.results.map(\.state) == Array(repeating: .finished, count: 4))
    let values = end.results.compactMap(\.value)
    #expect(values.count == 4 && values == values.sorted())
    #expect(end.results.map(\.isBest) == [true, false, false, false])
    #expect(end.best?.values["learningRate"] == .number(0.1))
    for result in end.results {
      let session = try await engine.session(result.session)
      #expect(session.request.name == "grid-\(result.number)")
      #expect(
        session.request.search
          == SearchTrial(search: "grid", number: result.number, values: result.values))
      #expect(session.request.recipe["learningRate"] == result.values["learningRate"])
      #expect(session.request.recipe["update"]?["nesterovMomentum"]?["momentum"] == .number(0.5))
      // The network of the trial is a model of the workspace, for which the weights fit.
      let model = try engine.model(session.request.model)
      let params = try Params.find(session.request.name, model: model.name, in: bench.workspace)
      let shapes = try params.load(for: model.network).map(\.shape)
      #expect(shapes.first == [16, Int(result.values["dense1.numUnits"]?.number ?? 0)])
      #expect(session.weights == (try Bench.undisturbed(model.network, session.request.recipe)))
    }
    #expect(engine.models().filter { $0.hasPrefix("grid-net-") } == ["grid-net-1", "grid-net-2"])
    let again = try await engine.reproduce(try #require(end.best).session)
    _ = try await engine.sessionOver(again.request.id)
    let report = try Reproduction(
      of: bench.workspace.session(again.request.id), in: bench.workspace)
    #expect(report.isEqual)
    await engine.close()
  }

  @Test func `arguments of a network of the zoo are tried`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let search = Search(
      "zoo", model: "zoo:mlp", data: "bars", recipe: Self.recipe(epochs: 1),
      space: [
        "input": .choice([.string("1x4x4")]), "classes": .choice([.number(3)]),
        "hidden": .choice([.array([.number(5)]), .array([.number(4), .number(6)])]),
        "dropout": .linear(0.1...0.5),
      ], method: .random(trials: 2, seed: 4))
    try await engine.search(search)
    let end = try await engine.searchOver("zoo")
    #expect(end.results.map(\.state) == [.finished, .finished])
    for result in end.results {
      let session = try await engine.session(result.session)
      guard case .array(let hidden) = result.values["hidden"] else { continue }
      let expected = try Zoo.mlp(
        input: [1, 4, 4], hidden: hidden.map { Int($0.number ?? 0) },
        dropout: result.values["dropout"]?.number ?? 0, classes: 3)
      #expect(try engine.model(session.request.model).network == expected)
    }
    await engine.close()
  }

  @Test func `halving keeps the best, and their weights are those of runs never stopped`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    try Model.save(try Bench.randomNetwork(), as: "random", in: bench.workspace)
    let engine = try await bench.engine()
    try await engine.search(Self.halving())
    try await Self.check(try await engine.searchOver("rates"), engine)
    await engine.close()
  }

  @Test func `a failed session is last, and never goes on`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    var search = Search(
      "failing", model: "tiny", data: "bars", recipe: Self.recipe(epochs: 3),
      space: ["learningRate": .choice([.number(1e38), .number(0.1)])],
      halving: SuccessiveHalving(firstEpochs: 1, reduction: 2))
    search.recipe = search.recipe.setting("update", .string("sgd"))
    try await engine.search(search)
    let end = try await engine.searchOver("failing")
    #expect(end.decisions.map(\.survivors) == [[2], [2]])
    #expect(end.results.map(\.number) == [2, 1])
    #expect(end.results.map(\.state) == [.finished, .failed])
    #expect(end.results.last?.message?.contains("not a number") == true)
    await engine.close()
  }

  @Test func `the next engine goes on where a search was`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    try Model.save(try Bench.randomNetwork(), as: "random", in: bench.workspace)
    do {
      // One core, so that most of the sessions have not begun yet.
      let engine = try await bench.engine(cores: 1)
      try await engine.search(Self.halving())
      await engine.close()
    }
    let engine = try await bench.engine(cores: 2)
    #expect(try await engine.searchRecord("rates").state == .running)
    try await Self.check(try await engine.searchOver("rates"), engine)
    #expect(try await engine.searchRecord("rates").results.count == 9)
    await engine.close()
  }

  @Test func `a stopped search goes on to the same end`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    try Model.save(try Bench.randomNetwork(), as: "random", in: bench.workspace)
    let engine = try await bench.engine()
    try await engine.search(Self.halving())
    for _ in 0..<600 {
      let states = try await engine.searchRecord("rates").results.map(\.state)
      if states.contains(.paused) { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    try await engine.stopSearch("rates")
    let stopped = try await engine.searchOver("rates")
    #expect(stopped.state == .stopped)
    #expect(stopped.results.allSatisfy { $0.state == .stopped })
    await #expect(throws: EngineError.self) { try await engine.stopSearch("rates") }
    try await engine.resumeSearch("rates")
    try await Self.check(try await engine.searchOver("rates"), engine)
    await engine.close()
  }

  @Test func `an engine killed in the middle of a search leaves it to the next one`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    try Model.save(try Bench.randomNetwork(), as: "random", in: bench.workspace)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Bench.program)
    process.arguments = ["engine", bench.folder.path, "2"]
    try process.run()
    var client: EngineClient?
    for _ in 0..<600 where client == nil {
      client = try? EngineClient(workspace: bench.folder)
      try await Task.sleep(for: .milliseconds(50))
    }
    _ = try #require(client).call(.search(Self.halving()))
    for _ in 0..<600 {
      // Some have come to the first rung, the others have not.
      let states = try bench.workspace.sessions().map { try $0.record().state }
      if states.contains(.paused) { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let engine = try await bench.engine(launcher: Bench.workers)
    #expect(try await engine.searchRecord("rates").state == .running)
    try await Self.check(try await engine.searchOver("rates"), engine)
    await engine.close()
  }

  @Test(arguments: [
    (Search("s", model: "tiny", data: "bars", space: [:]), "nothing to try"),
    (Search("../s", model: "tiny", data: "bars", space: rateSpace), "cannot be the name"),
    (Search("s", model: "tinny", data: "bars", space: rateSpace), "did you mean 'tiny'"),
    (Search("s", model: "tiny", data: "cars", space: rateSpace), "cars"),
    (
      Search("s", model: "tiny", data: "bars", space: ["learningRat": .choice([.number(1)])]),
      "did you mean 'learningRate'"
    ),
    (
      Search("s", model: "tiny", data: "bars", space: ["dense9.numUnits": .choice([.number(1)])]),
      "no layer 'dense9'"
    ),
    (
      Search("s", model: "tiny", data: "bars", space: ["dense1.numUnit": .choice([.number(1)])]),
      "did you mean 'numUnits'"
    ),
    (
      Search("s", model: "tiny", data: "bars", space: ["dense2.numUnits": .choice([.number(2)])]),
      "With dense2.numUnits 2:"
    ),
    (
      Search("s", model: "tiny", data: "bars", space: ["batchSize": .choice([.number(0)])]),
      "With batchSize 0:"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars", recipe: recipe(epochs: 2), space: rateSpace,
        metric: "accuracy"),
      "The metric 'accuracy' is none"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars", recipe: recipe(epochs: 2), space: rateSpace,
        metric: "test/loss"),
      "needs test data"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars",
        recipe: ["validationFraction": .number(0), "batchSize": .number(10)],
        space: rateSpace), "needs samples for validation"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars", recipe: ["epochs": .number(1)], space: rateSpace,
        halving: SuccessiveHalving()), "give it more epochs"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars", space: ["epochs": .integers(2...3)],
        halving: SuccessiveHalving()), "take 'epochs' out"
    ),
    (
      Search(
        "s", model: "tiny", data: "bars", space: rateSpace,
        halving: SuccessiveHalving(reduction: 1)), "one in 2 or more"
    ),
  ])
  func `a search that cannot be carried out is refused and leaves nothing`(
    _ search: Search, _ phrase: String
  ) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    do {
      try await engine.search(search)
      Issue.record("It was not refused.")
    } catch {
      #expect("\(error)".contains(phrase), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
    #expect(await engine.sessions().isEmpty)
    #expect(await engine.searchRecords().isEmpty)
    #expect(engine.models() == ["tiny"])
    await #expect(throws: EngineError.self) { try await engine.searchRecord("s") }
    await engine.close()
  }

  private static let rateSpace = ["learningRate": SearchValues.choice([.number(0.1)])]
}

extension JSONValue {
  /// The object with one member more.
  fileprivate func setting(_ key: String, _ value: JSONValue) -> JSONValue {
    guard case .object(var members) = self else { return self }
    members[key] = value
    return .object(members)
  }
}
