import Records

/// Puts what was measured into the records of one journal, in order.
///
/// Measurements under the same keys that follow each other become blocks; a few are records of
/// their own, which are shorter then.
struct JournalEncoder {
  /// Something that was appended to a journal.
  enum Item {
    case entry(JournalEntry)
    case block(MetricBlock)

    /// About the memory it takes.
    var size: Int {
      switch self {
      case .entry(.metrics(let points)): 96 + 48 * points.values.count
      case .entry(.histogram(let histogram)): 160 + 8 * histogram.counts.count
      case .entry(.images(let stack)): 160 + 4 * stack.values.count
      case .block(let block): 128 + 24 * block.count + 8 * block.values.count
      }
    }
  }

  private static let fewestSteps = 4

  /// Whole records.
  var buffer = ByteWriter()
  private var numbers: [String: Int] = [:]
  private var open = MetricBlock(keys: [])
  private var openKeys: [Int] = []
  /// The keys of the measurements that the block began with, in their dictionary's order, and the
  /// place of each in the block.
  private var listedKeys: [String] = []
  private var places: [Int] = []
  /// The values of one step in the order of the block's keys.
  private var row: [Double] = []

  /// Encodes items behind what is in the buffer.
  mutating func encode(_ items: [Item]) {
    for item in items {
      switch item {
      case .entry(.metrics(let points)): add(points)
      case .entry(.histogram(let histogram)):
        finish()
        let key = number(of: histogram.key)
        buffer.frame { $0.putHistogram(key: key, histogram) }
      case .entry(.images(let images)):
        finish()
        let key = number(of: images.key)
        buffer.frame { $0.putImages(key: key, images) }
      case .block(let block):
        // What is long enough by itself need not be copied behind something else.
        if open.count == 0 || open.count + block.count > JournalBlock.mostSteps
          || !open.append(block)
        {
          finish()
          begin(block)
        }
      }
    }
    finish()
  }

  private mutating func begin(_ block: MetricBlock) {
    openKeys = block.keys.map { number(of: $0) }
    open = block
    // What was listed belongs to another block.
    listedKeys = []
  }

  private mutating func add(_ points: MetricPoints) {
    if open.count == 0 || !append(points) {
      finish()
      let listed = Array(points.values.keys.enumerated())
      let sorted = listed.sorted { $0.element < $1.element }
      places = Array(repeating: 0, count: sorted.count)
      for (place, entry) in sorted.enumerated() { places[entry.offset] = place }
      row = Array(repeating: .nan, count: sorted.count)
      begin(MetricBlock(keys: sorted.map(\.element)))
      listedKeys = listed.map(\.element)
      _ = append(points)
    }
    if open.count == JournalBlock.mostSteps { finish() }
  }

  /// Adds a measurement to the block that grows; false, and nothing is added, where it is not under
  /// the block's keys.
  private mutating func append(_ points: MetricPoints) -> Bool {
    guard points.values.count == open.keys.count, placed(points.values) else { return false }
    open.append(step: points.step, epoch: points.epoch, time: points.time, values: row)
    return true
  }

  /// Brings values into the order of the block's keys.
  private mutating func placed(_ values: [String: Double]) -> Bool {
    // Dictionaries that were made alike list their keys in the same order, which is found faster
    // than each key.
    if listedKeys.count == values.count {
      var index = 0
      for (key, value) in values {
        guard key == listedKeys[index] else { break }
        row[places[index]] = value
        index += 1
      }
      if index == values.count { return true }
    }
    row = Array(repeating: .nan, count: open.keys.count)
    for (place, key) in open.keys.enumerated() {
      guard let value = values[key] else { return false }
      row[place] = value
    }
    return true
  }

  /// Ends the block that grows.
  private mutating func finish() {
    var start = 0
    while start < open.count {
      let range = start..<min(start + JournalBlock.mostSteps, open.count)
      if range.count < Self.fewestSteps {
        for index in range { putStep(index) }
      } else {
        let block = JournalBlock(open, range, keys: openKeys)
        buffer.frame { writer in
          writer.put(JournalRecord.blockKind)
          block.put(&writer)
        }
      }
      start = range.upperBound
    }
    open = MetricBlock(keys: [])
  }

  private mutating func putStep(_ index: Int) {
    buffer.frame { writer in
      writer.put(UInt8(2))
      writer.put(open.steps[index])
      writer.put(open.epochs[index])
      writer.put(open.times[index])
      writer.putCount(openKeys.count)
      for (place, key) in openKeys.enumerated() {
        writer.putCount(key)
        writer.put(open.values[index * openKeys.count + place])
      }
    }
  }

  private mutating func number(of key: String) -> Int {
    if let known = numbers[key] { return known }
    let number = numbers.count
    numbers[key] = number
    buffer.frame { $0.putKey(key) }
    return number
  }
}
