/// Why a file could not be read or written, as one sentence.
public struct FileFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder, as the caller named it.
  public let path: String
  /// What was wrong, and where in the file when that helps.
  public let reason: String

  /// Whether the file could not be written because there was no room for it.
  public let isDiskFull: Bool

  /// An error about a file.
  public init(path: String, reason: String, isDiskFull: Bool = false) {
    self.path = path
    self.reason = reason
    self.isDiskFull = isDiskFull
  }

  /// The sentence: the file, then what was wrong with it.
  public var description: String { "\(path): \(reason)" }
}
