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
    let isWritten = flags & (O_WRONLY | O_RDWR) != 0
    while true {
      let descriptor = try FileFaults.call(
        isWritten ? .open(url, isEmptied: flags & O_TRUNC != 0) : .read(url)
      ) { _ in
        url.path.withCString { systemOpen($0, flags | O_CLOEXEC, fileMode) }
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
    let result = try FileFaults.call(.close(url)) { _ in systemClose(descriptor) }
    if result != 0 && errno != EINTR { throw .system(errno, "close the file", url) }
  }

  private static func systemClose(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Darwin.close(descriptor)
    #endif
  }

  /// Writes all bytes at the descriptor's position.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ url: URL)
    throws(StorageError)
  {
    var done = 0
    while done < bytes.count {
      guard let base = bytes.baseAddress.map({ $0 + done }) else { return }
      let left = bytes.count - done
      let count = try FileFaults.call(.write(url, Data(bytes: base, count: left))) {
        // Who dies while writing has written a part.
        _ = systemWrite(descriptor, base, left / 2)
      } _: { isShort in
        systemWrite(descriptor, base, isShort ? (left + 1) / 2 : left)
      }
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
    while try FileFaults.call(.synchronize(url), { _ in fsync(descriptor) }) != 0 {
      // Anything but an interruption means that bytes may be lost: asking again would not bring
      // them back, but might be answered with a yes.
      if errno != EINTR { throw .system(errno, "write to the disk", url) }
    }
  }

  /// Cuts a file to so many bytes.
  static func truncate(_ descriptor: Int32, to size: Int, _ url: URL) throws(StorageError) {
    if try FileFaults.call(.truncate(url, size), { _ in ftruncate(descriptor, off_t(size)) }) != 0 {
      throw .system(errno, "shorten", url)
    }
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
    var code = try systemMakeFolder(url)
    if code == ENOENT && url.pathComponents.count > 1 {
      try makeFolder(parent)
      code = try systemMakeFolder(url)
    }
    if code == 0 { return try synchronize(parent) }
    if code == EEXIST && isFolder(url) { return }
    throw .system(code, "make the folder", url)
  }

  private static func systemMakeFolder(_ url: URL) throws(StorageError) -> Int32 {
    try FileFaults.call(.makeFolder(url), { _ in mkdir(url.path, folderMode) }) == 0 ? 0 : errno
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
      // What has another name elsewhere and belongs to another person was put here by none of us.
      let isForeign = status.st_nlink > 1 && status.st_uid != geteuid()
      if status.st_mode & S_IFMT != S_IFREG || isForeign { throw StorageError.noFile(url) }
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
