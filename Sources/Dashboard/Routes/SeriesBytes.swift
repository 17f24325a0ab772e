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

  static func encode(_ series: [Series]) -> Data {
    var data = Data("LSERIES1".utf8)
    func add(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
    add(UInt32(series.count))
    add(UInt32(0))
    for one in series {
      let names = Data(one.session.utf8) + Data(one.key.utf8)
      add(UInt32(one.session.utf8.count))
      add(UInt32(one.key.utf8.count))
      add(UInt64(one.totalCount))
      add(UInt32(one.buckets.count))
      add(UInt32(0))
      data.append(names)
      data.append(Data(count: (8 - names.count % 8) % 8))
      let columns: [(Series.Bucket) -> Double] = [
        { Double($0.firstStep) }, { Double($0.lastStep) }, { $0.lastTime },
        { $0.minimum ?? .nan }, { $0.maximum ?? .nan }, { $0.mean ?? .nan }, { $0.last ?? .nan },
        { Double($0.count) }, { Double($0.nonFiniteCount) },
      ]
      for column in columns {
        for bucket in one.buckets { add(column(bucket).bitPattern) }
      }
    }
    return data
  }
}
