import Foundation

/// Why something in a workspace could not be read or written, as one sentence for people.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is; for programs to decide by.
  public enum Kind: Equatable, Sendable {
    /// The thing asked for is not there.
    case missing
    /// The name is taken.
    case exists
    /// A name, a reference or an argument is not allowed.
    case invalid
    /// The folder is not a workspace.
    case notAWorkspace
    /// The file was written by a newer version of this program.
    case newerVersion
    /// Another process holds the lock.
    case locked
    /// The bytes are not what was written.
    case damaged
    /// The disk or the file-size limit is full.
    case noSpace
    /// It is visible, but the disk did not confirm that it will survive a power failure.
    case uncertain
    /// The operating system refused; its error number.
    case system(Int32)
  }

  /// What kind of failure it is.
  public var kind: Kind
  /// The file or folder it is about; empty where there is none.
  public var path: String
  /// What was being done, why it failed and what to do, as one sentence.
  public var message: String

  /// Makes an error from its parts.
  public init(_ kind: Kind, path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// The sentence.
  public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension StorageError {
  /// The error for a system call that failed with `code`, while doing `action` on `url`.
  static func system(_ code: Int32, _ action: String, _ url: URL) -> StorageError {
    let reason = String(cString: strerror(code))
    let (kind, advice): (Kind, String) =
      switch code {
      case ENOSPC, EDQUOT: (.noSpace, "free some space and try again")
      case EFBIG: (.noSpace, "raise the limit on file sizes (ulimit -f) and try again")
      case ENOENT: (.missing, "check the path")
      case EEXIST, ENOTEMPTY: (.exists, "choose another name or remove it first")
      case EACCES, EPERM, EROFS: (.system(code), "check the permissions of the folder")
      case EIO: (.system(code), "the disk may be failing; check it before going on")
      default: (.system(code), "check the folder and try again")
      }
    return StorageError(kind, path: url.path, "cannot \(action): \(reason); \(advice)")
  }

  /// The error for a link, a pipe or a device where a file should be.
  static func noFile(_ url: URL) -> StorageError {
    StorageError(
      .invalid, path: url.path, "this is no plain file; put the file itself here and try again")
  }

  /// Any error as a storage error about `url`; what already is one stays as it is.
  static func wrapping(_ error: any Error, _ action: String, _ url: URL) -> StorageError {
    (error as? StorageError)
      ?? StorageError(.damaged, path: url.path, "cannot \(action): \(error)")
  }
}
