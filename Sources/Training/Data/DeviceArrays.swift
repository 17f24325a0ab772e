import Tensors

/// Where an array of a run lies while the run goes on.
public enum ArrayPlace {
  /// As a whole on the device, where it is only read; `use` is kept for as long as the run needs it.
  case resident(Tensor, use: AnyObject?)
  /// In host memory, which may be a mapped file: each batch is brought to the device.
  ///
  /// - `readsAhead`: whether the next batch is read while the device computes.
  case host(use: AnyObject?, readsAhead: Bool)
}

/// Decides where the arrays of runs lie, so that runs of one process can share them.
public protocol DeviceArrays: Sendable {
  /// The place of an array for a run on a device.
  ///
  /// Asked once for each array when a run begins. What a run computes does not depend on the answer.
  func place(_ array: HostArray, on device: Device) throws -> ArrayPlace
}

/// Gives every run arrays of its own: on the device where they take a small part of its memory.
///
/// On the CPU these are the arrays' own bytes.
public struct OwnArrays: DeviceArrays {
  /// Larger arrays than this part of a device's memory stay where they are.
  private static let residentShare = 0.25

  /// Makes the usual places.
  public init() {}

  /// On the device, if it has room.
  public func place(_ array: HostArray, on device: Device) throws -> ArrayPlace {
    let memory = Backend.devices().first { $0.device == device }?.totalBytes ?? .max
    guard Double(array.data.count) <= Self.residentShare * Double(memory) else {
      return .host(use: nil, readsAhead: true)
    }
    let tensor = device == .cpu ? try Tensor.reading(array) : try Tensor(array, device: device)
    return .resident(tensor, use: nil)
  }
}
