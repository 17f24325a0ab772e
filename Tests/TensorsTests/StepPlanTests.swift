import Tensors
import Testing

struct StepPlanTests {
  /// Runs operations over the given memory and returns the numbers of one buffer.
  private func run(
    _ operations: [PlanOperation], _ buffers: [Tensor], result: Int
  ) throws -> [Double] {
    let plan = try StepPlan(
      buffers: buffers.map { .bound($0) }, operations: operations, rowCount: 1, memoryCount: 0)
    let step = StepPlan.Step(
      inputs: try Tensor([Float(0)], shape: [1]), targets: try Tensor([Float(0)], shape: [1]),
      seed: 1, rule: .sgd, rate: 0)
    _ = try plan.run(step, at: nil, updates: false)
    return try plan.tensor(of: result, shape: [buffers[result].count]).values(as: Double.self)
  }

  private func floats(_ count: Int) throws -> Tensor {
    try Tensor(scattered(count).map(Float.init), shape: [count])
  }

  /// Shapes around the sizes of tiles and panels, and beyond the depth that is done at once.
  @Test(arguments: [
    [1, 1, 1], [3, 2, 5], [8, 16, 4], [9, 17, 3], [7, 32, 300], [25, 33, 8], [16, 48, 257],
    [5, 70, 2], [33, 3, 31], [10, 40, 289], [17, 18, 600],
    [32, 128, 70], [64, 272, 33],
  ])
  func `products are those of three loops, whichever way the factors lie`(sizes: [Int]) throws {
    try withLeakCheck {
      let (rows, columns, depth) = (sizes[0], sizes[1], sizes[2])
      let (a, b) = (try floats(rows * depth), try floats(depth * columns))
      let (x, y) = (try a.values(as: Double.self), try b.values(as: Double.self))
      for (isTurnedLeft, isTurnedRight, adds) in [
        (false, false, false), (true, false, true), (false, true, true), (true, true, false),
        (false, true, false),
      ] {
        let (aRow, aColumn) = isTurnedLeft ? (1, rows) : (depth, 1)
        let (bRow, bColumn) = isTurnedRight ? (1, depth) : (columns, 1)
        let c = try Tensor.full([rows * columns], 0.5)
        let result = try run(
          [
            PlanOperation(
              .multiply, [0, 1, 2],
              sizes: [
                rows, columns, depth, aRow, aColumn, bRow, bColumn, columns, adds ? 1 : 0,
              ])
          ], [a, b, c], result: 2)
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = adds ? 0.5 : 0
            for k in 0..<depth {
              sum += x[row * aRow + k * aColumn] * y[k * bRow + column * bColumn]
            }
            #expect(abs(result[row * columns + column] - sum) < max(1e-4, 5e-7 * Double(depth)))
          }
        }
      }
    }
  }

  @Test(arguments: [
    [1, 1, 1], [5, 70, 2], [9, 17, 3], [7, 32, 300], [25, 95, 257], [9, 40, 600],
  ])
  func `products with a factor in panels are those without`(sizes: [Int]) throws {
    let (rows, columns, depth) = (sizes[0], sizes[1], sizes[2])
    let panels = (columns + 31) / 32 * 32 * depth
    let (a, b) = (try floats(rows * depth), try floats(depth * columns))
    for (bRow, bColumn, adds) in [(columns, 1, 0), (1, depth, 1)] {
      func product(_ right: Int, _ steps: [Int], _ packing: [PlanOperation]) throws -> [Double] {
        let product = PlanOperation(
          .multiply, [0, right, 2],
          sizes: [rows, columns, depth, depth, 1, steps[0], steps[1], columns, adds, steps[2]])
        return try run(
          packing + [product],
          [a, b, try Tensor.full([rows * columns], 0.5), try Tensor.full([panels], .nan)],
          result: 2)
      }
      let packed = try product(
        3, [0, 0, 32 * depth],
        [PlanOperation(.packPanels, [1, 3], sizes: [depth, columns, bRow, bColumn, 32 * depth])])
      #expect(packed == (try product(1, [bRow, bColumn, 0], [])))
    }
  }

  @Test func `activations agree with the tensors' own`() throws {
    let numbers = (0..<41).map { Float($0 - 20) / 3 } + [0, -0.0, 88, -88, 1e-4]
    let x = try Tensor(numbers, shape: [numbers.count])
    let cases: [(PlanActivation, Tensor)] = [
      (.sigmoid, try x.sigmoid()), (.tanh(), try x.tanh()), (.elu(), try x.elu()),
      (.softplus, try x.softplus()), (.gelu, try x.gelu()), (.silu, try x.silu()),
      (.geluTanh, try x * (((x + x * x * x * 0.044715) * 0.7978845608).tanh() + 1) * 0.5),
      (.hardSwish, try x * (x + 3).clamp(min: 0, max: 6) * (1 / 6)),
      (.mish, try x * x.softplus().tanh()),
      (.rectify(slope: 0.25), try x.leakyRelu(slope: 0.25)), (.rectify(), try x.relu()),
    ]
    for (activation, expected) in cases {
      let result = try run(
        [
          PlanOperation(
            .activate, [0, nil, 1], sizes: [1, numbers.count], activation: activation)
        ], [x, try Tensor.zeros([numbers.count])], result: 1)
      for (a, b) in zip(result, try expected.values(as: Double.self)) {
        #expect(abs(a - b) <= 1e-6 * (1 + abs(b)), "\(activation)")
      }
    }
  }

  /// A velocity whose gradient stays 0 becomes smaller by half with each step.
  @Test func `steps take denormals for zero, and leave the thread as it was`() throws {
    let least = Float.leastNormalMagnitude
    let parameter = try Tensor([Float](repeating: 1, count: 40), shape: [40])
    let velocity = try Tensor(
      (0..<40).map { $0.isMultiple(of: 2) ? 2 * least : least }, shape: [40])
    let plan = try StepPlan(
      buffers: [.own(offset: 0, count: 40)],
      operations: [PlanOperation(.fill, [0], sizes: [40], numbers: [0])], rowCount: 1,
      memoryCount: 40)
    try plan.setUpdated([(parameter, 0, [velocity])])
    let step = StepPlan.Step(
      inputs: try Tensor([Float(0)], shape: [1]), targets: try Tensor([Float(0)], shape: [1]),
      seed: 1, rule: .momentum(0.5, isNesterov: false, state: "velocity"), rate: 1)
    _ = try plan.run(step, at: nil)
    let expected = (0..<40).map { $0.isMultiple(of: 2) ? Double(least) : 0 }
    #expect(try velocity.values(as: Double.self) == expected)
    _ = try plan.run(step, at: nil, updates: false)
    try plan.update(step)
    #expect(try velocity.values(as: Double.self).allSatisfy { $0 == 0 })
    // Not a constant for the compiler.
    let smaller = least / Float(expected.count)
    #expect(smaller > 0)
  }

  @Test func `a sample that does not exist and memory that is not float32 are refused`() throws {
    let plan = try StepPlan(
      buffers: [], operations: [], rowCount: 1, memoryCount: 0)
    let step = StepPlan.Step(
      inputs: try Tensor([Float(0)], shape: [1]), targets: try Tensor([Float(0)], shape: [1]),
      seed: 1, rule: .sgd, rate: 0)
    #expect(throws: TensorError.self) { _ = try plan.run(step, at: [3][...]) }
    #expect(throws: TensorError.self) {
      _ = try StepPlan(
        buffers: [.bound(try Tensor([1.0], shape: [1]))], operations: [], rowCount: 1,
        memoryCount: 0)
    }
  }

  @Test func `a buffer's tensor outlives its plan`() throws {
    var plan: StepPlan? = try StepPlan(
      buffers: [.own(offset: 0, count: 2)],
      operations: [PlanOperation(.fill, [0], sizes: [2], numbers: [1.5])], rowCount: 1,
      memoryCount: 2)
    let tensor = try plan?.tensor(of: 0, shape: [2])
    let step = StepPlan.Step(
      inputs: try Tensor([Float(0)], shape: [1]), targets: try Tensor([Float(0)], shape: [1]),
      seed: 1, rule: .sgd, rate: 0)
    _ = try plan?.run(step, at: nil)
    plan = nil
    #expect(try tensor?.values(as: Double.self) == [1.5, 1.5])
  }
}
