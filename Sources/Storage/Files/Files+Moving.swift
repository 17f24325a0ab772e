import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Files {
  /// Renames; the target is replaced only if `replacing`.
  static func rename(_ from: URL, to target: URL, replacing: Bool) throws(StorageError) {
    let code = try FileFaults.call(.rename(from, target)) { _ in
      replacing ? systemRename(from.path, target.path) : renameToNew(from.path, target.path)
    }
    if code != 0 { throw .system(errno, "rename", target) }
  }

  /// Renames what must not replace anything.
  private static func renameToNew(_ from: String, _ target: String) -> Int32 {
    #if os(Linux)
      if let renameWithFlags {
        if renameWithFlags(AT_FDCWD, from, AT_FDCWD, target, 1) == 0 { return 0 }
        // Some network file systems do not know the flag; then look before the rename.
        if errno != EINVAL && errno != ENOSYS { return -1 }
      }
    #endif
    if exists(URL(fileURLWithPath: target)) {
      errno = EEXIST
      return -1
    }
    return systemRename(from, target)
  }

  /// Gives a file a second name; `false` where the file system cannot.
  static func link(_ from: URL, to target: URL) throws(StorageError) -> Bool {
    try FileFaults.call(.link(from, target), { _ in systemLink(from.path, target.path) }) == 0
  }

  private static func systemLink(_ from: String, _ target: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.link(from, target)
    #elseif canImport(Musl)
      Musl.link(from, target)
    #else
      Darwin.link(from, target)
    #endif
  }

  #if os(Linux)
    private typealias RenameFunction =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    /// The C library's `renameat2`, which its Swift module does not show.
    private static let renameWithFlags: RenameFunction? = dlsym(nil, "renameat2")
      .map { unsafeBitCast($0, to: RenameFunction.self) }
  #endif

  private static func systemRename(_ from: String, _ target: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.rename(from, target)
    #elseif canImport(Musl)
      Musl.rename(from, target)
    #else
      Darwin.rename(from, target)
    #endif
  }

  /// Puts the folder `new` in the place of `old`, without a moment in which there is neither.
  static func replace(_ old: URL, by new: URL) throws(StorageError) {
    #if os(Linux)
      let exchange: UInt32 = 2
      if let renameWithFlags {
        let code = try FileFaults.call(.exchange(new, old)) { _ in
          renameWithFlags(AT_FDCWD, new.path, AT_FDCWD, old.path, exchange)
        }
        if code == 0 {
          try synchronize(old.deletingLastPathComponent())
          return try remove(new)
        }
      } else {
        errno = ENOSYS
      }
      if errno != EINVAL && errno != ENOSYS && errno != ENOENT {
        throw .system(errno, "replace", old)
      }
    #endif
    try removeFolder(old)
    try rename(new, to: old, replacing: false)
  }

  /// Removes a file or a folder with all it holds; what is not there is fine.
  static func remove(_ url: URL) throws(StorageError) {
    guard exists(url) else { return }
    var failure: (any Error)?
    let code = try FileFaults.call(.remove(url)) {
      // Who dies while removing has removed a part.
      if isFolder(url), let first = names(in: url).first {
        try? FileManager.default.removeItem(at: url.child(first))
      }
    } _: { _ in
      do { try FileManager.default.removeItem(at: url) } catch { failure = error }
      return Int32(failure != nil && exists(url) ? -1 : 0)
    }
    if code == 0 { return }
    guard let failure else { throw .system(errno, "remove", url) }
    throw StorageError(.system(EACCES), path: url.path, "cannot remove it: \(failure)")
  }

  /// Removes a folder so that it is gone at once or not at all, even if power fails.
  static func removeFolder(_ url: URL) throws(StorageError) {
    guard exists(url) else { return }
    let trash = url.deletingLastPathComponent()
      .child(".trash-\(Names.randomText(8))")
    try rename(url, to: trash, replacing: false)
    // Else a power failure could bring the folder back without a part of what it held.
    try synchronize(url.deletingLastPathComponent())
    try remove(trash)
  }
}
