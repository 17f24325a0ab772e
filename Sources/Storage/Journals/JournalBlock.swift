import Records

/// The values of several steps as a journal stores them: column by column.
struct JournalBlock {
  /// No record has more steps; a larger number can only be damage.
  static let mostSteps = 4096

  var steps: [Int64]
  var epochs: [Double]
  var times: [Double]
  /// The metrics' numbers, each once.
  var keys: [Int]
  /// The values of each metric, step by step.
  var columns: [[Double]]

  /// Some steps of a block, under the numbers of its keys.
  init(_ block: MetricBlock, _ range: Range<Int>, keys: [Int]) {
    self.keys = keys
    steps = block.steps[range].map { Int64($0) }
    epochs = Array(block.epochs[range])
    times = Array(block.times[range])
    let width = keys.count
    columns = block.values.withUnsafeBufferPointer { values in
      (0..<width).map { key in
        [Double](unsafeUninitializedCapacity: range.count) { column, count in
          var place = range.lowerBound * width + key
          for index in 0..<range.count {
            column.initializeElement(at: index, to: values[place])
            place += width
          }
          count = range.count
        }
      }
    }
  }

  /// Takes a payload apart; `nil` if it is not that of a block.
  init?(_ reader: inout ByteReader, keyCount: Int) {
    guard let count = reader.count(), count > 0, count <= Self.mostSteps,
      let width = reader.count(), width <= keyCount
    else { return nil }
    keys = []
    for _ in 0..<width {
      guard let key = reader.count(), key < keyCount else { return nil }
      keys.append(key)
    }
    guard let steps = Columns.integers(count, &reader),
      let epochs = Columns.doubles(count, &reader), let times = Columns.doubles(count, &reader)
    else { return nil }
    (self.steps, self.epochs, self.times, columns) = (steps, epochs, times, [])
    for _ in 0..<width {
      guard let column = Columns.doubles(count, &reader) else { return nil }
      columns.append(column)
    }
  }

  /// Appends the payload behind its kind.
  func put(_ writer: inout ByteWriter) {
    writer.putCount(steps.count)
    writer.putCount(keys.count)
    for key in keys { writer.putCount(key) }
    Columns.put(steps, &writer)
    Columns.put(epochs, &writer)
    Columns.put(times, &writer)
    for column in columns { Columns.put(column, &writer) }
  }

  /// The measurements of each step under their names, or of about `most` of them that end with the
  /// last one.
  func points(_ names: [String], most: Int? = nil) -> [MetricPoints] {
    let named = keys.map { names[$0] }
    let stride = max(1, most.map { steps.count / max($0, 1) } ?? 1)
    let chosen = steps.indices.filter { (steps.count - 1 - $0).isMultiple(of: stride) }
    return chosen.map { index in
      MetricPoints(
        step: Int(steps[index]), epoch: epochs[index], time: times[index],
        values: Dictionary(zip(named, columns.map { $0[index] })) { _, last in last })
    }
  }
}
