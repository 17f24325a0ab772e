/// An array of a data manager, where it lies and who uses it.
public struct ArrayPlacement: Codable, Equatable, Sendable {
  /// How an array serves a device.
  public enum Form: String, CaseIterable, Codable, Sendable {
    /// A copy of the whole array lies on the device.
    case resident
    /// It stays in host memory or in its file; batches of it are brought to the device.
    case host
  }

  /// The array's name.
  public var name: String
  /// The device it serves: `cpu`, `cuda:0`.
  public var device: String
  /// How it serves it.
  public var form: Form
  /// The array's bytes.
  public var byteCount: Int
  /// How many use it now; a resident that nobody uses is the first to go when room is short.
  public var users: Int
  /// Whether it stays on the device though nobody uses it.
  public var isPinned: Bool

  /// Makes a placement from its parts.
  public init(
    name: String, device: String, form: Form, byteCount: Int, users: Int, isPinned: Bool
  ) {
    self.name = name
    self.device = device
    self.form = form
    self.byteCount = byteCount
    self.users = users
    self.isPinned = isPinned
  }
}
