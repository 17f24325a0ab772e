import Foundation
import Records

/// Curves as bytes, in a form that a browser reads without copying: all numbers are little-endian
/// and every column begins at a multiple of 8 bytes.
///
/// ```
/// "LSERIES1"                   8 bytes
/// count of series              u32, then 4 bytes of nothing
/// for each series:
///   length of the session's id u32
///   length of the key          u32
///   total count of points      u64
///   count of buckets n         u32, then 4 bytes of nothing
///   id and key                 UTF-8, filled up with zeros to a multiple of 8 bytes
///   firstStep, lastStep, lastTime, minimum, maximum, mean, last   n f64 each
///   count, nonFiniteCount                                         n f64 each
/// ```
/// What a bucket has not got is not-a-number; `nonFiniteCount` tells how many points were none.
enum SeriesBytes {
  /// What to ask for in `Accept`.
  static let mediaType = "application/vnd.lasagne.series"

  private static let columns: [@Sendable (Series.Bucket) -> Double] = [
    { Double($0.firstStep) }, { Double($0.lastStep) }, { $0.lastTime },
    { $0.minimum ?? .nan }, { $0.maximum ?? .nan }, { $0.mean ?? .nan }, { $0.last ?? .nan },
    { Double($0.count) }, { Double($0.nonFiniteCount) },
  ]

  static func encode(_ series: [Series]) -> Data {
    func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }
    let names = series.map { Array($0.session.utf8) + Array($0.key.utf8) }
    let size = zip(series, names).reduce(16) {
      $0 + 24 + padded($1.1.count) + $1.0.buckets.count * columns.count * 8
    }
    // All of it at once: a chart of hundreds of runs is millions of numbers.
    var data = Data(count: size)
    data.withUnsafeMutableBytes { bytes in
      var place = 0
      func add(_ number: some FixedWidthInteger) {
        bytes.storeBytes(of: number.littleEndian, toByteOffset: place, as: type(of: number))
        place += number.bitWidth / 8
      }
      for letter in "LSERIES1".utf8 { add(letter) }
      add(UInt32(series.count))
      add(UInt32(0))
      for (one, name) in zip(series, names) {
        add(UInt32(one.session.utf8.count))
        add(UInt32(one.key.utf8.count))
        add(UInt64(one.totalCount))
        add(UInt32(one.buckets.count))
        add(UInt32(0))
        for letter in name { add(letter) }
        place += padded(name.count) - name.count
        for column in columns {
          for bucket in one.buckets { add(column(bucket).bitPattern) }
        }
      }
    }
    return data
  }
}
