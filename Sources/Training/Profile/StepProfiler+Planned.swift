import Lasagne
import Tensors

extension StepProfiler {
  /// A part of a step that is timed by itself.
  private struct Part {
    let layer: Int
    let isForward: Bool
    let plan: StepPlan
    var durations: [Double] = []
  }

  /// The times of the layers' parts of a plan.
  ///
  /// Each part is a plan of its own over the memory of the whole. Between two rounds the whole runs, so
  /// that every part finds the numbers of a real step and none is changed twice.
  func plannedTimes(_ builder: PlanBuilder, _ inputs: PlanInputs) throws -> LayerTimes {
    let (whole, _) = try builder.finish()
    var parts = try parts(of: builder, over: whole)
    let order = trainer.sampleOrder(epoch: 0)
    let samples = try inputs.samples(of: trainer.training, at: order[..<rows], epoch: 0)
    let step = StepPlan.Step(
      inputs: samples.inputs, targets: samples.targets, seed: 1, rule: .sgd, rate: 0)
    let indices = samples.areGathered ? nil : order[..<rows]
    // The first round warms up.
    for round in 0...rounds {
      _ = try whole.run(step, at: indices, updates: false)
      for place in parts.indices {
        let start = ContinuousClock.now
        _ = try parts[place].plan.run(step, at: indices, updates: false)
        if round > 0 { parts[place].durations.append((ContinuousClock.now - start).seconds) }
      }
    }
    var times = LayerTimes()
    for part in parts {
      if part.isForward {
        times.forward[part.layer] = part.durations.median
      } else {
        times.backward[part.layer] = part.durations.median
      }
    }
    return times
  }

  /// The operations of each layer and pass as plans.
  private func parts(of builder: PlanBuilder, over whole: StepPlan) throws -> [Part] {
    var operations: [[PlanOperation]] = []
    var keys: [(layer: Int, isForward: Bool)] = []
    for (place, operation) in builder.operations.enumerated() {
      guard let owner = builder.owners[place] else { continue }
      let isForward = place < builder.forwardCount
      if let known = keys.firstIndex(where: { $0.layer == owner && $0.isForward == isForward }) {
        operations[known].append(operation)
      } else {
        keys.append((owner, isForward))
        operations.append([operation])
      }
    }
    let used = Set(operations.joined().flatMap { $0.buffers.compactMap(\.self) })
    let buffers = try (0..<builder.bufferCount).map { buffer -> StepPlan.Buffer in
      // What lies in no operation of these may lie nowhere.
      guard used.contains(buffer) else { return .own(offset: 0, count: 1) }
      return .bound(try whole.tensor(of: buffer, shape: [builder.count(of: buffer)]))
    }
    return try zip(keys, operations).map { key, operations in
      Part(
        layer: key.layer, isForward: key.isForward,
        plan: try StepPlan(
          buffers: buffers, operations: operations, rowCount: rows, memoryCount: 16))
    }
  }
}
