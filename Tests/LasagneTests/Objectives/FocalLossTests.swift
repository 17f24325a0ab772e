import Foundation
import Tensors
import Testing

@testable import Lasagne

// The numbers were made with PyTorch 2.13 in float64: cross_entropy with label_smoothing, and the
// focal losses from its softmax and its binary_cross_entropy_with_logits.
@Suite struct FocalLossTests {
  private let scores = [0.5, -1, 2, 1.5, 0.25, -0.75]

  private func logits() throws -> Tensor {
    let logits = try Tensor(scores, shape: [2, 3])
    try logits.setRequiresGradient(true)
    return logits
  }

  private func expect(
    _ loss: Tensor, _ losses: [Double], gradient expected: [Double]? = nil, by leaf: Tensor,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (value, expected) in zip(try loss.values(as: Double.self), losses) {
      #expect(abs(value - expected) < 1e-6, sourceLocation: sourceLocation)
    }
    #expect(loss.count == losses.count, sourceLocation: sourceLocation)
    guard let expected else { return }
    let slopes = try Tensor.gradients(of: loss.sum(), withRespectTo: [leaf])[0]
      .values(as: Double.self)
    #expect(slopes.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(slopes, expected) {
      #expect(abs(value - expected) < 1e-6, sourceLocation: sourceLocation)
    }
  }

  @Test func `smoothing spreads a part of each target over all classes, as in PyTorch`() throws {
    let numbers = try Tensor([2, 1] as [Int64], shape: [2])
    let objective = Objective.smoothedCrossentropy(smoothing: 0.1)
    let losses = [0.3913113, 1.5723393]
    let slopes = [0.14195706, 0.0057792399, -0.1477363, 0.68510701, -0.72749673, 0.042389722]
    for isFused in [true, false] {
      let logits = try logits()
      let loss =
        try
        (isFused
        ? objective(logits: logits, numbers) : objective(Nonlinearity.softmax(logits), numbers))
      try expect(loss, losses, gradient: slopes, by: logits)
    }
    let rows = try Tensor([0.2, 0.3, 0.5, 0, 1, 0] as [Double], shape: [2, 3])
    let logits = try logits()
    try expect(
      Objective.smoothedCrossentropy(smoothing: 0.2)(logits: logits, rows),
      [1.5013113, 1.5640059], by: logits)
    let none = try Objective.smoothedCrossentropy(smoothing: 0)(logits: logits, numbers)
    let plain = try Objective.categoricalCrossentropy(logits: logits, targets: numbers)
    #expect(try (none - plain).absolute().max().item() < 1e-12)
  }

  @Test func `the categorical focal loss agrees with PyTorch, from logits and probabilities`()
    throws
  {
    let numbers = try Tensor([2, 1] as [Int64], shape: [2])
    let rows = try Tensor([0, 0, 1, 0, 1, 0] as [Double], shape: [2, 3])
    let slopes = [0.022307253, 0.004977421, -0.027284674, 0.82439158, -0.91128181, 0.086890233]
    let objective = Objective.categoricalFocalLoss()
    for targets in [numbers, rows] {
      for isFused in [true, false] {
        let logits = try logits()
        let loss =
          try
          (isFused
          ? objective(logits: logits, targets) : objective(Nonlinearity.softmax(logits), targets))
        try expect(loss, [0.01109275, 0.9969231], gradient: slopes, by: logits)
      }
    }
  }

  @Test func `the binary focal loss agrees with PyTorch, with and without alpha`() throws {
    func leaf() throws -> Tensor {
      let leaf = try Tensor([-1.5, 0, 2, 0.7] as [Double], shape: [4])
      try leaf.setRequiresGradient(true)
      return leaf
    }
    let targets = try Tensor([0, 1, 1, 0] as [Double], shape: [4])
    let cases: [(Objective, [Double], [Double])] = [
      (
        .binaryFocalLoss(alpha: 0.25), [0.0050271352, 0.043321699, 0.00045089071, 0.36940866],
        [0.012773329, -0.074571699, -0.001217735, 0.46889542]
      ),
      (
        .binaryFocalLoss(gamma: 0.5), [0.086026232, 0.49012907, 0.043822881, 0.90177465],
        [0.11308274, -0.47608566, -0.060455267, 0.69580501]
      ),
    ]
    for (objective, losses, slopes) in cases {
      let logits = try leaf()
      try expect(objective(logits: logits, targets), losses, gradient: slopes, by: logits)
      let plain = try leaf()
      try expect(objective(plain.sigmoid(), targets), losses, gradient: slopes, by: plain)
    }
  }

  @Test func `a certain and right prediction has no loss and no slope, whatever gamma`() throws {
    let logits = try Tensor([200, 0] as [Float], shape: [1, 2])
    try logits.setRequiresGradient(true)
    let right = try Tensor([0] as [Int64], shape: [1])
    for gamma in [0, 0.5, 1, 2] {
      let loss = try Objective.categoricalFocalLoss(gamma: gamma)(logits: logits, right)
      #expect(try loss.item() == 0)
      let slope = try Tensor.gradients(of: loss.sum(), withRespectTo: [logits])[0]
      #expect(try slope.isFinite().all().item() == 1)
    }
  }

  @Test(arguments: [
    (
      "{\"smoothedCrossentropy\": {\"smoothing\": 0.2}}",
      Objective.smoothedCrossentropy(smoothing: 0.2)
    ),
    ("\"categoricalFocalLoss\"", .categoricalFocalLoss(gamma: 2)),
    ("{\"binaryFocalLoss\": {\"alpha\": 0.3}}", .binaryFocalLoss(gamma: 2, alpha: 0.3)),
    ("{\"ctcLoss\": {\"blank\": 4}}", .ctcLoss(blank: 4)),
  ])
  func `a recipe's form is read and written back`(text: String, expected: Objective) throws {
    let value = try JSONDecoder().decode(Objective.self, from: Data(text.utf8))
    #expect(value == expected)
    #expect(
      try String(decoding: JSONEncoder().encode(value), as: UTF8.self)
        == text.replacing(" ", with: ""))
  }

  @Test(arguments: [
    (
      "{\"smoothedCrossentropy\": {\"smoothing\": 1}}",
      "The smoothing of 'smoothedCrossentropy' must be at least 0 and below 1, got 1.0."
    ),
    (
      "{\"categoricalFocalLoss\": {\"gamma\": -1}}",
      "The gamma of 'categoricalFocalLoss' must not be negative, got -1.0."
    ),
    (
      "{\"binaryFocalLoss\": {\"alpa\": 0.5}}",
      "The objective 'binaryFocalLoss' has no argument 'alpa': did you mean 'alpha'?"
    ),
    (
      "{\"ctcLoss\": {\"blank\": -1}}",
      "The blank of 'ctcLoss' must be a class from 0 on, got -1."
    ),
  ])
  func `a mistake is told in one sentence`(text: String, sentence: String) throws {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Objective.self, from: Data(text.utf8))
    }
    guard case .dataCorrupted(let context)? = error else {
      Issue.record("an unexpected error: \(String(describing: error))")
      return
    }
    #expect(context.debugDescription == sentence)
  }
}
