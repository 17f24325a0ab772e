import CTorch

/// One device and its memory.
public struct DeviceInfo: Equatable, Codable, Sendable {
  /// Which device.
  public var device: Device
  /// What its maker calls it.
  public var name: String
  /// Bytes of its memory.
  public var totalBytes: Int
  /// Bytes that can still be had.
  public var freeBytes: Int
  /// Bytes this process holds: its resident memory, or what it has reserved on the GPU.
  public var usedBytes: Int
  /// Processor cores, or streaming multiprocessors of a GPU.
  public var coreCount: Int

  /// A device and its memory.
  public init(
    device: Device, name: String, totalBytes: Int, freeBytes: Int, usedBytes: Int, coreCount: Int
  ) {
    self.device = device
    self.name = name
    self.totalBytes = totalBytes
    self.freeBytes = freeBytes
    self.usedBytes = usedBytes
    self.coreCount = coreCount
  }
}

extension Backend {
  /// The CPU, then each GPU; empty if the backend cannot be loaded.
  public static func devices() -> [DeviceInfo] {
    guard let backend = loaded?.pointee else { return [] }
    let gpus = (0..<Int(backend.cuda_device_count())).map { Device.cuda($0) }
    return ([.cpu] + gpus).compactMap { device in
      var info = CTDeviceInfo()
      if let error = backend.device_info(device.code, &info) {
        backend.error_free(error)
        return nil
      }
      return DeviceInfo(device: device, info)
    }
  }
}

extension DeviceInfo {
  fileprivate init(device: Device, _ info: CTDeviceInfo) {
    let name = withUnsafeBytes(of: info.name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(
      device: device, name: name, totalBytes: Int(info.total_bytes),
      freeBytes: Int(info.free_bytes), usedBytes: Int(info.used_bytes),
      coreCount: Int(info.core_count))
  }
}
