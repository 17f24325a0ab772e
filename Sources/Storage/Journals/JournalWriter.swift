import Foundation
import Records
import Synchronization

/// Appends measurements to the journal of one attempt, from any thread.
///
/// Appending only takes what was measured; a thread of the journal's own makes records of it and
/// writes them, after at most 150 ms or 1 MB. If the disk is full they are kept (up to 64 MB):
/// `append` takes its points and throws the reason until a later write succeeds. Nothing is lost,
/// and the file always ends with a whole record.
public final class JournalWriter: Sendable {
  /// What is waiting; locked for moments only.
  private struct Queue {
    var items: [JournalEncoder.Item] = []
    /// About the memory they take.
    var size = 0
    /// The bytes of whole records that could not be written yet.
    var unwritten = 0
    var isWriteScheduled = false
    /// Whether the thread was asked to write at once.
    var isWriteDue = false
    var isClosed = false
    var failure: StorageError?
  }

  /// What writes; locked for as long as the disk takes, and before the queue where both are.
  private struct Output {
    var descriptor: Int32
    var encoder = JournalEncoder()
    /// Bytes in the file that are whole records.
    var committed = 0
    /// Why bytes that were written may not be on the disk; asking again would not bring them there.
    var loss: StorageError?
  }

  private static let delay = DispatchTimeInterval.milliseconds(100)
  private static let bufferSize = 1 << 20
  /// Who appends faster than the thread writes helps it from here on.
  private static let largestQueue = 16 << 20
  private static let largestBacklog = 64 << 20
  private static let thread = DispatchQueue(label: "journal")

  /// The file.
  public let url: URL
  private let queue = Mutex(Queue())
  private let output: Mutex<Output>

  /// Makes a new journal; one that is there already is an error.
  public init(_ url: URL, attempt: Int, resumedFrom step: Int) throws(StorageError) {
    self.url = url
    let descriptor = try Files.open(
      url, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, "start the journal")
    output = Mutex(Output(descriptor: descriptor))
    let outcome = output.withLock { output in
      output.encoder.buffer.frame { $0.putHeader(attempt: attempt, resumedFrom: step) }
      return write(&output)
    }
    try outcome.get()
    try Files.synchronize(url.deletingLastPathComponent())
  }

  deinit {
    output.withLock { output in
      if output.descriptor >= 0 {
        _ = write(&output)
        Foundation.close(output.descriptor)
      }
    }
  }

  /// Appends what was measured at one step.
  public func append(_ points: MetricPoints) throws(StorageError) {
    try add(.entry(.metrics(points)))
  }

  /// Appends what was measured at several steps.
  public func append(_ block: MetricBlock) throws(StorageError) {
    guard block.isWhole, Set(block.keys).count == block.keys.count else {
      throw StorageError(
        .invalid, path: url.path,
        "a block of \(block.count) steps has \(block.values.count) values for "
          + "\(block.keys.count) keys; give each key once and one value for each at every step")
    }
    if block.count > 0 { try add(.block(block)) }
  }

  /// Appends a histogram.
  public func append(_ histogram: Histogram) throws(StorageError) {
    try add(.entry(.histogram(histogram)))
  }

  /// Appends a stack of images; one of more than 65,536 values is stored with 256 levels.
  public func append(_ images: ImageStack) throws(StorageError) {
    let total = images.count * images.channels * images.height * images.width
    guard images.values.count == total else {
      throw StorageError(
        .invalid, path: url.path,
        "the images “\(images.key)” have \(images.values.count) values for a shape of \(total)")
    }
    try add(.entry(.images(images)))
  }

  /// Appends any entry.
  public func append(_ entry: JournalEntry) throws(StorageError) {
    switch entry {
    case .metrics(let points): try append(points)
    case .histogram(let histogram): try append(histogram)
    case .images(let images): try append(images)
    }
  }

  /// Writes what was appended.
  public func flush() throws(StorageError) { try output.withLock { write(&$0) }.get() }

  /// Writes what was appended and waits until the disk has it.
  public func synchronize() throws(StorageError) {
    // By a descriptor of its own: whoever writes meanwhile does not wait for the disk.
    let copy: Result<Int32, StorageError> = output.withLock { output in
      write(&output).flatMap { _ in
        if let loss = output.loss { return .failure(loss) }
        let copy = fcntl(output.descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? .success(copy) : .failure(.system(errno, "write to the disk", url))
      }
    }
    let descriptor = try copy.get()
    let synchronized = Result { () throws(StorageError) in
      try Files.synchronize(descriptor, url)
    }
    try Files.close(descriptor, url)
    if case .failure(let error) = synchronized { output.withLock { $0.loss = error } }
    try synchronized.get()
  }

  /// Waits until the disk has what was written; once it did not, it never has.
  private func confirm(_ output: inout Output, _ descriptor: Int32) -> Result<Void, StorageError> {
    if let loss = output.loss { return .failure(loss) }
    do throws(StorageError) { try Files.synchronize(descriptor, url) } catch {
      output.loss = error
      return .failure(error)
    }
    return .success(())
  }

  /// Writes what is left and closes the file; nothing can be appended any more.
  public func close() throws(StorageError) {
    let outcome: Result<Void, StorageError> = output.withLock { output in
      guard output.descriptor >= 0 else { return .success(()) }
      queue.withLock { $0.isClosed = true }
      let written = write(&output)
      guard case .success = written else {
        // It can be tried again.
        queue.withLock { $0.isClosed = false }
        return written
      }
      return Result { () throws(StorageError) in
        let descriptor = output.descriptor
        output.descriptor = -1
        let synchronized = confirm(&output, descriptor)
        try Files.close(descriptor, url)
        try synchronized.get()
      }
    }
    try outcome.get()
  }

  private func add(_ item: JournalEncoder.Item) throws(StorageError) {
    let size = item.size
    var mustWrite = false
    let failure: StorageError? = queue.withLock { queue in
      if queue.isClosed {
        return StorageError(.invalid, path: url.path, "the journal is closed")
      }
      if queue.size + queue.unwritten > JournalWriter.largestBacklog {
        return queue.failure
          ?? StorageError(.noSpace, path: url.path, "the journal cannot be written")
      }
      queue.items.append(item)
      queue.size += size
      // After a failure the next try is the scheduled one, not every append.
      if queue.failure == nil {
        mustWrite = queue.size >= JournalWriter.largestQueue
        if queue.size >= JournalWriter.bufferSize && !queue.isWriteDue {
          queue.isWriteDue = true
          schedule(after: nil)
        }
      }
      if !queue.isWriteScheduled {
        queue.isWriteScheduled = true
        schedule(after: JournalWriter.delay)
      }
      return queue.failure
    }
    if let failure { throw failure }
    if mustWrite { try flush() }
  }

  /// Lets the thread write, now or after a while.
  private func schedule(after delay: DispatchTimeInterval?) {
    let faults = FileFaults.current
    JournalWriter.thread.asyncAfter(deadline: .now() + (delay ?? .nanoseconds(0))) { [weak self] in
      FileFaults.$current.withValue(faults) { self?.writeLater(wasDue: delay == nil) }
    }
  }

  private func writeLater(wasDue: Bool) {
    output.withLock { output in
      queue.withLock { queue in
        if wasDue { queue.isWriteDue = false } else { queue.isWriteScheduled = false }
      }
      if output.descriptor >= 0 { _ = write(&output) }
    }
  }

  /// Makes records of what waits and writes them; on failure the file ends at its last whole record
  /// and the records are kept.
  private func write(_ output: inout Output) -> Result<Void, StorageError> {
    let items = queue.withLock { queue in
      defer {
        queue.items = []
        queue.size = 0
      }
      return queue.items
    }
    output.encoder.encode(items)
    guard !output.encoder.buffer.bytes.isEmpty else { return .success(()) }
    let descriptor = output.descriptor
    let outcome = output.encoder.buffer.bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try Files.write(descriptor, bytes, url) }
    }
    var failure: StorageError?
    switch outcome {
    case .success:
      output.committed += output.encoder.buffer.bytes.count
      output.encoder.buffer.bytes.removeAll(keepingCapacity: true)
    case .failure(let error):
      try? Files.truncate(descriptor, to: output.committed, url)
      failure = error
    }
    let unwritten = output.encoder.buffer.bytes.count
    queue.withLock { queue in
      queue.failure = failure
      queue.unwritten = unwritten
    }
    return outcome
  }
}
