import Foundation
import Tensors
import Testing

@testable import Lasagne

// Six or seven steps on two parameters whose gradients are tanh(p) + 0.1, in float64. The numbers were
// made with PyTorch 2.13: torch.optim.AdamW, and Lion and Lookahead written down there after their
// papers, with lerp and sign.
@Suite struct DecoupledRuleTests {
  private func run(
    _ rule: UpdateRule, rate: Double, steps: Int, undecayed: Set<Int> = []
  ) throws -> [Double] {
    let parameters = [
      try Tensor([0.5, -1.25, 2, 0.1] as [Double], shape: [2, 2]),
      try Tensor([3, -0.3] as [Double], shape: [2]),
    ]
    let state = UpdateState(parameterCount: 2)
    for _ in 0..<steps {
      try rule.step(
        parameters: parameters, gradients: parameters.map { try $0.tanh() + 0.1 }, state: state,
        learningRate: rate, undecayed: undecayed)
    }
    return try parameters.flatMap { try $0.values(as: Double.self) }
  }

  private func expect(
    _ values: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(values, expected) {
      #expect(abs(value - expected) < 1e-7, sourceLocation: sourceLocation)
    }
  }

  @Test func `adamw is PyTorch's, and leaves alone what shall not decay`() throws {
    expect(
      try run(.adamw(weightDecay: 0.1), rate: 0.05, steps: 6),
      [0.19381836, -0.91778716, 1.6446601, -0.15676694, 2.6148706, -0.039171827])
    expect(
      try run(
        .adamw(beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1), rate: 0.05, steps: 6,
        undecayed: [1]),
      [0.19649032, -0.91879353, 1.6450544, -0.14594668, 2.7003069, -0.053103659])
  }

  @Test func `lion is its paper's`() throws {
    expect(
      try run(.lion(beta1: 0.7, beta2: 0.9, weightDecay: 0.1), rate: 0.05, steps: 6),
      [0.18891135, -0.91669073, 1.6444701, -0.19923766, 2.6148426, 0.0051631536])
  }

  @Test func `lookahead goes back to its slow weights after each so many steps`() throws {
    expect(
      try run(.lookahead(around: .sgd, steps: 2, alpha: 0.5), rate: 0.3, steps: 5),
      [0.13882802, -0.67103733, 1.0889144, -0.022273616, 2.0217735, -0.18017567])
    expect(
      try run(
        .lookahead(around: .adamw(weightDecay: 0.1), steps: 3, alpha: 0.8), rate: 0.05, steps: 7),
      [0.20484631, -0.92926409, 1.6567881, -0.14409336, 2.6279856, -0.052153447])
  }

  @Test func `lookahead with alpha 1 is the rule it is put around`() throws {
    expect(
      try run(.lookahead(around: .momentum(), steps: 2, alpha: 1), rate: 0.1, steps: 5),
      try run(.momentum(), rate: 0.1, steps: 5))
  }

  @Test func `a state goes back to what it was, in the tensors it has`() throws {
    let rule = UpdateRule.lookahead(around: .adam(), steps: 3, alpha: 0.5)
    let parameter = try Tensor([0.5, -1.25] as [Double], shape: [2])
    let state = UpdateState(parameterCount: 1)
    func step(_ count: Int) throws -> [Double] {
      for _ in 0..<count {
        try rule.step(
          parameters: [parameter], gradients: [parameter.tanh()], state: state, learningRate: 0.1)
      }
      return try parameter.values(as: Double.self)
    }
    for first in [0, 2] {
      let (start, known) = (try parameter.hostArray(), try state.hostArrays())
      let later = try step(4)
      try parameter.assign(Tensor(start))
      try state.restore(known)
      #expect(try step(4) == later, "after \(first) steps")
      _ = try step(first)
    }
  }

  @Test(arguments: [
    (
      "\"lookahead\"",
      "The update rule 'lookahead' needs the rule it is put around, like {around: adam}."
    ),
    (
      "{\"lookahead\": {\"around\": \"adam\", \"steps\": 0}}",
      "The steps of 'lookahead' must be at least 1, got 0."
    ),
    (
      "{\"lookahead\": {\"around\": \"adam\", \"alpha\": 2}}",
      "The alpha of 'lookahead' must be above 0 and at most 1, got 2.0."
    ),
    (
      "{\"adamw\": {\"weightdecay\": 0.1}}",
      "The update rule 'adamw' has no argument 'weightdecay': did you mean 'weightDecay'?"
    ),
    (
      "{\"lion\": {\"weightDecay\": -1}}",
      "The weightDecay of 'lion' must not be negative, got -1.0."
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
}
