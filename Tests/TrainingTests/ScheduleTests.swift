import Foundation
import Lasagne
import Records
import Testing

@testable import Training

// The numbers were made with the schedulers of PyTorch 2.13, one step of theirs for each epoch here.
struct ScheduleTests {
  private func factors(_ schedule: Schedule, at epochs: [Double], of total: Double) -> [Double] {
    epochs.map { schedule.factor(at: $0, of: total) }
  }

  private func expect(
    _ values: [Double], _ expected: [Double], tolerance: Double = 1e-7,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(values, expected) {
      #expect(abs(value - expected) < tolerance, sourceLocation: sourceLocation)
    }
  }

  @Test func `constant, linear and cosine begin at the full rate`() {
    #expect(factors(.constant, at: [0, 3, 9], of: 9) == [1, 1, 1])
    #expect(factors(.linear, at: [0, 0.25, 1, 2], of: 1) == [1, 0.75, 0, 0])
    expect(factors(.cosine, at: [0, 0.5, 1, 2], of: 1), [1, 0.5, 0, 0])
  }

  @Test func `steps are PyTorch's StepLR and MultiStepLR`() {
    let epochs = (0..<10).map(Double.init)
    expect(
      factors(.step(every: 3, factor: 0.5), at: epochs, of: 10),
      [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125])
    expect(
      factors(.multiStep(at: [2, 5]), at: Array(epochs.prefix(8)), of: 8),
      [1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01])
    #expect(Schedule.step(every: 0.5).factor(at: 0.49, of: 1) == 1)
  }

  @Test func `exponential and polynomial are PyTorch's, and smooth between epochs`() {
    expect(
      factors(.exponential(factor: 0.8), at: (0..<8).map(Double.init), of: 8),
      [1, 0.8, 0.64, 0.512, 0.4096, 0.32768, 0.262144, 0.2097152])
    expect(factors(.exponential(factor: 0.25), at: [0.5], of: 8), [0.5])
    expect(
      factors(.polynomial(), at: (0...10).map(Double.init), of: 10),
      [1, 0.81, 0.64, 0.49, 0.36, 0.25, 0.16, 0.09, 0.04, 0.01, 0])
  }

  @Test func `one cycle is PyTorch's OneCycleLR`() {
    // 100,000 steps, so that the half steps between both ways to count do not show.
    expect(
      factors(
        .oneCycle(), at: [0, 10_000, 20_000, 29_999, 50_000, 80_000, 99_999], of: 100_000),
      [0.04, 0.28001451, 0.76002902, 1, 0.81172811, 0.1882408, 4e-06], tolerance: 5e-5)
  }

  @Test func `a warm-up stands in front of any schedule, as in PyTorch's SequentialLR`() {
    let expected = [
      0.01, 0.2575, 0.505, 0.7525, 1, 0.99039264, 0.96193977, 0.91573481, 0.85355339, 0.77778512,
      0.69134172, 0.59754516, 0.5, 0.40245484, 0.30865828, 0.22221488, 0.14644661, 0.084265194,
      0.038060234, 0.0096073598,
    ]
    expect(
      factors(.warmUp(epochs: 4, then: .cosine), at: (0..<20).map(Double.init), of: 20), expected)
    expect(
      factors(
        .warmUp(epochs: 2, from: 0, then: .step(every: 3)), at: [0, 1, 2, 4.9, 5], of: 10),
      [0, 0.5, 1, 1, 0.1])
  }

  @Test func `a plateau is PyTorch's ReduceLROnPlateau`() {
    let plateau = Plateau(factor: 0.5, patience: 1, threshold: 0.01, cooldown: 2, least: 0.2)
    var state = PlateauState()
    let losses = [1, 0.9, 0.895, 0.894, 0.893, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    let factors = losses.map { loss in
      state.take(loss, plateau)
      return state.factor
    }
    #expect(
      factors == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2])
  }

  @Test func `a plateau counts accuracies that do not rise, and numbers that are none`() {
    let plateau = Plateau(metric: "valid/accuracy", factor: 0.5, patience: 0)
    var state = PlateauState()
    let factors = [0.5, 0.6, 0.6, .nan, 0.7].map { accuracy in
      state.take(accuracy, plateau)
      return state.factor
    }
    #expect(factors == [1, 1, 0.5, 0.25, 0.25])
  }

  @Test func `schedules and their JSON are the same`() throws {
    let schedules: [Schedule] = [
      .constant, .linear, .cosine, .polynomial(), .polynomial(power: 0.5),
      .step(every: 3, factor: 0.5), .multiStep(at: [1, 2.5]), .exponential(factor: 0.9),
      .oneCycle(rise: 0.2), .plateau(), .plateau(Plateau(metric: "valid/f1", goal: .higher)),
      .warmUp(epochs: 2, then: .warmUp(epochs: 1, from: 0.5, then: .plateau())),
    ]
    for schedule in schedules {
      let recipe = Recipe(schedule: schedule)
      #expect(try Recipe(json: recipe.json) == recipe)
    }
    #expect(Recipe(schedule: .cosine).json["schedule"] == .string("cosine"))
  }

  @Test func `mistakes in schedules are told in one sentence`() {
    func object(_ name: String, _ arguments: [String: JSONValue]) -> JSONValue {
      .object([name: .object(arguments)])
    }
    let cases: [(JSONValue, String)] = [
      (.string("cosin"), "There is no schedule called 'cosin': did you mean 'cosine'?"),
      (.string("step"), "The schedule 'step' needs its every, like {every: 10}."),
      (
        object("step", ["evry": .number(3)]),
        "The schedule 'step' has no argument 'evry': did you mean 'every'?"
      ),
      (object("step", ["every": .number(0)]), "The every of 'step' must be above 0, got 0.0."),
      (
        .string("multiStep"),
        "The schedule 'multiStep' needs the epochs at which the rate changes, like {at: [30, 60]}."
      ),
      (
        object("oneCycle", ["rise": .number(1)]),
        "The rise of 'oneCycle' must be above 0 and below 1"
      ),
      (
        object("plateau", ["factor": .number(2)]),
        "The factor of 'plateau' must be above 0 and below 1"
      ),
      (object("plateau", ["goal": .string("up")]), "The goal of 'plateau' must be lower or higher"),
      (
        .string("warmUp"), "The schedule 'warmUp' needs its epochs, like {epochs: 5, then: cosine}."
      ),
    ]
    for (value, beginning) in cases {
      let text = sentence { _ = try Recipe(json: .object(["schedule": value])) }
      #expect(text.hasPrefix(beginning), "\(text)")
    }
  }

  @Test func `a run lowers its rate when its metric does not get better`() throws {
    var recipe = Fixture.recipe(epochs: 4)
    // No loss falls to a thousandth of the one before.
    recipe.schedule = .plateau(Plateau(factor: 0.5, patience: 0, threshold: 0.999))
    let script = Script()
    try script.run(
      try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe))
    let rates = script.values("rate/learning")
    #expect(rates.count == 56)
    #expect(rates[0] == 0.05 && rates[14] == 0.05)
    #expect(rates[28] == 0.025 && rates[42] == 0.0125)
  }

  @Test func `a plateau of a metric that is not measured is refused`() throws {
    var recipe = Fixture.recipe()
    recipe.schedule = .warmUp(epochs: 1, then: .plateau(Plateau(metric: "valid/los")))
    #expect(
      sentence {
        _ = try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
      }
        == "The recipe's schedule waits for the metric 'valid/los', which this session does not "
        + "measure after an epoch: did you mean 'valid/loss'?")
    recipe.validationFraction = 0
    recipe.schedule = .plateau()
    #expect(
      sentence {
        _ = try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
      }.hasPrefix("The recipe's schedule waits for the metric 'valid/loss', which"))
  }
}
