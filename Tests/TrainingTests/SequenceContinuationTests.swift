import Lasagne
import Tensors
import Testing

@testable import Training

struct SequenceContinuationTests {
  /// A network without memory: the character after number n is n + 1, nearly always.
  private func counter(length: Int? = nil) throws -> (Network, Weights) {
    let network = try Network("counter") {
      InputLayer([nil, length], name: "text")
      EmbeddingLayer(inputSize: 4, outputSize: 4)
      DenseLayer(4, b: nil, nonlinearity: .softmax, numLeadingAxes: 2)
    }
    var next = [Float](repeating: 0, count: 16)
    var same = next
    for number in 0..<4 {
      next[4 * number + (number + 1) % 4] = 8
      same[4 * number + number] = 1
    }
    let arrays = [try HostArray(same, shape: [4, 4]), try HostArray(next, shape: [4, 4])]
    return (network, try Weights(arrays, for: network))
  }

  @Test(arguments: [nil, 3])
  func `the most probable is what the weights say, whatever the length`(length: Int?) throws {
    let (network, weights) = try counter(length: length)
    let continuation = try SequenceContinuation(network: network, weights: weights, context: 2)
    #expect(try continuation.next(6, after: [2], temperature: 0) == [3, 0, 1, 2, 3, 0])
    #expect(try continuation.next(2, after: [0, 1, 2, 3, 0], temperature: 0) == [1, 2])
    #expect(try continuation.next(0, after: [1]) == [])
  }

  @Test func `draws follow probabilities, seed and temperature`() throws {
    let (network, weights) = try counter()
    let continuation = try SequenceContinuation(network: network, weights: weights)
    let drawn = try continuation.next(200, after: [0], temperature: 4, seed: 3)
    #expect(try continuation.next(200, after: [0], temperature: 4, seed: 3) == drawn)
    #expect(try continuation.next(200, after: [0], temperature: 4, seed: 4) != drawn)
    // e² / (e² + 3) = 0.711 of all steps go up by one at this temperature.
    let steps = zip([0] + drawn, drawn).count { ($0 + 1) % 4 == $1 }
    #expect((115...170).contains(steps))
    // Parts of the whole: 0.5, 0.25 and 0.25 of what all chances add up to.
    let half = UInt64(1) << 63
    #expect(SequenceContinuation.choice([0.5, 0.25, 0.25], 1, half - (1 << 20)) == 0)
    #expect(SequenceContinuation.choice([0.5, 0.25, 0.25], 1, half) == 1)
    #expect(SequenceContinuation.choice([0.5, 0.25, 0.25], 1, .max) == 2)
  }

  @Test func `what cannot be continued is refused`() throws {
    let (network, weights) = try counter()
    let continuation = try SequenceContinuation(network: network, weights: weights)
    for start in [[], [4], [0, -1]] {
      #expect(
        sentence { _ = try continuation.next(1, after: start) }
          == "The start \(start) cannot be continued; give at least one number, all from 0 to 3.")
    }
    #expect(
      sentence { _ = try continuation.next(1, after: [0], temperature: -1) }
        == "The temperature is -1.0; it must be 0 or a positive number.")
    let mlp = try Fixture.mlp()
    #expect(
      sentence {
        _ = try SequenceContinuation(network: mlp, weights: Weights(initializing: mlp, seed: 1))
      }
        == "The network 'mlp' does not give, for each of a row of indices, a row of probabilities of "
        + "the next one; use a language model such as zoo:charLanguageModel.")
  }
}
