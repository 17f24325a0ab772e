import Foundation
import Records

/// Who has a session (`lease`).
public struct LeaseRecord: Codable, Equatable, Sendable {
  /// The process.
  public var process: Int
  /// Which attempt it is.
  public var attempt: Int
  /// Seconds since 1970.
  public var startedAt: Double
  /// The step at the last sign of life.
  public var step: Int
  /// Seconds since 1970 of the last sign of life.
  public var aliveAt: Double
  /// The most bytes of memory the process took so far.
  public var memoryBytes: Int?
  /// Where the process has its arrays; `nil` where it has not said.
  public var placements: [ArrayPlacement]?

  /// Makes a record from its parts.
  public init(
    process: Int, attempt: Int, startedAt: Double, step: Int, aliveAt: Double,
    memoryBytes: Int? = nil, placements: [ArrayPlacement]? = nil
  ) {
    self.placements = placements
    self.memoryBytes = memoryBytes
    self.process = process
    self.attempt = attempt
    self.startedAt = startedAt
    self.step = step
    self.aliveAt = aliveAt
  }
}

/// The right to be the process of a session, for as long as the value lives.
///
/// The kernel takes it back when the process ends in whatever way.
public final class SessionLease: Sendable {
  /// Which attempt this is.
  public let attempt: Int
  private let lock: FileLock
  private let startedAt: Double

  init(_ folder: SessionFolder, attempt: Int) throws(StorageError) {
    guard let lock = try FileLock.acquire(folder.leaseURL) else {
      let holder = folder.leaseRecord().map { "process \($0.process)" } ?? "another process"
      throw StorageError(
        .locked, path: folder.url.path,
        "\(holder) is training this session; stop or pause it first")
    }
    let expected = try folder.nextAttempt()
    if attempt < expected {
      throw StorageError(
        .invalid, path: folder.url.path,
        "attempt \(attempt) of this session is over; the next one is \(expected)")
    }
    self.lock = lock
    self.attempt = attempt
    startedAt = Date().timeIntervalSince1970
    try beat(step: 0)
  }

  /// Leaves a sign of life, with the most bytes of memory taken so far and where the arrays lie.
  public func beat(
    step: Int, memoryBytes: Int? = nil, placements: [ArrayPlacement]? = nil
  ) throws(StorageError) {
    try lock.describe(
      LeaseRecord(
        process: Int(getpid()), attempt: attempt, startedAt: startedAt, step: step,
        aliveAt: Date().timeIntervalSince1970, memoryBytes: memoryBytes,
        placements: placements))
  }
}
