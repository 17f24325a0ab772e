import Lasagne
import Synchronization
import Tensors
import Testing

/// The square of its input with half its gradient.
private struct HalfGradient: Layer {
  var name: String?

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try inputs[0] * inputs[0].detached()
  }
}

/// How far its input is beyond a place: a kink there.
private struct Corner: Layer {
  var name: String?
  var place = 0.0

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try (inputs[0] - place).clamp(min: 0)
  }
}

/// Passes its input on and remembers the first number it ever saw.
private struct Witness: Layer {
  static let seen = Mutex<Double?>(nil)
  var name: String?

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let number = try inputs[0].detached().sum().item()
    Self.seen.withLock { $0 = $0 ?? number }
    return inputs[0]
  }
}

/// Reads indices and has nothing to learn.
private struct OneHot: Layer {
  static var readsIndices: Bool { true }
  var name: String?

  func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape { inputs[0] + [2] }

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try Tensor.eye(2, dataType: .float64).embedding(inputs[0])
  }
}

@Suite struct GradientReportTests {
  private func convolutional() throws -> Network {
    try Network("net", input: [2, 6, 6]) {
      batchNorm(Conv2DLayer(3, filterSize: 3))
      MaxPool2DLayer(2)
      DropoutLayer()
      DenseLayer(4, nonlinearity: .softmax)
    }
  }

  @Test(arguments: [false, true])
  func `right gradients pass in both modes`(isTraining: Bool) throws {
    let report = try GradientCheck(isTraining: isTraining).report(on: convolutional())
    #expect(report.passes, "\(report)")
    #expect(report.isTraining == isTraining)
    #expect(
      report.tensors.map(\.name) == [
        "conv1.W", "conv1_bn.beta", "conv1_bn.gamma", "dense1.W", "dense1.b", "input",
      ])
    #expect(report.tensors.map(\.shape).last == [3, 2, 6, 6])
    #expect(report.tensors.map(\.isInput) == [false, false, false, false, false, true])
    // Small tensors as a whole, of larger ones a sample.
    #expect(report.tensors[1].entries == 3 && report.tensors[4].entries == 4)
    #expect((15...16).contains(report.tensors[0].entries))
    #expect(report.tensors.allSatisfy { $0.largestGradient > 0 })
  }

  @Test func `the same seed gives the same report, another seed another`() throws {
    let network = try convolutional()
    let first = try GradientCheck(seed: 4, isTraining: true).report(on: network)
    #expect(try GradientCheck(seed: 4, isTraining: true).report(on: network) == first)
    #expect(try GradientCheck(seed: 5, isTraining: true).report(on: network) != first)
  }

  @Test func `a wrong gradient fails and is named`() throws {
    let network = try Network("wrong", input: [3]) {
      DenseLayer(2, nonlinearity: .tanh).named("dense")
      HalfGradient()
    }
    let report = try GradientCheck().report(on: network)
    #expect(!report.passes)
    #expect(report.tensors.allSatisfy { !$0.passes })
    let worst = try #require(report.worst)
    #expect(abs(worst.difference / worst.gradient - 2) < 1e-5)
    #expect(abs(worst.error - 0.5) < 1e-5)
    #expect(
      "\(report)".hasPrefix(
        "wrong in deterministic mode: the gradients of 3 of 3 tensors differ (dense.W, dense.b, "
          + "input); at \(worst.place) the gradient is "))
  }

  @Test func `an entry near a kink is compared at a smaller step, one on it beside it`() throws {
    let check = GradientCheck(batchSize: 1)
    _ = try check.report(on: Network("witness", input: [1]) { Witness() })
    let seen = try #require(Witness.seen.withLock { $0 })
    func row(_ place: Double) throws -> TensorGradients {
      let report = try check.report(on: Network("corner", input: [1]) { Corner(place: place) })
      return try #require(report.tensors.first)
    }
    let far = try row(seen - 0.5)
    #expect(far.passes && far.smallerSteps == 0 && far.movedPoints == 0)
    let near = try row(seen + 3e-6)
    #expect(near.passes && near.smallerSteps == 1 && near.movedPoints == 0)
    let on = try row(seen)
    #expect(on.passes && on.movedPoints == 1)
    #expect(abs(on.gradient) > 0)
  }

  @Test func `indices and masks are made up, and limits of gradients are set aside`() throws {
    let network = try Network("sequences", outputs: ["words", "last"]) {
      InputLayer([nil, nil]).named("text")
      InputLayer([nil, nil]).named("mask")
      EmbeddingLayer(inputSize: 6, outputSize: 3, W: .normal(std: 1)).reading("text")
        .named("words")
      LSTMLayer(
        2, gradientSteps: 2, gradClipping: 1e-3, maskInput: "mask", onlyReturnFinal: true
      )
      .named("last")
    }
    let report = try GradientCheck().report(on: network)
    #expect(report.passes, "\(report)")
    #expect(
      report.notes == [
        "last changes its gradients on purpose; it is checked without gradClipping and "
          + "gradientSteps.",
        "The input 'text' holds indices, which have no gradient.",
        "The input 'mask' is a mask, which has no gradient.",
      ])
    #expect(report.tensors.first?.name == "words.W")
    #expect(report.tensors.allSatisfy { !$0.isInput })
  }

  @Test func `several inputs and outputs of one network are all compared`() throws {
    let network = try Network("two", outputs: ["sum", "product"]) {
      InputLayer([nil, 3]).named("a")
      InputLayer([2, 3]).named("b")
      ElemwiseSumLayer().reading("a", "b").named("sum")
      ElemwiseMergeLayer(.mul).reading("a", "b").named("product")
    }
    let report = try GradientCheck(batchSize: 2).report(on: network)
    #expect(report.passes, "\(report)")
    #expect(report.tensors.map(\.name) == ["a", "b"])
    #expect(report.tensors.map(\.entries) == [6, 6])
  }

  @Test func `a network without numbers to move has nothing to check`() throws {
    let network = try Network("indices") {
      InputLayer([nil])
      EmbeddingLayer(inputSize: 2, outputSize: 2)
    }
    #expect(try GradientCheck().report(on: network).tensors.map(\.name) == ["embedding1.W"])
    let fixed = try Network("fixed") {
      InputLayer([nil])
      OneHot()
    }
    let report = try GradientCheck().report(on: fixed)
    #expect(report.tensors.isEmpty && report.passes)
    #expect("\(report)" == "fixed has no gradients to check.")
  }

  @Test(arguments: [
    (
      GradientCheck(tolerance: 0), "A gradient check needs a tolerance above 0, got 0.0."
    ),
    (
      GradientCheck(batchSize: 0), "A gradient check needs batchSize to be at least 1, got 0."
    ),
    (
      GradientCheck(entriesPerTensor: -1),
      "A gradient check needs entriesPerTensor to be at least 1, got -1."
    ),
  ])
  func `impossible settings are refused in one sentence`(
    check: GradientCheck, sentence: String
  ) throws {
    let network = try convolutional()
    #expect(throws: NetworkError(sentence)) { try check.report(on: network) }
  }
}
