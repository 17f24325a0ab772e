import Foundation
import Tensors
import Testing

@testable import Lasagne

@Suite struct UpdateRuleTests {
  static let all: [UpdateRule] = [
    .sgd, .momentum(), .nesterovMomentum(momentum: 0.5), .adagrad(), .rmsprop(), .adadelta(),
    .adam(), .adamax(), .amsgrad(beta1: 0.8), .applyMomentum(to: .rmsprop(rho: 0.8)),
    .applyNesterovMomentum(to: .applyMomentum(to: .adam()), momentum: 0.3),
    .adamw(weightDecay: 0.1), .lion(weightDecay: 0.01),
    .lookahead(around: .applyMomentum(to: .adamw()), steps: 3, alpha: 0.25),
  ]

  @Test(arguments: all)
  func `a rule is written and read back`(rule: UpdateRule) throws {
    let written = try JSONEncoder().encode(rule)
    #expect(try JSONDecoder().decode(UpdateRule.self, from: written) == rule)
  }

  @Test(arguments: [
    ("\"adm\"", "There is no update rule called 'adm': did you mean 'adam'?"),
    (
      "{\"adam\": {\"beta3\": 0.9}}",
      "The update rule 'adam' has no argument 'beta3': did you mean 'beta1'?"
    ),
    (
      "{\"momentum\": {\"momentum\": 1.5}}",
      "The momentum of 'momentum' must be at least 0 and below 1, got 1.5."
    ),
    (
      "\"applyMomentum\"",
      "The update rule 'applyMomentum' needs the rule it is applied to, like {to: rmsprop}."
    ),
  ])
  func `a mistake is told in one sentence`(text: String, sentence: String) throws {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(UpdateRule.self, from: Data(text.utf8))
    }
    guard case .dataCorrupted(let context)? = error else {
      Issue.record("an unexpected error: \(String(describing: error))")
      return
    }
    #expect(context.debugDescription == sentence)
  }

  @Test func `a new learning rate acts on the next gradient, not on the velocity`() throws {
    let parameter = try Tensor([0] as [Double], shape: [1])
    let gradient = try Tensor([1] as [Double], shape: [1])
    let state = UpdateState(parameterCount: 1)
    let rule = UpdateRule.momentum(momentum: 0.5)
    func step(_ rate: Double) throws -> Double {
      try rule.step(
        parameters: [parameter], gradients: [gradient], state: state, learningRate: rate)
      return try parameter.item()
    }
    #expect(try step(1) == -1)
    // The velocity -1 is halved, the new rate adds nothing: PyTorch would stand still.
    #expect(try step(0) == -1.5)
    #expect(try step(2) == -3.75)
  }

  @Test func `a momentum changed between two steps keeps the velocity`() throws {
    let parameter = try Tensor([0] as [Double], shape: [1])
    let gradient = try Tensor([1] as [Double], shape: [1])
    let state = UpdateState(parameterCount: 1)
    try UpdateRule.momentum(momentum: 0.5).step(
      parameters: [parameter], gradients: [gradient], state: state, learningRate: 1)
    try UpdateRule.nesterovMomentum(momentum: 0.25).step(
      parameters: [parameter], gradients: [gradient], state: state, learningRate: 1)
    // v = 0.25 · -1 - 1 = -1.25; p = -1 + 0.25 · -1.25 - 1.
    #expect(try parameter.item() == -2.3125)
  }

  @Test func `the first step of adam is the learning rate, whatever the gradient`() throws {
    let parameter = try Tensor([0, 0] as [Double], shape: [2])
    let gradient = try Tensor([1000, -0.001] as [Double], shape: [2])
    try UpdateRule.adam().step(
      parameters: [parameter], gradients: [gradient], state: UpdateState(parameterCount: 1),
      learningRate: 0.1)
    let moved = try parameter.values(as: Double.self)
    #expect(abs(moved[0] + 0.1) < 1e-9)
    // epsilon is not corrected for the bias: 1e-8 / (0.001 · sqrt(0.001)) of the step is missing.
    #expect(abs(moved[1] - 0.1 / (1 + 1e-8 / (0.001 * 0.001.squareRoot()))) < 1e-9)
  }

  @Test func `momentum on top of sgd is momentum`() throws {
    var results: [[Double]] = []
    for rule in [UpdateRule.momentum(momentum: 0.7), .applyMomentum(to: .sgd, momentum: 0.7)] {
      results.append(try Run(rule).continued(5).values)
    }
    for (first, second) in zip(results[0], results[1]) {
      #expect(abs(first - second) < 1e-6)
    }
  }

  @Test(arguments: all)
  func `an exported state continues bitwise`(rule: UpdateRule) throws {
    let whole = try Run(rule).continued(9)
    let half = try Run(rule).continued(4)
    let resumed = try half.resumed().continued(5)
    #expect(try whole.arrays() == resumed.arrays())
    #expect(try whole.state.hostArrays() == resumed.state.hostArrays())
  }

  @Test func `frozen parameters and their velocity stay`() throws {
    let parameters = [try Tensor.ones([2]), try Tensor.ones([2])]
    let state = UpdateState(parameterNames: ["a.W", "b.W"])
    try UpdateRule.momentum().step(
      parameters: parameters, gradients: parameters.map { try $0.copied() }, state: state,
      learningRate: 0.5, frozen: [0])
    #expect(try parameters[0].values() == [1, 1])
    #expect(try parameters[1].values() == [0.5, 0.5])
    #expect(try state.hostArrays().keys.sorted() == ["b.W/velocity"])
    #expect(state.byteCount == 8)
  }

  @Test func `leaves that require gradients are changed in place`() throws {
    let parameter = try Tensor.ones([2])
    try parameter.setRequiresGradient(true)
    for rule in Self.all {
      let gradient = try Tensor.gradients(
        of: parameter.squared().sum(), withRespectTo: [parameter])[0]
      try rule.step(
        parameters: [parameter], gradients: [gradient], state: UpdateState(parameterCount: 1),
        learningRate: 0.01)
      #expect(parameter.requiresGradient)
    }
  }

  @Test func `mistakes are refused in one sentence`() throws {
    let parameter = try Tensor.ones([2])
    let state = UpdateState(parameterCount: 1)
    #expect(throws: TensorError.self) {
      try UpdateRule.sgd.step(
        parameters: [parameter], gradients: [], state: state, learningRate: 1)
    }
    #expect(throws: TensorError.self) {
      try UpdateRule.sgd.step(
        parameters: [parameter], gradients: [Tensor.ones([3])], state: state, learningRate: 1)
    }
    let stranger = ["c.W/velocity": try HostArray([Float(1)], shape: [1])]
    #expect(throws: TensorError.self) {
      try UpdateState(parameterNames: ["a.W"], arrays: stranger)
    }
    let wide = ["0/velocity": try HostArray([1, 2, 3] as [Float], shape: [3])]
    let other = try UpdateState(parameterNames: ["0"], arrays: wide)
    #expect(throws: TensorError.self) {
      try UpdateRule.momentum().step(
        parameters: [parameter], gradients: [parameter.copied()], state: other, learningRate: 1)
    }
  }

  @Test func `default learning rates are Lasagne's`() {
    #expect(UpdateRule.sgd.defaultLearningRate == nil)
    #expect(UpdateRule.adam().defaultLearningRate == 0.001)
    #expect(UpdateRule.adamax().defaultLearningRate == 0.002)
    #expect(UpdateRule.applyMomentum(to: .rmsprop()).defaultLearningRate == 1)
  }

  @Test func `steps leave only the state behind`() throws {
    let before = Backend.liveTensorsOnThisThread
    do {
      for rule in Self.all {
        let run = try Run(rule).continued(2)
        let kept = Backend.liveTensorsOnThisThread
        _ = try run.continued(3)
        #expect(Backend.liveTensorsOnThisThread == kept)
      }
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}

/// Some steps of a rule on two parameters, with gradients that depend on the parameters.
private struct Run {
  let rule: UpdateRule
  let parameters: [Tensor]
  let state: UpdateState

  init(_ rule: UpdateRule) throws {
    self.rule = rule
    parameters = [
      try Tensor([0.5, -1.25, 2, 0.1] as [Float], shape: [2, 2]),
      try Tensor([3, -0.3] as [Float], shape: [2]),
    ]
    state = UpdateState(parameterNames: ["hidden.W", "hidden.b"])
  }

  private init(_ rule: UpdateRule, _ parameters: [Tensor], _ state: UpdateState) {
    (self.rule, self.parameters, self.state) = (rule, parameters, state)
  }

  func continued(_ steps: Int) throws -> Run {
    for _ in 0..<steps {
      try rule.step(
        parameters: parameters, gradients: parameters.map { try $0.tanh() + 0.1 }, state: state,
        learningRate: 0.05)
    }
    return self
  }

  /// The same run, through what a checkpoint keeps.
  func resumed() throws -> Run {
    Run(
      rule, try arrays().map { try Tensor($0) },
      try UpdateState(parameterNames: state.parameterNames, arrays: state.hostArrays()))
  }

  func arrays() throws -> [HostArray] { try parameters.map { try $0.hostArray() } }

  var values: [Double] {
    get throws { try parameters.flatMap { try $0.values(as: Double.self) } }
  }
}
