import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few file operations that everything here is made of; each checks what the system says.
enum Files {
  static let folderMode: mode_t = 0o700
  static let fileMode: mode_t = 0o600

  /// Opens a file; it is closed in child processes.
  static func open(_ url: URL, _ flags: Int32, _ action: String) throws(StorageError) -> Int32 {
    if flags & (O_WRONLY | O_RDWR) != 0 { try FileFaults.step(url) }
    while true {
      let descriptor = url.path.withCString { path in
        systemOpen(path, flags | O_CLOEXEC, fileMode)
      }
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw .system(errno, action, url) }
    }
  }

  private static func systemOpen(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t)
    -> Int32
  {
    #if canImport(Glibc)
      Glibc.open(path, flags, mode)
    #elseif canImport(Musl)
      Musl.open(path, flags, mode)
    #else
      Darwin.open(path, flags, mode)
    #endif
  }

  /// Closes a descriptor; some file systems report a lost write only here.
  static func close(_ descriptor: Int32, _ url: URL) throws(StorageError) {
    #if canImport(Glibc)
      let result = Glibc.close(descriptor)
    #elseif canImport(Musl)
      let result = Musl.close(descriptor)
    #else
      let result = Darwin.close(descriptor)
    #endif
    if result != 0 && errno != EINTR { throw .system(errno, "close the file", url) }
  }

  /// Writes all bytes at the descriptor's position.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ url: URL)
    throws(StorageError)
  {
    var done = 0
    if FileFaults.isLast {
      // Who dies while writing has written a part.
      let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
      _ = half.baseAddress.map { systemWrite(descriptor, $0, half.count) }
    }
    try FileFaults.step(url)
    while done < bytes.count {
      guard let base = bytes.baseAddress else { return }
      let count = systemWrite(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno, "write", url)
      }
      if count == 0 { throw .system(ENOSPC, "write", url) }
      done += count
    }
  }

  private static func systemWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }

  /// Writes all of `data` at the descriptor's position.
  static func write(_ descriptor: Int32, _ data: Data, _ url: URL) throws(StorageError) {
    let outcome: Result<Void, StorageError> = data.withUnsafeBytes { bytes in
      do throws(StorageError) { return .success(try write(descriptor, bytes, url)) } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  /// Waits until the disk has the file's bytes.
  static func synchronize(_ descriptor: Int32, _ url: URL) throws(StorageError) {
    try FileFaults.step(url)
    if fsync(descriptor) != 0 { throw .system(errno, "write to the disk", url) }
  }

  /// Waits until the disk has a file or the names in a folder.
  static func synchronize(_ url: URL) throws(StorageError) {
    let descriptor = try open(url, O_RDONLY, "open")
    let outcome = Result { () throws(StorageError) in try synchronize(descriptor, url) }
    try close(descriptor, url)
    try outcome.get()
  }

  /// Makes a folder, and those above it, readable by its owner only; one that is there is fine.
  static func makeFolder(_ url: URL) throws(StorageError) {
    let parent = url.deletingLastPathComponent()
    try FileFaults.step(url)
    if mkdir(url.path, folderMode) == 0 { return try synchronize(parent) }
    if errno == ENOENT && url.pathComponents.count > 1 {
      try makeFolder(parent)
      if mkdir(url.path, folderMode) == 0 { return try synchronize(parent) }
    }
    let code = errno
    if code == EEXIST && isFolder(url) { return }
    throw .system(code, "make the folder", url)
  }

  static func isFolder(_ url: URL) -> Bool {
    var status = stat()
    return stat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0
  }

  /// The bytes in a file; `nil` if it is not there.
  static func size(_ url: URL) -> Int? {
    var status = stat()
    return stat(url.path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// The names in a folder, sorted; none if it is not there.
  static func names(in url: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }

  /// All bytes of a file; `nil` if it is not there.
  static func read(_ url: URL) throws(StorageError) -> Data? {
    guard exists(url) else { return nil }
    return try read(url, from: 0, limit: .max)
  }

  /// At most `limit` bytes of a file from `offset` on.
  static func read(_ url: URL, from offset: Int, limit: Int) throws(StorageError) -> Data {
    // A pipe must not be waited for, and a link not be followed: neither is a file of ours.
    let descriptor: Int32
    do { descriptor = try open(url, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, "read") } catch {
      if error.kind == .system(ELOOP) { throw .noFile(url) }
      throw error
    }
    let outcome = Result { () throws(StorageError) in
      var status = stat()
      if fstat(descriptor, &status) != 0 { throw StorageError.system(errno, "read", url) }
      if status.st_mode & S_IFMT != S_IFREG { throw StorageError.noFile(url) }
      let wanted = min(max(Int(status.st_size) - offset, 0), limit)
      var data = Data(count: wanted)
      var done = 0
      while done < wanted {
        let count = data.withUnsafeMutableBytes { bytes in
          bytes.baseAddress.map {
            pread(descriptor, $0 + done, wanted - done, off_t(offset + done))
          } ?? 0
        }
        if count < 0 {
          if errno == EINTR { continue }
          throw StorageError.system(errno, "read", url)
        }
        if count == 0 { break }
        done += count
      }
      return done == wanted ? data : data.prefix(done)
    }
    try close(descriptor, url)
    return try outcome.get()
  }

  /// Renames; the target is replaced only if `replacing`.
  static func rename(_ from: URL, to target: URL, replacing: Bool) throws(StorageError) {
    try FileFaults.step(target)
    if replacing {
      if systemRename(from.path, target.path) != 0 { throw .system(errno, "rename", target) }
      return
    }
    #if os(Linux)
      if let renameWithFlags {
        if renameWithFlags(AT_FDCWD, from.path, AT_FDCWD, target.path, 1) == 0 { return }
        // Some network file systems do not know the flag; then look before the rename.
        if errno != EINVAL && errno != ENOSYS { throw .system(errno, "rename", target) }
      }
    #endif
    if exists(target) { throw .system(EEXIST, "rename", target) }
    if systemRename(from.path, target.path) != 0 { throw .system(errno, "rename", target) }
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
      try FileFaults.step(old)
      if let renameWithFlags,
        renameWithFlags(AT_FDCWD, new.path, AT_FDCWD, old.path, exchange) == 0
      {
        try synchronize(old.deletingLastPathComponent())
        return try remove(new)
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
    if FileFaults.isLast, isFolder(url), let first = names(in: url).first {
      // Who dies while removing has removed a part.
      try? FileManager.default.removeItem(at: url.child(first))
    }
    try FileFaults.step(url)
    do { try FileManager.default.removeItem(at: url) } catch {
      if exists(url) {
        throw StorageError(.system(EACCES), path: url.path, "cannot remove it: \(error)")
      }
    }
  }

  /// Removes a folder so that it is gone at once or not at all, even if the process dies.
  static func removeFolder(_ url: URL) throws(StorageError) {
    guard exists(url) else { return }
    let trash = url.deletingLastPathComponent()
      .child(".trash-\(Names.randomText(8))")
    try rename(url, to: trash, replacing: false)
    try remove(trash)
  }

  /// Bytes that may still be written to the file system of `url`; `nil` if it does not say.
  static func freeSpace(_ url: URL) -> Int? {
    var status = statvfs()
    guard statvfs(url.path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}

extension URL {
  /// What has this name in this folder; unlike Foundation's, it does not depend on what is there.
  func child(_ name: String) -> URL { appendingPathComponent(name, isDirectory: false) }
}
