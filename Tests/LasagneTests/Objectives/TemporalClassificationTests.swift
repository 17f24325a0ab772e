import Foundation
import Tensors
import Testing

@testable import Lasagne

// Three sequences of five times and four classes, their logits 2 · sin(1.3 · i). The numbers were made
// with PyTorch 2.13's ctc_loss in float64.
@Suite struct TemporalClassificationTests {
  private func logits(dataType: DataType = .float64) throws -> Tensor {
    let values = (0..<60).map { 2 * sin(1.3 * Double($0)) }
    let logits = try Tensor(values, shape: [3, 5, 4]).converted(to: dataType).detached()
    try logits.setRequiresGradient(true)
    return logits
  }

  private func labels(_ values: [Int64], width: Int) throws -> Tensor {
    try Tensor(values, shape: [values.count / width, width])
  }

  private let losses = [6.9230523, 7.5950641, 12.102786]

  @Test func `losses and gradients are PyTorch's, labels of different lengths`() throws {
    let logits = try logits()
    let targets = try labels([1, 2, 2, 3, 1, -1, -1, -1, -1], width: 3)
    let loss = try Objective.ctcLoss()(logits: logits, targets)
    for (value, expected) in zip(try loss.values(as: Double.self), losses) {
      #expect(abs(value - expected) < 1e-6)
    }
    let slopes = try Tensor.gradients(of: loss.sum(), withRespectTo: [logits])[0]
      .values(as: Double.self)
    let expected = [
      0.078190282, -0.35793678, 0.25661825, 0.023128243, 0.0053991426, 0.035256224, -0.21323672,
      0.17258135, -0.42680317, 0.021955654, -0.32041654, 0.72526406, -0.34456582, 0.030869063,
      -0.35083472, 0.66453148, 0.42205967, 0.10337772, -0.58096835, 0.055530966, -0.52111921,
      0.4986892, 0.050271953, -0.027841946, -0.53558498, 0.51451107, 0.36534903, -0.34427512,
      -0.015559354, 0.0120928, 0.63520881, -0.63174226, -0.045292696, -0.19459876, 0.16505636,
      0.074835099, 0.16751982, -0.71712533, 0.047210866, 0.50239464, -0.19048947, 0.13933984,
      0.017536256, 0.033613373, -0.68604517, 0.59805797, 0.075017194, 0.012970006, -0.95986071,
      0.42655017, 0.48450217, 0.048808376, -0.98719014, 0.061579987, 0.55317686, 0.3724333,
      -0.95757486, 0.017385272, 0.11974196, 0.82044763,
    ]
    #expect(slopes.count == expected.count)
    for (value, expected) in zip(slopes, expected) { #expect(abs(value - expected) < 1e-6) }
  }

  @Test func `probabilities in single precision give the same within their rounding`() throws {
    let logits = try logits(dataType: .float32)
    let targets = try labels([1, 2, 2, 3, 1, -1, -1, -1, -1], width: 3)
    let loss = try Objective.ctcLoss()(Nonlinearity.softmax(logits), targets)
    for (value, expected) in zip(try loss.values(as: Double.self), losses) {
      #expect(abs(value - expected) < 1e-4)
    }
  }

  @Test func `sequences may end early, and a sequence too short for its labels has no way`() throws
  {
    let known = try logits().logSoftmax(axis: 2)
    let targets = try labels([1, 2, 2, 3, 1, -1, -1, -1, -1], width: 3)
    let shorter = try Objective.ctcLoss(
      logProbabilities: known, targets: targets,
      inputLengths: Tensor([4, 3, 2] as [Int64], shape: [3]))
    for (value, expected) in zip(
      try shorter.values(as: Double.self), [7.6418834, 6.1238609, 1.3698317])
    {
      #expect(abs(value - expected) < 1e-6)
    }
    let two = try known.sliced(axis: 0, from: 0, to: 2)
    let other = try Objective.ctcLoss(
      logProbabilities: two, targets: labels([0, 1, 1, 2, 0, -1], width: 3),
      inputLengths: Tensor([3, 5] as [Int64], shape: [2]), blank: 3
    ).values(as: Double.self)
    #expect(other[0] == .infinity)
    #expect(abs(other[1] - 4.7211222) < 1e-6)
  }

  @Test func `the loss is the sum over all ways to read the labels, counted one by one`() throws {
    let known = try logits().softmax(axis: 2).values(as: Double.self)
    let wanted = [2, 2]
    var total = 0.0
    for code in 0..<1024 {
      let path = (0..<5).map { (code >> (2 * $0)) & 3 }
      var read: [Int] = []
      for (time, label) in path.enumerated() where label != 3 {
        if time == 0 || path[time - 1] != label { read.append(label) }
      }
      guard read == wanted else { continue }
      total += path.enumerated().reduce(1) { $0 * known[4 * $1.offset + $1.element] }
    }
    let first = try logits().sliced(axis: 0, from: 0, to: 1)
    let loss = try Objective.ctcLoss(blank: 3)(logits: first, labels([2, 2], width: 2))
    #expect(abs(try loss.item() + log(total)) < 1e-9)
  }

  @Test func `shapes that cannot be meant are refused`() throws {
    let logits = try logits()
    let flat = try Tensor([1, 2, 3] as [Int64], shape: [3])
    #expect(throws: TensorError.self) { try Objective.ctcLoss()(logits: logits, flat) }
    let fractions = try Tensor.zeros([3, 2])
    #expect(throws: TensorError.self) { try Objective.ctcLoss()(logits: logits, fractions) }
    let fine = try labels([1, 2, 1], width: 1)
    #expect(throws: TensorError.self) { try Objective.ctcLoss(blank: 4)(logits: logits, fine) }
  }

  @Test func `nothing stays behind`() throws {
    let before = Backend.liveTensorsOnThisThread
    do {
      let logits = try logits()
      let loss = try Objective.ctcLoss()(logits: logits, labels([1, 2, 1], width: 1)).sum()
      _ = try Tensor.gradients(of: loss, withRespectTo: [logits])
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
