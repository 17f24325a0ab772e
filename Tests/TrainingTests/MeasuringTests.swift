import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// What arrives while a validation or the test is being measured.
struct MeasuringTests {
  /// 216 samples in updates of 16: the last step of the first epoch.
  private static let last = 14
  /// What asks at that step, in this order: the loop, the measurement, its batch of the weights, its
  /// batch of the averaged weights, and then the loop again, or the test where no epoch is left.
  private static let (beforeAll, whileMeasuring, afterwards) = (1, 3, 5)

  private func recipe(epochs: Int = 3) -> Recipe {
    var recipe = Fixture.recipe(epochs: epochs)
    recipe.average = .epochs()
    recipe.schedule = .plateau(Plateau(metric: "valid/loss"))
    recipe.earlyStopping = EarlyStopping(metric: "valid/loss", patience: 9)
    return recipe
  }

  private func trainer(_ recipe: Recipe) throws -> Trainer {
    try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
  }

  private func run(
    _ recipe: Recipe, _ planned: [Calls.Planned], resuming checkpoint: Checkpoint? = nil
  ) throws -> (Calls, Trainer, SessionState) {
    let calls = Calls(planned)
    let trainer =
      try checkpoint.map {
        try Trainer.resume(from: $0, network: try Fixture.mlp(), data: try Fixture.blobs())
      } ?? trainer(recipe)
    return (calls, trainer, try calls.run(trainer))
  }

  @Test func `a command is obeyed in the middle of a validation, and as if before it`() throws {
    let change = ControlAction.set(field: "learningRate", value: .number(0.2))
    let (calls, trainer, _) = try run(
      recipe(), [.init(step: Self.last, call: Self.whileMeasuring, action: change)])
    let answer = try #require(calls.place { $0.acknowledgedStep == Self.last })
    let ending = try #require(calls.place { $0.endedEpoch == 1 })
    #expect(answer < ending)
    let (other, otherTrainer, _) = try run(
      recipe(), [.init(step: Self.last, call: Self.beforeAll, action: change)])
    #expect(calls.numbers == other.numbers)
    #expect(try trainer.weights.namedArrays() == otherTrainer.weights.namedArrays())
    let (plain, _, _) = try run(recipe(), [])
    #expect(plain.numbers != calls.numbers)
  }

  @Test func `a validation that a pause cuts off is measured when the run goes on`() throws {
    let (plain, whole, _) = try run(recipe(), [])
    let (first, _, state) = try run(
      recipe(), [.init(step: Self.last, call: Self.whileMeasuring, action: .pause)])
    #expect(state == .paused)
    #expect(first.place { $0.endedEpoch != nil } == nil)
    let checkpoint = try #require(first.checkpoints.last)
    #expect(checkpoint.step == Self.last)
    #expect(checkpoint.epochsEnded == 0)
    let (second, resumed, end) = try run(recipe(), [], resuming: checkpoint)
    #expect(end == .finished)
    #expect(first.numbers + second.numbers == plain.numbers)
    #expect(try resumed.weights.namedArrays() == whole.weights.namedArrays())
    #expect(try resumed.averagedWeights?.namedArrays() == whole.averagedWeights?.namedArrays())
  }

  @Test func `what changes the numbers of a validation has it measured again`() throws {
    CommandRegistry.shared.register([
      CustomCommand("forget everything") { trainer, _ in
        try withoutGradients { () throws(TensorError) in
          for tensor in trainer.weights.tensors { try tensor.assign(tensor * 0) }
        }
      }
    ])
    let action = ControlAction.custom(name: "forget everything", argument: .null)
    let (calls, trainer, _) = try run(
      recipe(), [.init(step: Self.last, call: Self.whileMeasuring, action: action)])
    let (other, otherTrainer, _) = try run(
      recipe(), [.init(step: Self.last, call: Self.beforeAll, action: action)])
    #expect(calls.numbers == other.numbers)
    #expect(try trainer.weights.namedArrays() == otherTrainer.weights.namedArrays())
    #expect(calls.values("valid/loss").count == 3)
  }

  @Test func `a run whose epochs are cut when one has just ended trains no further`() throws {
    let cut = ControlAction.set(field: "epochs", value: .number(1))
    let (calls, trainer, state) = try run(
      recipe(), [.init(step: Self.last, call: Self.afterwards, action: cut)])
    #expect(state == .finished)
    #expect(trainer.step == Self.last)
    #expect(calls.checkpoints.last?.epochsEnded == 1)
    #expect(calls.values("test/accuracy").count == 1)
  }

  @Test func `a run that gets more epochs while it is being tested trains them`() throws {
    let more = ControlAction.set(field: "epochs", value: .number(2))
    let (calls, trainer, state) = try run(
      recipe(epochs: 1), [.init(step: Self.last, call: Self.afterwards, action: more)])
    #expect(state == .finished)
    #expect(trainer.step == 2 * Self.last)
    #expect(calls.values("valid/loss").count == 2)
    #expect(calls.values("test/accuracy").count == 1)
  }

  @Test func `a test that a pause cuts off is measured when the run goes on`() throws {
    let (plain, _, _) = try run(recipe(epochs: 1), [])
    let (first, _, state) = try run(
      recipe(epochs: 1), [.init(step: Self.last, call: Self.afterwards, action: .pause)])
    #expect(state == .paused)
    let checkpoint = try #require(first.checkpoints.last)
    let (second, _, end) = try run(recipe(epochs: 1), [], resuming: checkpoint)
    #expect(end == .finished)
    #expect(first.values("test/loss").isEmpty)
    #expect(second.values("test/loss") == plain.values("test/loss"))
  }
}

/// Commands that arrive when a step's control log is looked at for the n-th time.
private final class Calls: ControlSource {
  struct Planned {
    let step: Int
    let call: Int
    let action: ControlAction
  }

  private let planned: [Planned]
  private var counts: [Int: Int] = [:]
  private(set) var events: [TrainingEvent] = []
  private(set) var checkpoints: [Checkpoint] = []

  init(_ planned: [Planned]) { self.planned = planned }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    counts[step, default: 0] += 1
    return planned.enumerated().filter { $0.element.step == step }
      .filter { $0.element.call == counts[step] }
      .map {
        ControlCommand(number: $0.offset + 1, time: 0, origin: "test", action: $0.element.action)
      }
  }

  func run(_ trainer: Trainer) throws -> SessionState {
    try trainer.run(
      control: self, save: { checkpoints.append($0) }, observer: { events.append($0) })
  }

  /// Where in the order of events the first one is that a condition fits.
  func place(_ isIt: (TrainingEvent) -> Bool) -> Int? { events.firstIndex(where: isIt) }

  /// Everything measured under a key, in order.
  func values(_ key: String) -> [Double] { measured.compactMap { $0.values[key] } }

  /// All that was measured but how long it took and how often, in order.
  var numbers: [Double] {
    measured.flatMap { points in
      points.values.sorted { $0.key < $1.key }
        .filter { point in ["train/", "valid/", "test/"].contains { point.key.hasPrefix($0) } }
        .map(\.value)
    }
  }

  private var measured: [MetricPoints] {
    events.compactMap { event in
      switch event {
      case .metrics(let points), .epochEnded(_, let points): points
      default: nil
      }
    }
  }
}

extension TrainingEvent {
  /// The step of an acknowledgement.
  fileprivate var acknowledgedStep: Int? {
    if case .acknowledged(_, let step, _) = self { step } else { nil }
  }

  /// The number of an epoch that has ended.
  fileprivate var endedEpoch: Int? {
    if case .epochEnded(let epoch, _) = self { epoch } else { nil }
  }
}
