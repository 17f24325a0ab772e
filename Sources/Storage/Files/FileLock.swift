import Foundation

/// A lock on a file; the kernel frees it however the process ends.
///
/// The file's content tells others who holds it. It is never removed, so that two processes
/// cannot lock two different files under one name.
final class FileLock: Sendable {
  private let descriptor: Int32
  let url: URL

  /// Takes the lock, or returns `nil` if another process has it.
  static func acquire(_ url: URL) throws(StorageError) -> FileLock? {
    let descriptor = try Files.open(url, O_RDWR | O_CREAT, "open the lock")
    // Somebody who only looks holds a shared lock for an instant; that is no refusal.
    for attempt in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor, url) }
      let code = errno
      if code != EWOULDBLOCK && code != EINTR {
        try Files.close(descriptor, url)
        throw .system(code, "lock", url)
      }
      if attempt < 19 { usleep(5_000) }
    }
    try Files.close(descriptor, url)
    return nil
  }

  /// Takes the lock, waiting for as long as another has it.
  static func wait(_ url: URL) throws(StorageError) -> FileLock { try wait(url, LOCK_EX) }

  /// Takes a share of the lock, of which there are as many as are wanted, waiting for as long as
  /// somebody has it alone.
  static func share(_ url: URL) throws(StorageError) -> FileLock { try wait(url, LOCK_SH) }

  private static func wait(_ url: URL, _ kind: Int32) throws(StorageError) -> FileLock {
    let descriptor = try Files.open(url, O_RDWR | O_CREAT, "open the lock")
    while flock(descriptor, kind) != 0 {
      let code = errno
      if code != EINTR {
        try Files.close(descriptor, url)
        throw .system(code, "lock", url)
      }
    }
    return FileLock(descriptor, url)
  }

  /// Whether some process holds the lock; takes nothing away from it.
  static func isHeld(_ url: URL) throws(StorageError) -> Bool {
    guard Files.exists(url) else { return false }
    let descriptor = try Files.open(url, O_RDONLY, "look at the lock")
    var result = flock(descriptor, LOCK_SH | LOCK_NB)
    while result != 0 && errno == EINTR { result = flock(descriptor, LOCK_SH | LOCK_NB) }
    let code = errno
    try Files.close(descriptor, url)
    if result == 0 { return false }
    if code == EWOULDBLOCK { return true }
    throw .system(code, "look at the lock", url)
  }

  private init(_ descriptor: Int32, _ url: URL) {
    self.descriptor = descriptor
    self.url = url
  }

  deinit { close(descriptor) }

  /// Writes who holds the lock; readers may meet a half-written text and look again.
  func describe(_ value: some Encodable) throws(StorageError) {
    var data = try RecordJSON.encode(value)
    data.append(10)
    let count = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    if count != data.count { throw .system(count < 0 ? errno : ENOSPC, "write", url) }
    if ftruncate(descriptor, off_t(data.count)) != 0 { throw .system(errno, "write", url) }
  }

  /// What the last holder wrote; `nil` if there is nothing readable.
  static func holder<Value: Decodable>(_ type: Value.Type, at url: URL) -> Value? {
    for _ in 0..<3 {
      guard let data = try? Files.read(url), !data.isEmpty else { return nil }
      let line = data.prefix { $0 != 10 }
      if let value = try? RecordJSON.decode(type, from: Data(line)) { return value }
    }
    return nil
  }
}
