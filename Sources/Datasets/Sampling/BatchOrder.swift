/// Which samples each batch of each epoch holds: a pure function of the seed and the epoch.
///
/// Every epoch visits every sample once, in an order of its own (`SplitMix64` seeded by seed and
/// epoch, shuffled by Fisher and Yates). A run that goes on at batch k of epoch e therefore needs no
/// state but these two numbers.
public struct BatchOrder: Equatable, Sendable {
  /// What the order is made from.
  public let seed: UInt64
  /// The samples to choose from.
  public let indices: [Int]
  /// Samples in a batch; the last batch of an epoch may have fewer.
  public let batchSize: Int
  /// Whether a last batch that is not full is left out.
  public let dropLast: Bool
  /// Whether epochs are in random order; otherwise each is in the order of `indices`.
  public let isShuffled: Bool

  /// An order over the samples `0..<count`.
  public init(
    seed: UInt64, count: Int, batchSize: Int, dropLast: Bool = false, isShuffled: Bool = true
  ) {
    self.init(
      seed: seed, indices: Array(0..<max(0, count)), batchSize: batchSize, dropLast: dropLast,
      isShuffled: isShuffled)
  }

  /// An order over chosen samples, such as the training part of a split.
  ///
  /// A batch size below 1 counts as 1.
  public init(
    seed: UInt64, indices: [Int], batchSize: Int, dropLast: Bool = false, isShuffled: Bool = true
  ) {
    self.seed = seed
    self.indices = indices
    self.batchSize = max(1, batchSize)
    self.dropLast = dropLast
    self.isShuffled = isShuffled
  }

  /// The number of batches in every epoch.
  public var batchesPerEpoch: Int {
    let full = indices.count / batchSize
    return dropLast || indices.count % batchSize == 0 ? full : full + 1
  }

  /// The samples of an epoch in their order, those of a batch left out included.
  public func indices(epoch: Int) -> [Int] {
    guard isShuffled else { return indices }
    var order = indices
    var generator = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
    generator.shuffle(&order)
    return order
  }

  /// The batches of an epoch; keep this value to take its batches one by one.
  public func epoch(_ epoch: Int) -> Epoch {
    Epoch(order: indices(epoch: epoch), batchSize: batchSize, count: batchesPerEpoch)
  }

  /// All batches of an epoch as lists of samples.
  public func batches(epoch: Int) -> [[Int]] {
    Array(self.epoch(epoch))
  }

  /// The batches of one epoch.
  public struct Epoch: RandomAccessCollection, Equatable, Sendable {
    /// The samples in their order.
    public let order: [Int]
    private let batchSize: Int
    /// The number of batches.
    public let count: Int

    init(order: [Int], batchSize: Int, count: Int) {
      self.order = order
      self.batchSize = batchSize
      self.count = count
    }

    /// The first batch's position.
    public var startIndex: Int { 0 }
    /// The position after the last batch.
    public var endIndex: Int { count }

    /// The samples of a batch.
    public subscript(batch: Int) -> [Int] {
      let start = batch * batchSize
      return Array(order[start..<Swift.min(start + batchSize, order.count)])
    }
  }
}
