import CTorch
import Foundation

/// An array of numbers on a device, with everything libtorch can do to it.
///
/// A tensor belongs to the task that made it: it is not `Sendable`. What leaves is a `HostArray` or
/// plain numbers. Every function that makes a tensor throws `TensorError`.
public final class Tensor {
  /// Owned: freed in `deinit`.
  let handle: CTTensor

  /// Takes ownership of a handle of the backend.
  init(owning handle: CTTensor) {
    self.handle = handle
  }

  deinit {
    // A handle can only come from a loaded backend.
    Backend.loaded?.pointee.tensor_free(handle)
  }
}

/// Tensors stay on the thread of their session; send a `HostArray` instead.
@available(*, unavailable)
extension Tensor: Sendable {}

extension Tensor {
  var info: CTTensorInfo {
    var info = CTTensorInfo()
    Backend.loaded?.pointee.info(handle, &info)
    return info
  }

  /// The length of each axis; empty for a single number.
  public var shape: [Int] {
    let info = self.info
    return (0..<Int(info.rank)).map { axis in Int(info.shape?[axis] ?? 0) }
  }

  /// The number of axes.
  public var rank: Int { Int(info.rank) }

  /// The number of elements.
  public var count: Int { Int(info.count) }

  /// The type of the elements.
  public var dataType: DataType { DataType(code: info.data_type) ?? .float32 }

  /// Where the elements are.
  public var device: Device { Device(code: info.device) }

  /// A copy of the elements in host memory.
  public func hostArray() throws(TensorError) -> HostArray {
    let info = self.info
    guard let dataType = DataType(code: info.data_type) else {
      throw TensorError(
        operation: "hostArray", message: "its element type has no counterpart in Swift",
        shapes: [shape])
    }
    let byteCount = Int(info.count) * dataType.byteCount
    var data = Data(count: byteCount)
    try check("hostArray", [self]) { backend in
      data.withUnsafeMutableBytes { bytes in
        // An empty Data has no address.
        guard let base = bytes.baseAddress else { return nil }
        return backend.copy_out(handle, base, Int64(byteCount))
      }
    }
    return HostArray(unchecked: shape, dataType, data)
  }

  /// A copy of the elements as Swift numbers, converted where the types differ.
  public func values<Scalar: TensorScalar>(
    as type: Scalar.Type = Float.self
  ) throws(TensorError) -> [Scalar] {
    try hostArray().values(as: type)
  }

  /// The number of a tensor that holds exactly one.
  public func item() throws(TensorError) -> Double {
    var number = 0.0
    try check("item", [self]) { $0.item(handle, &number) }
    return number
  }
}

extension Tensor: CustomStringConvertible {
  /// Type, shape and place, such as `float32[2, 3] on cpu`.
  public var description: String { "\(dataType.rawValue)\(shape) on \(device)" }
}
