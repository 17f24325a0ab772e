import Foundation
import Tensors
import Testing

@testable import Lasagne

@Suite struct NonlinearityTests {
  private func read(_ text: String) throws -> Nonlinearity {
    try JSONDecoder().decode(Nonlinearity.self, from: Data(text.utf8))
  }

  private func write(_ value: Nonlinearity) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test(arguments: [
    ("\"rectify\"", Nonlinearity.rectify),
    ("null", .linear),
    ("\"identity\"", .linear),
    ("\"selu\"", .selu),
    ("{\"selu\": {\"scale\": 2.0}}", .selu(scale: 2, scaleNeg: 1)),
    ("\"leakyRectify\"", .leakyRectify(leakiness: 0.01)),
    ("{\"leakyRectify\": {\"leakiness\": 0.1}}", .leakyRectify(leakiness: 0.1)),
    ("\"veryLeakyRectify\"", .leakyRectify(leakiness: 1.0 / 3)),
    (
      "{\"scaledTanh\": {\"scaleIn\": 0.5, \"scaleOut\": 1.5}}",
      .scaledTanh(scaleIn: 0.5, scaleOut: 1.5)
    ),
    ("\"scaledTanh\"", .scaledTanh(scaleIn: 1, scaleOut: 1)),
    ("{\"tanh\": null}", .tanh),
  ])
  func `the model-file form is read`(text: String, expected: Nonlinearity) throws {
    #expect(try read(text) == expected)
  }

  @Test(arguments: [
    (Nonlinearity.selu, "\"selu\""),
    (.identity, "\"linear\""),
    (.veryLeakyRectify, "\"veryLeakyRectify\""),
    (.leakyRectify, "\"leakyRectify\""),
    (.leakyRectify(leakiness: 0.25), "{\"leakyRectify\":{\"leakiness\":0.25}}"),
    (.selu(scale: 2, scaleNeg: 0.5), "{\"selu\":{\"scale\":2,\"scaleNeg\":0.5}}"),
    (.scaledTanh(scaleIn: 0.5), "{\"scaledTanh\":{\"scaleIn\":0.5,\"scaleOut\":1}}"),
    (.gelu, "\"gelu\""),
    (.softmax, "\"softmax\""),
    (.softmax(axis: 1), "{\"softmax\":{\"axis\":1}}"),
    (.logSoftmax, "\"logSoftmax\""),
    (.logSoftmax(axis: -2), "{\"logSoftmax\":{\"axis\":-2}}"),
    (.geluTanh, "\"geluTanh\""),
    (.hardSwish, "\"hardSwish\""),
    (.mish, "\"mish\""),
  ])
  func `the model-file form is written and read back`(value: Nonlinearity, text: String) throws {
    #expect(try write(value) == text)
    #expect(try read(text) == value)
  }

  @Test(arguments: [
    ("\"rectifier\"", "There is no nonlinearity called 'rectifier': did you mean 'rectify'?"),
    ("\"relu\"", "There is no nonlinearity called 'relu': did you mean 'elu'?"),
    (
      "{\"leakyRectify\": {\"leakines\": 1}}",
      "The nonlinearity 'leakyRectify' has no argument 'leakines': did you mean 'leakiness'?"
    ),
    (
      "{\"tanh\": {\"scale\": 1}}",
      "The nonlinearity 'tanh' takes no arguments, got 'scale'."
    ),
    (
      "{\"leakyRectify\": {\"leakiness\": \"much\"}}",
      "The argument 'leakiness' of the nonlinearity 'leakyRectify' is not a number."
    ),
  ])
  func `a mistake is told in one sentence`(text: String, sentence: String) throws {
    let error = #expect(throws: DecodingError.self) { try read(text) }
    guard case .dataCorrupted(let context)? = error else {
      Issue.record("an unexpected error: \(String(describing: error))")
      return
    }
    #expect(context.debugDescription == sentence)
  }

  @Test func `softmax works along the last axis and its rows sum to one`() throws {
    let x = try Tensor([0, 0, 1000, 1000, -3, -3] as [Float], shape: [3, 2])
    #expect(try Nonlinearity.softmax(x).values() == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    let single = try Tensor(1)
    #expect(throws: TensorError.self) { try Nonlinearity.softmax(single) }
  }

  @Test func `a leakiness above one bends the other way`() throws {
    let x = try Tensor([-2, 0, 3] as [Float], shape: [3])
    try x.setRequiresGradient(true)
    let y = try Nonlinearity.leakyRectify(leakiness: 2)(x)
    #expect(try y.values() == [-4, 0, 3])
    let gradient = try Tensor.gradients(of: y.sum(), withRespectTo: [x])[0]
    #expect(try gradient.values() == [2, 1.5, 1])
  }

  @Test func `the slope of a rectifier at zero is the middle one in every layout`() throws {
    let x = try Tensor([-2, 0, 3, 0, 5, -1] as [Float], shape: [2, 3])
    try x.setRequiresGradient(true)
    let cotangent = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2]).transposed()
    for y in [try Nonlinearity.rectify(x), try Nonlinearity.rectify(x.converted(to: .float64))] {
      let gradients = try Tensor.gradients(
        of: y, withRespectTo: [x], cotangent: cotangent.converted(to: y.dataType))
      #expect(try gradients[0].values() == [0, 1.5, 5, 1, 4, 0])
    }
  }

  @Test func `a rectifier's gradient has a gradient`() throws {
    let x = try Tensor([-2, 3] as [Float], shape: [2])
    try x.setRequiresGradient(true)
    let y = try Nonlinearity.leakyRectify(leakiness: 0.5)(x).squared().sum()
    let first = try Tensor.gradients(of: y, withRespectTo: [x], createGraph: true)[0]
    let second = try Tensor.gradients(of: first.sum(), withRespectTo: [x])[0]
    #expect(try first.values() == [-1, 6])
    #expect(try second.values() == [0.5, 2])
  }

  @Test func `gelu and silu have their known values`() throws {
    let x = try Tensor([-1, 0, 2] as [Float], shape: [3])
    let gelu = try Nonlinearity.gelu(x).values(as: Double.self)
    let silu = try Nonlinearity.silu(x).values(as: Double.self)
    for (value, known) in zip(gelu + silu, [-0.158655, 0, 1.954500, -0.268941, 0, 1.761594]) {
      #expect(abs(value - known) < 1e-5)
    }
  }

  @Test func `nothing stays behind`() throws {
    let before = Backend.liveTensorsOnThisThread
    do {
      let x = try Tensor([-1, 2] as [Float], shape: [1, 2])
      try x.setRequiresGradient(true)
      for nonlinearity in [Nonlinearity.rectify, .selu, .softmax, .scaledTanh(scaleIn: 2)] {
        _ = try Tensor.gradients(of: nonlinearity(x).sum(), withRespectTo: [x])
      }
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
