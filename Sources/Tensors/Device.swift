import CTorch

/// Where a tensor lives: the CPU's memory, or one GPU's.
public enum Device: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The machine's processor cores and memory.
  case cpu
  /// A CUDA GPU, by its index.
  case cuda(Int)

  /// Reads `"cpu"`, `"cuda"` (the first GPU) or `"cuda:1"`.
  public init?(_ text: String) {
    switch text {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else {
        return nil
      }
      self = .cuda(index)
    }
  }

  /// `"cpu"` or `"cuda:0"`.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// Reads the description form from a single string.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let device = Device(text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "device: got \"\(text)\", expected \"cpu\" or \"cuda:0\""))
    }
    self = device
  }

  /// Writes the description form as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Device {
  var code: CTDevice {
    switch self {
    case .cpu: CTDevice(kind: Int32(CT_CPU.rawValue), index: 0)
    case .cuda(let index): CTDevice(kind: Int32(CT_CUDA.rawValue), index: Int32(index))
    }
  }

  init(code: CTDevice) {
    self = code.kind == Int32(CT_CUDA.rawValue) ? .cuda(Int(code.index)) : .cpu
  }
}
