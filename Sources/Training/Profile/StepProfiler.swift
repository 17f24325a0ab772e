import Foundation
import Lasagne
import Records
import Tensors

/// Measures where the time of a trainer's steps goes, on the CPU.
///
/// The trainer makes real steps, so its weights change; it is for nothing else afterwards.
public struct StepProfiler {
  let trainer: Trainer
  let rounds: Int
  let rows: Int

  /// A profiler of a trainer's steps.
  ///
  /// - Parameter rounds: How often each layer is timed; the median counts.
  /// - Throws: `TrainingError` where the trainer computes elsewhere.
  public init(_ trainer: Trainer, rounds: Int = 20) throws {
    guard trainer.device == .cpu else {
      throw TrainingError(
        .recipe, "A step on \(trainer.device) cannot be profiled; only steps on the CPU can.")
    }
    rows = trainer.recipe.batchSize
    self.trainer = trainer
    self.rounds = max(1, rounds)
  }

  /// Measures the machine, each layer, and whole steps.
  public func profile() throws -> StepProfile {
    let machine = try MachineLimits.measured()
    let network = trainer.network
    let structure = network.structure
    let compiler = trainer.planner.compiler
    let refusal = trainer.planRefusal
    let times: LayerTimes
    var memory: LayerMemory?
    var refusals: [Int: PlanRefusal] = [:]
    var planBytes: Int?
    if refusal == nil {
      let builder = try compiler.built(rows: rows)
      let (blocks, layout) = compiler.arranged(builder)
      planBytes = 4 * (layout.total + (blocks?.threadMemory ?? 0))
      memory = LayerMemory(builder)
      times = try plannedTimes(builder, trainer.planner.inputs)
    } else {
      // A network that cannot be planned at all has no layers to blame.
      refusals = (try? compiler.refusals(rows: rows)) ?? [:]
      times = try recordedTimes()
    }
    let needs = gradientNeeds()
    let shapes = try shapes()
    let layers = structure.order.map { index in
      let work = work(of: index, needs: needs, shapes: shapes)
      let outputBytes = 4 * rows * shapes[index].reduce(1, *)
      let parameters = parameters(of: index)
      // By autograd every output has a gradient of its own.
      let gradientBytes =
        (needs[index] == true ? outputBytes : 0)
        + parameters.filter(\.isTrainable).reduce(0) { $0 + 4 * $1.count }
      return LayerProfile(
        name: network.layers[index].name, type: network.layers[index].typeName,
        planRefusal: refusals[index]?.description,
        forwardSeconds: times.forward[index] ?? 0, backwardSeconds: times.backward[index] ?? 0,
        outputBytes: outputBytes,
        forwardBytes: memory.map { $0.forward[index] ?? 0 } ?? outputBytes,
        backwardBytes: memory.map { $0.backward[index] ?? 0 } ?? gradientBytes,
        parameterBytes: parameters.reduce(0) { $0 + 4 * $1.count },
        operations: work.forwardOperations + work.backwardOperations,
        limitSeconds: machine.seconds(
          operations: work.forwardOperations, bytes: work.forwardBytes)
          + machine.seconds(operations: work.backwardOperations, bytes: work.backwardBytes))
    }
    return StepProfile(
      network: network.name, batchSize: rows, threads: Backend.threadCount, planRefusal: refusal,
      machine: machine, layers: layers, stepSeconds: try stepSeconds(), planBytes: planBytes)
  }

  /// The median time between the beginnings of two steps.
  private func stepSeconds() throws -> Double {
    let clock = StepClock(steps: rounds + 2)
    try trainer.run(control: clock) { _ in }
    // The first steps make the plan and touch its memory.
    return clock.durations.dropFirst(2).median
  }

  /// The shapes of all layers' outputs for one row; lengths that the network leaves open are those of the
  /// samples.
  private func shapes() throws -> [[Int]] {
    let network = trainer.network
    let first = trainer.sampleOrder(epoch: 0)[..<1]
    var inputs = try trainer.training.furtherInputs(first)
    inputs[network.inputs[0]] = try trainer.training.trainingBatch(first, epoch: 0).inputs
    let samples = inputs.mapValues { Array($0.shape.dropFirst()) }
    return try network.shapes(forSamples: samples).map { $0.dropFirst().map { $0 ?? 1 } }
  }

  /// The parameters of a layer.
  private func parameters(of index: Int) -> [NetworkParameter] {
    trainer.network.structure.bindings[index].values.sorted().map { trainer.network.parameters[$0] }
  }

  /// For each layer whether a gradient goes through it: it or one before it is trained.
  func gradientNeeds() -> [Int: Bool] {
    let structure = trainer.network.structure
    var needs: [Int: Bool] = [:]
    for index in structure.order {
      needs[index] =
        parameters(of: index).contains(where: \.isTrainable)
        || structure.dependencies[index].contains { needs[$0] == true }
    }
    return needs
  }

  private func work(of index: Int, needs: [Int: Bool], shapes: [[Int]]) -> LayerWork {
    let reads = trainer.network.structure.dependencies[index]
    return LayerWork(
      trainer.network.layers[index].layer.base, rows: rows, inputs: reads.map { shapes[$0] },
      output: shapes[index], parameters: parameters(of: index),
      needsInputGradient: reads.contains { needs[$0] == true })
  }
}

/// Bytes that each layer's operations in a plan are the first to use, by its place in the network.
struct LayerMemory {
  private(set) var forward: [Int: Int] = [:]
  private(set) var backward: [Int: Int] = [:]

  init(_ builder: PlanBuilder) {
    var seen: Set<Int> = []
    for (place, operation) in builder.operations.enumerated() {
      for buffer in operation.buffers.compactMap({ $0.flatMap(builder.ownMemory) })
      where seen.insert(buffer).inserted {
        guard let owner = builder.owners[place] else { continue }
        let bytes = 4 * builder.count(of: buffer)
        if place < builder.forwardCount {
          forward[owner, default: 0] += bytes
        } else {
          backward[owner, default: 0] += bytes
        }
      }
    }
  }
}

/// Seconds of each layer by its place in the network; medians.
struct LayerTimes {
  var forward: [Int: Double] = [:]
  var backward: [Int: Double] = [:]
}

/// Ends a run after a number of steps and notes how long each took.
private final class StepClock: ControlSource {
  private let steps: Int
  private var last: (step: Int, time: ContinuousClock.Instant)?
  private(set) var durations: [Double] = []

  init(steps: Int) { self.steps = steps }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    let now = ContinuousClock.now
    if let last, step == last.step + 1 { durations.append((now - last.time).seconds) }
    if last?.step != step { last = (step, .now) }
    guard durations.count >= steps else { return [] }
    return [ControlCommand(number: 1, time: 0, origin: "profile", action: .stop)]
  }
}

extension Sequence where Element == Double {
  /// The number in the middle; 0 where there is none.
  var median: Double {
    let sorted = sorted()
    return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
