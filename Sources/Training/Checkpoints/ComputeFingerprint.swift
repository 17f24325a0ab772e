import Tensors

/// What decides, beside the recipe and the data, which bits a computation gives.
public enum ComputeFingerprint {
  /// The values on this machine now: `torch`, `device`, `deviceName`, `threads`, `capability`, and of
  /// a GPU its `precision`.
  public static func current(device: Device) -> [String: String] {
    var values = [
      "torch": Backend.version,
      "device": device.description,
      "threads": String(Backend.threadCount),
      "capability": Backend.capability,
    ]
    if device != .cpu { values["precision"] = Backend.precision }
    if let info = Backend.devices().first(where: { $0.device == device }) {
      values["deviceName"] = info.name
    }
    return values
  }

  /// Why two fingerprints do not promise the same bits, in a few words; `nil` if they do.
  public static func difference(from old: [String: String], to new: [String: String]) -> String? {
    let changes = Set(old.keys).union(new.keys).sorted().compactMap { key -> String? in
      guard old[key] != new[key] else { return nil }
      return "\(key) was \(old[key] ?? "unknown") and is \(new[key] ?? "unknown")"
    }
    return changes.isEmpty ? nil : changes.joined(separator: ", ")
  }
}
