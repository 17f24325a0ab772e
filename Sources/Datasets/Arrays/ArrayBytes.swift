import Foundation
import Tensors

/// Sizes and byte orders of array files, checked before anything is allocated.
enum ArrayBytes {
  /// The bytes of an array, or nil when a length is negative or the product overflows.
  static func byteCount(shape: [Int], elementBytes: Int) -> Int? {
    var count = elementBytes
    for length in shape {
      guard length >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }

  /// An array over bytes of a file; Booleans must be 0 or 1.
  static func array(
    shape: [Int], dataType: DataType, data: Data, path: String
  ) throws(FileFormatError) -> HostArray {
    let wrong = dataType == .bool ? data.withUnsafeBytes { $0.first { $0 > 1 } } : nil
    if let wrong {
      throw FileFormatError(
        path: path, reason: "holds the byte \(wrong) as a Boolean, expected 0 or 1")
    }
    do {
      return try HostArray(shape: shape, dataType: dataType, data: data)
    } catch {
      throw FileFormatError(path: path, reason: error.message)
    }
  }

  /// The same elements with their bytes in the other order; nil when memory runs out.
  static func byteSwapped(_ data: Data, elementBytes: Int) -> Data? {
    guard elementBytes > 1 else { return data }
    guard let result = FilledBytes(count: data.count) else { return nil }
    let target = result.buffer
    data.withUnsafeBytes { source in
      func swap<Element: FixedWidthInteger>(_ type: Element.Type) {
        for offset in stride(from: 0, to: source.count, by: elementBytes) {
          let element = source.loadUnaligned(fromByteOffset: offset, as: type)
          target.storeBytes(of: element.byteSwapped, toByteOffset: offset, as: type)
        }
      }
      switch elementBytes {
      case 2: swap(UInt16.self)
      case 4: swap(UInt32.self)
      default: swap(UInt64.self)
      }
    }
    return result.data()
  }

  /// Column-major elements in row-major order; nil when memory runs out.
  static func rowMajor(_ data: Data, shape: [Int], elementBytes: Int) -> Data? {
    guard shape.count > 1, !data.isEmpty else { return data }
    guard let result = FilledBytes(count: data.count) else { return nil }
    // The step of each axis in the column-major source, in elements.
    var steps = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { steps[axis] = steps[axis - 1] * shape[axis - 1] }
    let target = result.buffer
    data.withUnsafeBytes { source in
      func reorder<Element: FixedWidthInteger>(_ type: Element.Type) {
        var position = [Int](repeating: 0, count: shape.count)
        var from = 0
        for to in 0..<(source.count / elementBytes) {
          let element = source.loadUnaligned(fromByteOffset: from * elementBytes, as: type)
          target.storeBytes(of: element, toByteOffset: to * elementBytes, as: type)
          var axis = shape.count - 1
          while axis >= 0 {
            position[axis] += 1
            from += steps[axis]
            if position[axis] < shape[axis] { break }
            from -= steps[axis] * shape[axis]
            position[axis] = 0
            axis -= 1
          }
        }
      }
      switch elementBytes {
      case 1: reorder(UInt8.self)
      case 2: reorder(UInt16.self)
      case 4: reorder(UInt32.self)
      default: reorder(UInt64.self)
      }
    }
    return result.data()
  }
}
