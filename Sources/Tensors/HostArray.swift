import Foundation

/// Numbers in host memory: row-major, little-endian, immutable.
///
/// What files hold and what may cross from one task to another; a `Tensor` never does. The bytes may
/// be a memory-mapped file.
public struct HostArray: Equatable, Sendable {
  /// The length of each axis; empty for a single number.
  public let shape: [Int]
  /// The type of the elements.
  public let dataType: DataType
  /// The elements' bytes.
  public let data: Data

  /// An array over bytes; throws if their number does not fit the shape.
  public init(shape: [Int], dataType: DataType, data: Data) throws(TensorError) {
    let count = try HostArray.count(of: shape)
    let (expected, overflow) = count.multipliedReportingOverflow(by: dataType.byteCount)
    guard !overflow, data.count == expected else {
      throw TensorError(
        operation: "HostArray",
        message:
          "\(data.count) bytes for shape \(shape) of \(dataType.rawValue), expected \(expected)")
    }
    self.shape = shape
    self.dataType = dataType
    self.data = data
  }

  /// An array of Swift numbers; throws if their number does not fit the shape.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws(TensorError) {
    let count = try HostArray.count(of: shape)
    guard values.count == count else {
      throw TensorError(
        operation: "HostArray",
        message: "\(values.count) values for shape \(shape), expected \(count)")
    }
    self.init(unchecked: shape, Scalar.dataType, values.withUnsafeBytes { Data($0) })
  }

  /// For callers that have made the byte count fit.
  init(unchecked shape: [Int], _ dataType: DataType, _ data: Data) {
    self.shape = shape
    self.dataType = dataType
    self.data = data
  }

  /// The number of elements.
  public var count: Int { data.count / dataType.byteCount }

  /// The same elements under another shape; throws if the count differs.
  public func reshaped(_ shape: [Int]) throws(TensorError) -> HostArray {
    guard try HostArray.count(of: shape) == count else {
      throw TensorError(
        operation: "reshaped", message: "\(count) elements do not fit shape \(shape)",
        shapes: [self.shape])
    }
    return HostArray(unchecked: shape, dataType, data)
  }

  /// The rows (entries of axis 0) with the given indices, in that order.
  public func rows(_ indices: [Int]) throws(TensorError) -> HostArray {
    guard let rowCount = shape.first else {
      throw TensorError(operation: "rows", message: "a single number has no rows")
    }
    if let wrong = indices.first(where: { $0 < 0 || $0 >= rowCount }) {
      throw TensorError(
        operation: "rows", message: "index \(wrong) is outside 0..<\(rowCount)", shapes: [shape])
    }
    let rowBytes = rowCount == 0 ? 0 : data.count / rowCount
    var gathered = Data(count: rowBytes * indices.count)
    if rowBytes > 0 {
      gathered.withUnsafeMutableBytes { target in
        data.withUnsafeBytes { source in
          for (position, index) in indices.enumerated() {
            target[(position * rowBytes)..<((position + 1) * rowBytes)].copyBytes(
              from: source[(index * rowBytes)..<((index + 1) * rowBytes)])
          }
        }
      }
    }
    return HostArray(unchecked: [indices.count] + shape.dropFirst(), dataType, gathered)
  }

  /// The number of elements of a shape; throws for a negative length or an overflow.
  static func count(of shape: [Int]) throws(TensorError) -> Int {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else {
        throw TensorError(
          operation: "HostArray",
          message: "shape \(shape) is not possible, lengths are 0 or more and fit in memory")
      }
      count = product
    }
    return count
  }
}
