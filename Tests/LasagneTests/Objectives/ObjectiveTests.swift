import Foundation
import Tensors
import Testing

@testable import Lasagne

@Suite struct ObjectiveTests {
  @Test(arguments: [
    ("\"categoricalCrossentropy\"", Objective.categoricalCrossentropy),
    ("\"multiclassHingeLoss\"", .multiclassHingeLoss(delta: 1)),
    ("{\"huberLoss\": {\"delta\": 0.5}}", .huberLoss(delta: 0.5)),
    (
      "{\"binaryHingeLoss\": {\"logOdds\": true, \"binary\": false}}",
      .binaryHingeLoss(delta: 1, logOdds: true, binary: false)
    ),
  ])
  func `a recipe's form is read and written back`(text: String, expected: Objective) throws {
    let value = try JSONDecoder().decode(Objective.self, from: Data(text.utf8))
    #expect(value == expected)
    let written = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(Objective.self, from: written) == value)
  }

  @Test(arguments: [
    (
      "\"crossentropy\"",
      "There is no objective called 'crossentropy': use one of binaryCrossentropy, "
        + "categoricalCrossentropy, squaredError, binaryHingeLoss, multiclassHingeLoss, huberLoss, "
        + "smoothedCrossentropy, categoricalFocalLoss, binaryFocalLoss, ctcLoss."
    ),
    ("\"huber_loss\"", "There is no objective called 'huber_loss': did you mean 'huberLoss'?"),
    (
      "\"binaryHingeLoss\"",
      "The objective 'binaryHingeLoss' must be told logOdds: true if predictions are log odds, "
        + "false if they are probabilities."
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

  @Test func `a hinge between -1 and 1 takes its targets as they are`() throws {
    let predictions = try Tensor([0.5, -2, 3] as [Float], shape: [3])
    let targets = try Tensor([1, 1, -1] as [Float], shape: [3])
    let loss = try Objective.binaryHingeLoss(logOdds: true, binary: false)(predictions, targets)
    #expect(try loss.values() == [0.5, 3, 4])
  }

  @Test func `a vector of targets becomes a column, and does not broadcast to a square`() throws {
    let column = try Tensor([1, 2] as [Float], shape: [2, 1])
    let targets = try Tensor([1, 4] as [Int64], shape: [2])
    let loss = try Objective.squaredError(column, targets)
    #expect(loss.shape == [2, 1])
    #expect(try loss.values() == [0, 4])
  }

  @Test func `targets that cannot be meant are refused in one sentence`() throws {
    let predictions = try Tensor.full([2, 3], 0.3)
    let row = try Tensor.zeros([3])
    #expect(throws: TensorError.self) { try Objective.squaredError(predictions, row) }
    let fractions = try Tensor.zeros([2])
    let error = #expect(throws: TensorError.self) {
      try Objective.categoricalCrossentropy(predictions, fractions)
    }
    #expect(error?.message.contains("whole numbers") == true)
    let many = try Tensor.zeros([4, 3])
    #expect(throws: TensorError.self) { try Objective.multiclassHingeLoss()(predictions, many) }
  }

  @Test func `bytes are class numbers too`() throws {
    let predictions = try Tensor([0.25, 0.75, 0.5, 0.5] as [Float], shape: [2, 2])
    let classes = try Tensor([1, 0] as [UInt8], shape: [2])
    let loss = try Objective.categoricalCrossentropy(predictions, classes).values(as: Double.self)
    #expect(abs(loss[0] + log(0.75)) < 1e-6)
    #expect(abs(loss[1] + log(0.5)) < 1e-6)
  }

  @Test func `logits give what softmax and cross-entropy give, with the same gradient`() throws {
    let numbers = try Tensor([2, 0, 1, 1] as [Int64], shape: [4])
    let rows = try Tensor(
      [0, 0, 1, 1, 0, 0, 0, 1, 0, 0.25, 0.5, 0.25] as [Float], shape: [4, 3])
    for targets in [numbers, rows] {
      let logits = try Tensor.normal([4, 3], deviation: 2, generator: Generator(seed: 3))
      try logits.setRequiresGradient(true)
      let plain = try Objective.categoricalCrossentropy(Nonlinearity.softmax(logits), targets)
      let stable = try Objective.categoricalCrossentropy(logits: logits, targets: targets)
      #expect(stable.shape == [4])
      #expect(try (plain - stable).absolute().max().item() < 1e-5)
      let plainGradient = try Tensor.gradients(of: plain.sum(), withRespectTo: [logits])[0]
      let stableGradient = try Tensor.gradients(of: stable.sum(), withRespectTo: [logits])[0]
      #expect(try (plainGradient - stableGradient).absolute().max().item() < 1e-5)
    }
  }

  @Test func `logits stay finite where probabilities are rounded to zero`() throws {
    let logits = try Tensor([200, -200] as [Float], shape: [1, 2])
    let loss = try Objective.categoricalCrossentropy(
      logits: logits, targets: Tensor([1] as [Int64], shape: [1]))
    #expect(try loss.item() == 400)
    let binary = try Objective.binaryCrossentropy(
      logits: logits, targets: Tensor([0, 1] as [Float], shape: [1, 2]))
    #expect(try binary.values() == [200, 200])
  }

  @Test func `binary logits give what sigmoid and cross-entropy give`() throws {
    let logits = try Tensor([-1.5, 0, 2] as [Float], shape: [3])
    let targets = try Tensor([0, 1, 1] as [Float], shape: [3])
    let plain = try Objective.binaryCrossentropy(logits.sigmoid(), targets)
    let stable = try Objective.binaryCrossentropy(logits: logits, targets: targets)
    #expect(try (plain - stable).absolute().max().item() < 1e-6)
  }

  @Test func `a normalized sum without weights is refused`() throws {
    let loss = try Tensor.ones([3])
    #expect(throws: TensorError.self) { try aggregate(loss, mode: .normalizedSum) }
  }

  @Test func `rows of targets count by their highest entry, and topK has limits`() throws {
    let predictions = try Tensor([0.1, 0.2, 0.7, 0.5, 0.3, 0.2] as [Float], shape: [2, 3])
    let rows = try Tensor([0, 0.9, 0.1, 1, 0, 0] as [Float], shape: [2, 3])
    #expect(try categoricalAccuracy(predictions, rows).values() == [0, 1])
    #expect(try categoricalAccuracy(predictions, rows, topK: 2).values() == [1, 1])
    #expect(throws: TensorError.self) { try categoricalAccuracy(predictions, rows, topK: 4) }
    #expect(throws: TensorError.self) { try categoricalAccuracy(predictions, rows, topK: 0) }
  }

  @Test func `nothing stays behind`() throws {
    let before = Backend.liveTensorsOnThisThread
    do {
      let predictions = try Tensor.full([2, 3], 0.3)
      try predictions.setRequiresGradient(true)
      let targets = try Tensor([1, 0] as [Int64], shape: [2])
      for objective in [Objective.categoricalCrossentropy, .multiclassHingeLoss()] {
        let loss = try aggregate(objective(predictions, targets))
        _ = try Tensor.gradients(of: loss, withRespectTo: [predictions])
      }
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
