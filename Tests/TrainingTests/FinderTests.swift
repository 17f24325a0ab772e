import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct FinderTests {
  @Test func `a trial finds a rate that learns, and leaves the weights as they are`() throws {
    let network = try Fixture.convolutional()
    let weights = try Weights(initializing: network, seed: 3)
    let before = try weights.hostArrays()
    let recipe = Fixture.recipe(update: .sgd)
    let finder = LearningRateFinder(lowest: 1e-4, highest: 100, steps: 60)
    let result = try finder.find(
      network: network, weights: weights, data: try Fixture.images(), recipe: recipe)
    #expect(try weights.hostArrays() == before)
    let rates = result.points.map(\.learningRate)
    #expect(rates == rates.sorted() && abs(rates[0] - 1e-4) < 1e-12)
    // Rates near 100 cannot be learned with: the trial ends before.
    #expect(result.points.count < 60)
    let suggestion = try #require(result.suggestion)
    #expect(rates.contains(suggestion) && suggestion > 1e-4)
    let again = try finder.find(
      network: network, weights: weights, data: try Fixture.images(), recipe: recipe)
    #expect(again == result)
  }

  @Test func `the steepest fall before the lowest loss is suggested`() {
    func points(_ losses: [Double]) -> [LearningRateFinder.Point] {
      losses.enumerated().map { .init(learningRate: pow(10, Double($0)), loss: $1) }
    }
    #expect(LearningRateFinder.steepest(points([3, 2.9, 2.5, 1.5, 1.4, 2, 9])) == 100)
    #expect(LearningRateFinder.steepest(points([1, 2, 3])) == nil)
    #expect(LearningRateFinder.steepest([]) == nil)
  }

  @Test func `batch sizes are doubled up to the samples there are`() throws {
    let network = try Fixture.mlp()
    let weights = try Weights(initializing: network, seed: 3)
    let before = try weights.hostArrays()
    let result = try BatchSizeFinder(smallest: 16, largest: 1024, steps: 1).find(
      network: network, weights: weights, data: try Fixture.blobs(), recipe: Fixture.recipe())
    #expect(try weights.hostArrays() == before)
    #expect(result.points.map(\.batchSize) == [16, 32, 64, 128])
    #expect(result.limit == .samples)
    #expect(result.points.map(\.batchSize).contains(result.suggestion))
    #expect(result.points.map(\.samplesPerSecond).min() ?? 0 > 0)
    let few = try BatchSizeFinder(smallest: 4, largest: 8, steps: 1).find(
      network: network, data: try Fixture.blobs(), recipe: Fixture.recipe())
    #expect(few.points.map(\.batchSize) == [4, 8] && few.limit == .largest)
  }

  @Test func `missing memory is told from other mistakes`() {
    #expect(
      BatchSizeFinder.isOutOfMemory(
        TensorError(
          operation: "convolution", message: "CUDA out of memory. Tried to allocate 2 GiB")))
    #expect(
      BatchSizeFinder.isOutOfMemory(
        TensorError(
          operation: "zeros", message: "DefaultCPUAllocator: can't allocate memory: you tried 9")))
    #expect(!BatchSizeFinder.isOutOfMemory(TensorError(operation: "add", message: "wrong shapes")))
  }

  @Test func `trials that cannot be are refused`() throws {
    let (network, data) = (try Fixture.mlp(), try Fixture.blobs())
    #expect(
      sentence {
        _ = try LearningRateFinder(lowest: 1, highest: 1).find(
          network: network, data: data, recipe: Fixture.recipe())
      }.hasPrefix("A trial takes at least 2 steps from a lowest rate above 0 to a higher one"))
    #expect(
      sentence {
        _ = try BatchSizeFinder(smallest: 1000, largest: 2000).find(
          network: network, data: data, recipe: Fixture.recipe())
      } == "Not even batches of 1000 samples can be trained: there are fewer samples.")
  }
}
