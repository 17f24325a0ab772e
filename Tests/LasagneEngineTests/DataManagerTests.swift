import Datasets
import Foundation
import LasagneEngine
import Records
import Tensors
import Testing
import Training

struct DataManagerTests {
  private func array(_ count: Int) throws -> HostArray {
    try HostArray([Float](repeating: 1, count: count), shape: [count])
  }

  @Test func `an array lies once on a device however many use it`() throws {
    let manager = DataManager()
    manager.set("a", try array(10))
    let first = try manager.use("a", on: .cpu)
    let second = try manager.use("a", on: .cpu)
    #expect(first.tensor === second.tensor)
    #expect(manager.placements.map(\.name) == ["a"])
    #expect(manager.placements.map(\.byteCount) == [40])
    #expect(manager.placements.map(\.users) == [2])
    withExtendedLifetime((first, second)) {}
  }

  @Test func `the array that was not used for longest goes first`() throws {
    let manager = DataManager(budgets: [.cpu: 100])
    for name in ["a", "b", "c"] { manager.set(name, try array(10)) }
    _ = try manager.use("a", on: .cpu)
    _ = try manager.use("b", on: .cpu)
    _ = try manager.use("a", on: .cpu)
    _ = try manager.use("c", on: .cpu)
    #expect(manager.placements.map(\.name) == ["a", "c"])
    #expect(manager.byteCount(on: .cpu) == 80)
  }

  @Test func `arrays in use are never dropped`() throws {
    let manager = DataManager(budgets: [.cpu: 100])
    manager.set("a", try array(20))
    manager.set("b", try array(10))
    let use = try manager.use("a", on: .cpu)
    let error = #expect(throws: EngineError.self) { _ = try manager.use("b", on: .cpu) }
    #expect(error?.kind == .busy)
    withExtendedLifetime(use) {}
    manager.evictUnused(on: .cpu)
    #expect(manager.byteCount(on: .cpu) == 80)
  }

  @Test func `an unknown array names the closest one`() throws {
    let manager = DataManager()
    manager.set("images", try array(1))
    let error = #expect(throws: EngineError.self) { _ = try manager.array("image") }
    #expect(error?.description == "There is no array 'image'; did you mean 'images'?")
  }

  @Test func `what is pinned stays, and a smaller budget takes the others at once`() throws {
    let manager = DataManager(budgets: [.cpu: 120])
    for name in ["a", "b", "c"] { manager.set(name, try array(10)) }
    try manager.pin("a", on: .cpu)
    #expect(try manager.use("b", on: .cpu) { try $0.sum().item() } == 10)
    _ = try manager.use("c", on: .cpu)
    manager.setBudget(80, on: .cpu)
    #expect(manager.placements.map(\.name) == ["a", "c"])
    #expect(manager.placements.map(\.isPinned) == [true, false])
    manager.evictUnused(on: .cpu)
    #expect(manager.placements.map(\.name) == ["a"])
    manager.unpin("a", on: .cpu)
    manager.evictUnused(on: .cpu)
    #expect(manager.placements.isEmpty)
  }

  @Test func `who uses an array that was replaced does not count for the new one`() throws {
    let manager = DataManager()
    manager.set("a", try array(10))
    var old: ArrayUse? = try manager.use("a", on: .cpu)
    manager.set("a", try array(20))
    let new = try manager.use("a", on: .cpu)
    #expect(old?.tensor.shape == [10])
    old = nil
    #expect(manager.placements.map(\.users) == [1])
    #expect(manager.placements.map(\.byteCount) == [80])
    withExtendedLifetime(new) {}
  }

  @Test func `arrays of runs on the CPU stay where they are and are counted`() throws {
    let manager = DataManager()
    let numbers = try array(10)
    manager.set("a", numbers)
    var places: [ArrayPlace] = []
    for array in [numbers, try numbers.reshaped([5, 2]), try array(10)] {
      places.append(try manager.place(array, on: .cpu))
    }
    #expect(
      manager.placements.map { "\($0.users) \($0.form)" }.sorted() == ["1 host", "2 host"])
    #expect(manager.names == ["a"])
    #expect(manager.byteCount(on: .cpu) == 0)
    // As a whole, so that steps gather their batches themselves.
    let tensors = places.map { place -> Tensor? in
      if case .resident(let tensor, _) = place { tensor } else { nil }
    }
    #expect(tensors.map { $0?.shape } == [[10], [5, 2], [10]])
    #expect(try tensors[0]?.values(as: Float.self) == numbers.values(as: Float.self))
    places = []
    #expect(manager.placements.isEmpty)
  }

  @Test func `an array beyond the budget of the CPU is read batch by batch`() throws {
    let manager = DataManager(budgets: [.cpu: 39])
    guard case .host(_, let readsAhead) = try manager.place(try array(10), on: .cpu) else {
      Issue.record("the array was placed as a whole")
      return
    }
    #expect(readsAhead)
  }

  @Test func `sessions of one process share one copy of their data`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let manager = DataManager()
    let engine = try await bench.engine(launcher: InProcessLauncher(data: manager))
    let recipe: [String: JSONValue] = ["reportEverySteps": .number(1)]
    let first = try await engine.start(bench.request(epochs: 4000, recipe: recipe))
    let second = try await engine.start(bench.request(epochs: 4000, recipe: recipe))
    for id in [first.request.id, second.request.id] {
      _ = try await engine.wait(for: id) { $0.state == .running && $0.step > 0 }
    }
    let shared = manager.placements
    #expect(shared.map(\.name) == ["bars/inputs", "bars/targets"])
    #expect(shared.map(\.users) == [2, 2])
    #expect(shared.map(\.byteCount) == [1440, 720])
    #expect(manager.names == ["bars/inputs", "bars/targets"])
    for id in [first.request.id, second.request.id] {
      try await engine.stopSession(id)
      #expect(try await engine.sessionOver(id).state == .stopped)
    }
    await engine.close()
  }

  @Test func `a run through a manager gives the bits of one without`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let manager = DataManager(budgets: [.cpu: 100])
    let own = try TrainingData("bars", in: bench.workspace)
    let managed = try manager.trainingData("bars", from: bench.workspace)
    #expect(own == managed)
    let weights = try [own, managed].map { data in
      let trainer = try Trainer(
        network: try Bench.network(), data: data,
        recipe: Recipe(learningRate: 0.1, batchSize: 10, epochs: 2))
      try trainer.run { _ in }
      return try trainer.weights.hostArrays()
    }
    #expect(weights[0] == weights[1])
    // Nobody trains any more, so nobody counts as a user.
    #expect(manager.placements.isEmpty)
  }

  @Test func `a data set that was replaced is read anew`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let manager = DataManager()
    let before = try manager.trainingData("bars", from: bench.workspace)
    try Bench.dataset(highestLabel: 1).add(to: bench.workspace, as: "bars", replacing: true)
    let after = try manager.trainingData("bars", from: bench.workspace)
    #expect(before.targets != after.targets)
    #expect(manager.names == ["bars/inputs", "bars/targets"])
  }
}
