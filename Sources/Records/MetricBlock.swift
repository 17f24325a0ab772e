/// The values measured under the same keys at several steps, one after the other.
///
/// Logging a step into a block costs a few nanoseconds, many times less than `MetricPoints` of its
/// own: keys are said once, and all numbers lie side by side.
public struct MetricBlock: Codable, Equatable, Sendable {
  /// The metrics' keys, each once.
  public let keys: [String]
  /// The number of updates done at each measurement.
  public private(set) var steps: [Int] = []
  /// The position in epochs of each.
  public private(set) var epochs: [Double] = []
  /// Seconds since 1970 of each.
  public private(set) var times: [Double] = []
  /// The values, step by step, in the order of the keys (`count × keys.count`).
  public private(set) var values: [Double] = []

  /// Makes a block without steps; `capacity` is how many are expected.
  public init(keys: [String], capacity: Int = 0) {
    self.keys = keys
    steps.reserveCapacity(capacity)
    epochs.reserveCapacity(capacity)
    times.reserveCapacity(capacity)
    values.reserveCapacity(capacity * keys.count)
  }

  /// The number of steps.
  public var count: Int { steps.count }

  /// Adds a step; `values` has one value for each key, in their order.
  @inlinable
  public mutating func append(
    step: Int, epoch: Double, time: Double, values row: some Sequence<Double>
  ) {
    begin(step: step, epoch: epoch, time: time)
    for value in row { put(value) }
  }

  /// Begins a step; ``put(_:)`` is to follow once for each key.
  public mutating func begin(step: Int, epoch: Double, time: Double) {
    steps.append(step)
    epochs.append(epoch)
    times.append(time)
  }

  /// Adds the next value of the step that was begun last.
  public mutating func put(_ value: Double) { values.append(value) }

  /// Adds several steps; `values` has one value for each key and step, in the order of the block's.
  public mutating func append(steps: [Int], epochs: [Double], times: [Double], values: [Double]) {
    self.steps += steps
    self.epochs += epochs
    self.times += times
    self.values += values
  }

  /// Adds the steps of another block; `false`, and nothing is added, where that has other keys.
  public mutating func append(_ other: MetricBlock) -> Bool {
    guard keys == other.keys else { return false }
    steps += other.steps
    epochs += other.epochs
    times += other.times
    values += other.values
    return true
  }

  /// Forgets all steps and keeps the room for them.
  public mutating func removeAll() {
    steps.removeAll(keepingCapacity: true)
    epochs.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// Whether every step has a position, a time and a value for each key.
  public var isWhole: Bool {
    epochs.count == steps.count && times.count == steps.count
      && values.count == steps.count * keys.count
  }

  /// The measurements of one step; not-a-number and infinity are legal.
  public func points(at index: Int) -> MetricPoints {
    let row = values[(index * keys.count)..<((index + 1) * keys.count)]
    return MetricPoints(
      step: steps[index], epoch: epochs[index], time: times[index],
      values: Dictionary(zip(keys, row)) { _, last in last })
  }
}
