import Foundation
import Records
import Tensors

/// The figures of a data set, from all of its numbers.
public struct DataStatistics: Codable, Equatable, Sendable {
  /// The figures of one channel of an array, or of all of it where it has none.
  public struct Channel: Codable, Equatable, Sendable {
    /// The smallest finite number.
    public var minimum: Double
    /// The largest finite number.
    public var maximum: Double
    /// The mean of the finite numbers.
    public var mean: Double
    /// Their standard deviation, of the whole and not of a sample of it.
    public var deviation: Double
    /// How many numbers are not finite.
    public var nonFiniteCount: Int
  }

  /// How many samples a class has.
  public struct ClassCount: Codable, Equatable, Sendable {
    /// The class.
    public var label: Int
    /// Its name.
    public var name: String
    /// The number of samples.
    public var count: Int
  }

  /// The figures of one array.
  public struct Figures: Codable, Equatable, Sendable {
    /// The array's name.
    public var name: String
    /// Its shape.
    public var shape: [Int]
    /// The type of its numbers.
    public var dataType: String
    /// Its channels; one for arrays without.
    public var channels: [Channel]
    /// Its classes, where it holds class numbers.
    public var classes: [ClassCount]
  }

  /// The arrays, in the data set's order.
  public var arrays: [Figures]
}

extension DataView {
  /// Class numbers beyond this are taken for measurements.
  private static let classLimit = 10_000

  /// The figures of all arrays, from every number in them.
  ///
  /// - Throws: `FileFormatError` if an array cannot be read.
  public func statistics() throws -> DataStatistics {
    DataStatistics(
      arrays: try record.arrays.map { entry in
        let array = try array(entry.name)
        let isImage = entry.shape.count == 4
        let channels = isImage ? entry.shape[1] : 1
        let plane = isImage ? entry.shape[2] * entry.shape[3] : max(1, array.count)
        return DataStatistics.Figures(
          name: entry.name, shape: entry.shape, dataType: entry.dataType,
          channels: Self.channels(of: array, count: channels, plane: plane),
          classes: classCounts(of: array, entry))
      })
  }

  private func classCounts(
    of array: HostArray, _ entry: DataRecord.Array
  ) -> [DataStatistics.ClassCount] {
    guard entry.name.lowercased().hasSuffix("targets"), !entry.dataType.contains("float"),
      entry.shape.dropFirst().allSatisfy({ $0 == 1 })
    else { return [] }
    var counts: [Int: Int] = [:]
    for label in array.values(as: Int64.self) { counts[Int(label), default: 0] += 1 }
    guard counts.count <= Self.classLimit else { return [] }
    // A class without a sample is worth seeing.
    for label in record.classNames.indices where counts[label] == nil { counts[label] = 0 }
    return counts.sorted { $0.key < $1.key }.map {
      DataStatistics.ClassCount(label: $0.key, name: className($0.key), count: $0.value)
    }
  }

  private static func channels(
    of array: HostArray, count: Int, plane: Int
  ) -> [DataStatistics.Channel] {
    guard array.count > 0 else { return [] }
    return array.dataType == .uint8
      ? byteChannels(array, count, plane) : numberChannels(array, count, plane)
  }

  /// Bytes are counted by value, from which all figures follow exactly.
  private static func byteChannels(
    _ array: HostArray, _ count: Int, _ plane: Int
  ) -> [DataStatistics.Channel] {
    var counts = [Int](repeating: 0, count: 256 * count)
    array.data.withUnsafeBytes { bytes in
      counts.withUnsafeMutableBufferPointer { counts in
        var position = 0
        while position < bytes.count {
          counts[position / plane % count * 256 + Int(bytes[position])] += 1
          position += 1
        }
      }
    }
    return (0..<count).map { channel in
      let own = counts[(channel * 256)..<(channel * 256 + 256)]
      let total = Double(own.reduce(0, +))
      var (sum, squares) = (0.0, 0.0)
      for (value, times) in own.enumerated() {
        sum += Double(value) * Double(times)
        squares += Double(value * value) * Double(times)
      }
      let mean = sum / total
      let used = own.enumerated().filter { $0.element > 0 }.map(\.offset)
      return DataStatistics.Channel(
        minimum: Double(used.first ?? 0), maximum: Double(used.last ?? 0), mean: mean,
        deviation: max(0, squares / total - mean * mean).squareRoot(), nonFiniteCount: 0)
    }
  }

  /// Other numbers, some rows at a time; mean and deviation by Welford's way, which loses no digits.
  private static func numberChannels(
    _ array: HostArray, _ count: Int, _ plane: Int
  ) -> [DataStatistics.Channel] {
    var results = (0..<count).map { _ in
      (low: Double.infinity, high: -Double.infinity, mean: 0.0, squares: 0.0, number: 0.0, bad: 0)
    }
    let rowCount = max(1, array.shape.first ?? 1)
    let width = max(1, array.count / rowCount)
    let step = max(1, (1 << 18) / width)
    for start in stride(from: 0, to: rowCount, by: step) {
      let rows = (try? array.rows(Array(start..<min(rowCount, start + step)))) ?? array
      for (position, value) in rows.values(as: Double.self).enumerated() {
        let channel = count == 1 ? 0 : position / plane % count
        guard value.isFinite else {
          results[channel].bad += 1
          continue
        }
        results[channel].low = min(results[channel].low, value)
        results[channel].high = max(results[channel].high, value)
        results[channel].number += 1
        let away = value - results[channel].mean
        results[channel].mean += away / results[channel].number
        results[channel].squares += away * (value - results[channel].mean)
      }
    }
    return results.map { one in
      DataStatistics.Channel(
        minimum: one.number > 0 ? one.low : 0, maximum: one.number > 0 ? one.high : 0,
        mean: one.mean, deviation: one.number > 0 ? (one.squares / one.number).squareRoot() : 0,
        nonFiniteCount: one.bad)
    }
  }
}
