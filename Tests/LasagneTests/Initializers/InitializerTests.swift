import Foundation
import Tensors
import Testing

@testable import Lasagne

@Suite struct InitializerTests {
  private func read(_ text: String) throws -> Initializer {
    try JSONDecoder().decode(Initializer.self, from: Data(text.utf8))
  }

  @Test(arguments: [
    ("0.5", Initializer.constant(0.5)),
    ("{\"Constant\": {\"val\": 0.5}}", .constant(0.5)),
    ("\"HeNormal\"", .heNormal()),
    ("{\"HeNormal\": {\"gain\": \"relu\"}}", .heNormal(gain: .relu)),
    ("{\"GlorotUniform\": {\"c01b\": true}}", .glorotUniform(c01b: true)),
    ("\"Uniform\"", .uniform(range: 0.01)),
    ("{\"Uniform\": {\"range\": [-0.1, 0.3]}}", .uniform(low: -0.1, high: 0.3)),
    ("{\"Uniform\": {\"range\": 2}}", .uniform(range: 2)),
    ("{\"Normal\": {\"std\": 0.2, \"mean\": 1.0}}", .normal(std: 0.2, mean: 1)),
    ("{\"Sparse\": {\"sparsity\": 0.25}}", .sparse(sparsity: 0.25, std: 0.01)),
    ("{\"Orthogonal\": {\"gain\": 2}}", .orthogonal(gain: 2)),
  ])
  func `the model-file form is read and written back`(text: String, expected: Initializer) throws {
    let value = try read(text)
    #expect(value == expected)
    let written = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    #expect(try read(written) == value)
  }

  @Test func `a uniform range of a deviation is sqrt 3 times as wide`() throws {
    guard case .uniform(let low, let high) = try read("{\"Uniform\": {\"std\": 2, \"mean\": 1}}")
    else {
      Issue.record("not uniform")
      return
    }
    #expect(abs(low - (1 - 2 * 3.0.squareRoot())) < 1e-12)
    #expect(abs(high - (1 + 2 * 3.0.squareRoot())) < 1e-12)
  }

  @Test(arguments: [
    ("\"HeNorma\"", "There is no initializer called 'HeNorma': did you mean 'HeNormal'?"),
    (
      "{\"Normal\": {\"sdt\": 1}}",
      "The initializer 'Normal' has no argument 'sdt': did you mean 'std'?"
    ),
    ("{\"HeNormal\": {\"gain\": \"elu\"}}", "A gain is a number or 'relu'."),
    (
      "{\"Uniform\": {\"range\": [1, 2, 3]}}",
      "The range of a Uniform is a number or a pair [low, high], got 3 numbers."
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

  @Test func `a shape that does not fit is refused in one sentence`() throws {
    let error = #expect(throws: InitializerError.self) {
      try Initializer.glorotUniform().spread(for: [5])
    }
    #expect(
      error?.description
        == "The initializer GlorotUniform needs a shape of at least 2 axes, got [5]: "
        + "use Normal or Uniform here.")
    #expect(throws: InitializerError.self) { try Initializer.constant(1).spread(for: [3, 0]) }
    #expect(throws: InitializerError.self) {
      try Initializer.heNormal(c01b: true).spread(for: [3, 4])
    }
    #expect(throws: InitializerError.self) {
      try Initializer.sparse(sparsity: 2).spread(for: [3, 4])
    }
    #expect(throws: InitializerError.self) { try Initializer.normal(std: -1).spread(for: [3]) }
  }

  @Test func `the same seed makes the same values`() throws {
    for initializer in [Initializer.glorotUniform(), .sparse(), .orthogonal(), .normal()] {
      let first = try initializer.makeValues(shape: [20, 3], generator: Generator(seed: 7))
      let second = try initializer.makeValues(shape: [20, 3], generator: Generator(seed: 7))
      let other = try initializer.makeValues(shape: [20, 3], generator: Generator(seed: 8))
      #expect(try first.hostArray() == second.hostArray())
      #expect(try first.hostArray() != other.hostArray())
    }
  }

  @Test func `values come in the data type asked for, and nothing stays behind`() throws {
    let before = Backend.liveTensorsOnThisThread
    do {
      let generator = try Generator(seed: 1)
      let values = try Initializer.sparse(sparsity: 0.5).makeValues(
        shape: [4, 2], generator: generator, dataType: .float64)
      #expect(values.dataType == .float64)
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
