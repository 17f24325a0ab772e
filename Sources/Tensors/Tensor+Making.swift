import CTorch
import Foundation

extension Tensor {
  /// A copy of an array on a device.
  public convenience init(_ array: HostArray, device: Device = .cpu) throws(TensorError) {
    var out = CTTensor()
    let shape = array.shape.wide
    try check("Tensor") { backend in
      array.data.withUnsafeBytes { bytes in
        let base = bytes.baseAddress ?? Tensor.noBytes
        return backend.from_data(
          base, array.dataType.code, shape, Int64(shape.count), device.code, &out)
      }
    }
    self.init(owning: out)
  }

  /// A tensor on the CPU over an array's own bytes, which are not copied: for reading only.
  ///
  /// It keeps the bytes, which may be a mapped file. Those that no tensor can lie over, because they
  /// are few or not aligned, are copied.
  package static func reading(_ array: HostArray) throws(TensorError) -> Tensor {
    // A Data of a few bytes holds them in itself, without a place that stays.
    let address = array.data.count < 64 ? nil : array.data.withUnsafeBytes(\.baseAddress)
    guard let address, Int(bitPattern: address) % array.dataType.byteCount == 0 else {
      return try Tensor(array)
    }
    let shape = array.shape.wide
    return try making("Tensor") { backend, out in
      let owner = Unmanaged.passRetained(HostBytes(data: array.data)).toOpaque()
      return backend.over_data(
        address, array.dataType.code, shape, Int64(shape.count), owner,
        { Unmanaged<HostBytes>.fromOpaque($0).release() }, out)
    }
  }

  /// A tensor of Swift numbers, row by row; throws if their number does not fit the shape.
  public convenience init<Scalar: TensorScalar>(
    _ values: [Scalar], shape: [Int], device: Device = .cpu
  ) throws(TensorError) {
    let count = try HostArray.count(of: shape)
    guard values.count == count else {
      throw TensorError(
        operation: "Tensor", message: "\(values.count) values for shape \(shape), expected \(count)"
      )
    }
    var out = CTTensor()
    let lengths = shape.wide
    try check("Tensor") { backend in
      values.withUnsafeBytes { bytes in
        let base = bytes.baseAddress ?? Tensor.noBytes
        return backend.from_data(
          base, Scalar.dataType.code, lengths, Int64(lengths.count), device.code, &out)
      }
    }
    self.init(owning: out)
  }

  /// A single number: a tensor without axes.
  public convenience init(
    _ scalar: Double, dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) {
    var out = CTTensor()
    try check("Tensor") { $0.full([], 0, scalar, dataType.code, device.code, &out) }
    self.init(owning: out)
  }

  /// An address for arrays without elements; nothing is read from it.
  private static var noBytes: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped }

  /// All zeros.
  public static func zeros(
    _ shape: [Int], dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try full(shape, 0, dataType: dataType, device: device)
  }

  /// All ones.
  public static func ones(
    _ shape: [Int], dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try full(shape, 1, dataType: dataType, device: device)
  }

  /// One number everywhere.
  public static func full(
    _ shape: [Int], _ value: Double, dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    _ = try HostArray.count(of: shape)
    return try making("full") {
      $0.full(shape.wide, Int64(shape.count), value, dataType.code, device.code, $1)
    }
  }

  /// The numbers 0, 1, … up to but not including `end`.
  public static func arange(
    _ end: Int, dataType: DataType = .int64, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try making("arange") { $0.arange(Int64(end), dataType.code, device.code, $1) }
  }

  /// The identity matrix of `count` rows and columns.
  public static func eye(
    _ count: Int, dataType: DataType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try making("eye") { $0.eye(Int64(count), dataType.code, device.code, $1) }
  }

  /// Tensors one after another along an axis they have; all other axes agree.
  public static func concatenate(_ tensors: [Tensor], axis: Int) throws(TensorError) -> Tensor {
    try join("concatenate", tensors, axis: axis, onNewAxis: false)
  }

  /// Tensors of one shape one after another along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int) throws(TensorError) -> Tensor {
    try join("stack", tensors, axis: axis, onNewAxis: true)
  }

  private static func join(
    _ operation: String, _ tensors: [Tensor], axis: Int, onNewAxis: Bool
  ) throws(TensorError) -> Tensor {
    // The list must outlive the call, so that no tensor in it is freed early.
    try withExtendedLifetime(tensors) { () throws(TensorError) -> Tensor in
      let handles = tensors.map(\.handle)
      return try making(operation, tensors) {
        $0.join(handles, Int64(handles.count), Int64(axis), onNewAxis, $1)
      }
    }
  }
}

/// The bytes that a tensor lies over.
private final class HostBytes {
  private let data: Data

  init(data: Data) {
    self.data = data
  }
}
