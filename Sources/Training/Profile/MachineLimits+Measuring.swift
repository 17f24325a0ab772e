import Records
import Tensors

extension MachineLimits {
  /// Measures the machine with as many threads as the backend has: the best of a few tries each.
  ///
  /// Takes about half a second. Products are of matrices of 1,024 × 1,024; copies of 64 MiB.
  public static func measured() throws(TensorError) -> MachineLimits {
    let length = 1_024
    let (left, right, product) = (
      try Tensor.full([length, length], 0.5), try Tensor.full([length, length], 0.25),
      try Tensor.zeros([length, length])
    )
    let plan = try StepPlan(
      buffers: [.bound(left), .bound(right), .bound(product)],
      operations: [
        PlanOperation(
          .multiply, [0, 1, 2],
          sizes: [length, length, length, length, 1, length, 1, length, 0])
      ], rowCount: 1, memoryCount: 16)
    let operations = 2 * Double(length * length * length)
    let planned = try best { () throws(TensorError) in try plan.runAlone() }
    let library = try best { () throws(TensorError) in
      _ = try withoutGradients { () throws(TensorError) in try left.matmul(right) }
    }
    let count = 16 << 20
    let (from, to) = (try Tensor.full([count], 1), try Tensor.zeros([count]))
    let copied = try best { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in try to.assign(from) }
    }
    return MachineLimits(
      planProductRate: operations / planned, libraryProductRate: operations / library,
      copyRate: 8 * Double(count) / copied)
  }

  /// The seconds of the fastest of several runs; the first only warms up.
  private static func best(
    of runs: Int = 10, _ body: () throws(TensorError) -> Void
  ) throws(TensorError) -> Double {
    try body()
    var best = Double.infinity
    for _ in 0..<runs {
      let start = ContinuousClock.now
      try body()
      best = min(best, (ContinuousClock.now - start).seconds)
    }
    return max(best, 1e-9)
  }
}

extension StepPlan {
  /// Runs a plan that needs no samples.
  func runAlone() throws(TensorError) {
    let nothing = try Tensor.zeros([1])
    _ = try run(
      Step(inputs: nothing, targets: nothing, seed: 1, rule: .sgd, rate: 0), at: nil, updates: false
    )
  }
}
