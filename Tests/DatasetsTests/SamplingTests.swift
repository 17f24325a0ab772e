import Datasets
import Foundation
import Testing

@Suite struct SamplingTests {
  @Test func `the generator gives the published numbers`() {
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<3).map { _ in generator.next() }
    #expect(
      numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func `a stratified split takes the fraction of every class`() {
    let labels = (0..<100).map { $0 < 60 ? 0 : $0 < 90 ? 1 : 2 }
    let (train, validation) = Split.stratified(labels: labels, fraction: 0.2, seed: 7)
    #expect((0..<3).map { label in validation.filter { labels[$0] == label }.count } == [12, 6, 2])
    #expect((train + validation).sorted() == Array(0..<100))
    #expect(train == train.sorted())
    #expect(validation == validation.sorted())
    #expect(validation != Split.stratified(labels: labels, fraction: 0.2, seed: 8).validation)
    #expect(validation == Split.stratified(labels: labels, fraction: 0.2, seed: 7).validation)
  }

  @Test func `small classes stay in both parts and halves round up`() {
    let labels = [0, 0, 1, 2, 2, 2, 2, 2]
    func counts(_ fraction: Double) -> [Int] {
      let part = Split.stratified(labels: labels, fraction: fraction, seed: 1).validation
      return (0..<3).map { label in part.filter { labels[$0] == label }.count }
    }
    #expect(counts(0.1) == [1, 0, 1])
    #expect(counts(0.9) == [1, 1, 4])
    #expect(counts(0.5) == [1, 1, 3])
    #expect(counts(0) == [0, 0, 0])
    #expect(counts(1) == [2, 1, 5])
    #expect(counts(.nan) == [0, 0, 0])
    #expect(Split.stratified(labels: [], fraction: 0.5, seed: 1) == ([], []))
  }

  @Test func `a class's share does not depend on other classes`() {
    let alone = Split.stratified(labels: [0, 0, 0, 0, 0, 0], fraction: 0.5, seed: 3)
    let together = Split.stratified(labels: [0, 0, 0, 0, 0, 0, 1, 1], fraction: 0.5, seed: 3)
    #expect(together.validation.filter { $0 < 6 } == alone.validation)
  }

  @Test func `a random split covers all samples once`() {
    let (train, validation) = Split.random(count: 10, fraction: 0.25, seed: 1)
    #expect(validation.count == 3)
    #expect((train + validation).sorted() == Array(0..<10))
    #expect(Split.random(count: -1, fraction: 0.5, seed: 1) == ([], []))
  }

  @Test func `each epoch visits every sample once, in an order of its own`() {
    let order = BatchOrder(seed: 5, count: 103, batchSize: 10)
    #expect(order.batchesPerEpoch == 11)
    let epochs = (0..<20).map { order.indices(epoch: $0) }
    #expect(Set(epochs).count == 20)
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<103)) }
    let batches = order.batches(epoch: 3)
    #expect(batches.map(\.count) == [Int](repeating: 10, count: 10) + [3])
    #expect(batches.flatMap { $0 } == epochs[3])
  }

  @Test func `the order is a pure function of seed and epoch`() {
    let first = BatchOrder(seed: 5, count: 50, batchSize: 8)
    let second = BatchOrder(seed: 5, count: 50, batchSize: 8)
    _ = first.batches(epoch: 0)
    #expect(first.batches(epoch: 9) == second.batches(epoch: 9))
    #expect(first.epoch(9)[4] == second.batches(epoch: 9)[4])
    #expect(
      first.batches(epoch: 1) != BatchOrder(seed: 6, count: 50, batchSize: 8).batches(epoch: 1))
    // Pinned: a change here would change what every stored run continues with.
    #expect(
      BatchOrder(seed: 1, count: 8, batchSize: 8).indices(epoch: 0) == [0, 3, 7, 1, 4, 2, 6, 5])
  }

  @Test func `chosen samples, dropped rests, plain order and odd sizes work`() {
    let chosen = BatchOrder(seed: 1, indices: [3, 5, 9, 11, 12], batchSize: 2, dropLast: true)
    #expect(chosen.batchesPerEpoch == 2)
    #expect(chosen.indices(epoch: 0).sorted() == [3, 5, 9, 11, 12])
    #expect(chosen.batches(epoch: 0).map(\.count) == [2, 2])
    let plain = BatchOrder(seed: 1, count: 5, batchSize: 3, isShuffled: false)
    #expect(plain.batches(epoch: 4) == [[0, 1, 2], [3, 4]])
    #expect(
      BatchOrder(seed: 1, count: 3, batchSize: 0).batches(epoch: 0).map(\.count) == [1, 1, 1])
    #expect(BatchOrder(seed: 1, count: 0, batchSize: 4).batches(epoch: 0).isEmpty)
  }

  @Test func `every place is equally likely`() {
    let order = BatchOrder(seed: 11, count: 5, batchSize: 5)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 5)
    for epoch in 0..<5000 {
      for (place, sample) in order.indices(epoch: epoch).enumerated() {
        counts[sample][place] += 1
      }
    }
    // 1000 expected, standard deviation 28.
    for count in counts.joined() { #expect((880...1120).contains(count)) }
  }
}
