import Foundation
import Records

/// One measured value.
public struct SeriesPoint: Equatable, Sendable, BitwiseCopyable {
  /// The number of updates done when it was measured.
  public var step: Int
  /// Seconds since 1970.
  public var time: Double
  /// The value; may be not finite.
  public var value: Double

  /// Makes a point from its parts.
  public init(step: Int, time: Double, value: Double) {
    self.step = step
    self.time = time
    self.value = value
  }
}

/// What is known of a run of points without looking at them.
struct Rollup: Equatable, Sendable, BitwiseCopyable {
  var firstStep: Int
  var lastStep: Int
  var lastTime: Double
  /// Infinite if no value is finite.
  var minimum: Double
  var maximum: Double
  var sum: Double
  /// Not a number if no value is finite.
  var last: Double
  var count: Int
  var nonFiniteCount: Int

  init(_ point: SeriesPoint) {
    let isFinite = point.value.isFinite
    firstStep = point.step
    lastStep = point.step
    lastTime = point.time
    minimum = isFinite ? point.value : .infinity
    maximum = isFinite ? point.value : -.infinity
    sum = isFinite ? point.value : 0
    last = isFinite ? point.value : .nan
    count = 1
    nonFiniteCount = isFinite ? 0 : 1
  }

  /// Takes in the run that follows.
  mutating func merge(_ next: Rollup) {
    lastStep = next.lastStep
    lastTime = next.lastTime
    minimum = min(minimum, next.minimum)
    maximum = max(maximum, next.maximum)
    sum += next.sum
    if !next.last.isNaN { last = next.last }
    count += next.count
    nonFiniteCount += next.nonFiniteCount
  }

  var bucket: Series.Bucket {
    let finite = count - nonFiniteCount
    return Series.Bucket(
      firstStep: firstStep, lastStep: lastStep, minimum: finite > 0 ? minimum : nil,
      maximum: finite > 0 ? maximum : nil, mean: finite > 0 ? sum / Double(finite) : nil,
      last: finite > 0 ? last : nil, lastTime: lastTime, count: count,
      nonFiniteCount: nonFiniteCount)
  }
}

/// How a window of a series is thinned to what a picture shows.
enum Envelope {
  /// How many entries of a level one entry of the next stands for.
  static let fan = 16

  /// The points that one entry of a level stands for.
  static func size(of level: Int) -> Int { 1 << (4 * level) }

  /// The highest level that still has an entry for each column.
  static func level(for count: Int, columns: Int) -> Int {
    var level = 0
    while count >> (4 * (level + 1)) >= columns { level += 1 }
    return level
  }

  /// Merges entries into at most `columns` buckets that are equally wide in steps.
  ///
  /// An entry belongs to the column in which it begins; each bucket says which steps it covers.
  static func buckets(_ entries: [Rollup], columns: Int) -> [Series.Bucket] {
    guard let first = entries.first, let last = entries.last, entries.count > columns else {
      return entries.map(\.bucket)
    }
    let span = Double(last.lastStep - first.firstStep + 1)
    var merged: [Rollup] = []
    var column = -1
    for entry in entries {
      let own = Int(Double(entry.firstStep - first.firstStep) / span * Double(columns))
      if own == column {
        merged[merged.count - 1].merge(entry)
      } else {
        merged.append(entry)
        column = own
      }
    }
    return merged.map(\.bucket)
  }
}
