import Foundation
import Records
import Synchronization

/// Appends measurements to the journal of one attempt, from any thread.
///
/// They are buffered, and written after at most 200 ms or 64 KB. If the disk is full they are kept
/// (up to 64 MB): `append` takes its points and throws the reason until a later write succeeds.
/// Nothing is lost, and the file always ends with a whole record.
public final class JournalWriter: Sendable {
  private struct State {
    var descriptor: Int32
    var buffer = ByteWriter()
    /// Bytes in the file that are whole records.
    var committed = 0
    var keys: [String: Int] = [:]
    var isFlushScheduled = false
    var failure: StorageError?
    /// Why bytes that were written may not be on the disk; asking again would not bring them there.
    var loss: StorageError?
  }

  private static let delay = DispatchTimeInterval.milliseconds(150)
  private static let bufferSize = 64 << 10
  private static let largestBacklog = 64 << 20
  private static let queue = DispatchQueue(label: "journal")

  /// The file.
  public let url: URL
  private let state: Mutex<State>

  /// Makes a new journal; one that is there already is an error.
  public init(_ url: URL, attempt: Int, resumedFrom step: Int) throws(StorageError) {
    self.url = url
    let descriptor = try Files.open(
      url, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, "start the journal")
    state = Mutex(State(descriptor: descriptor))
    let outcome = state.withLock { state in
      state.buffer.frame { $0.putHeader(attempt: attempt, resumedFrom: step) }
      return write(&state)
    }
    try outcome.get()
    try Files.synchronize(url.deletingLastPathComponent())
  }

  deinit {
    state.withLock { state in
      if state.descriptor >= 0 {
        _ = write(&state)
        Foundation.close(state.descriptor)
      }
    }
  }

  /// Appends what was measured at one step.
  public func append(_ points: MetricPoints) throws(StorageError) {
    try change { state in
      let values = points.values.map { (number(of: $0.key, &state), $0.value) }
      state.buffer.frame { writer in
        writer.put(UInt8(2))
        writer.put(points.step)
        writer.put(points.epoch)
        writer.put(points.time)
        writer.putCount(values.count)
        for (key, value) in values {
          writer.putCount(key)
          writer.put(value)
        }
      }
    }
  }

  /// Appends a histogram.
  public func append(_ histogram: Histogram) throws(StorageError) {
    try change { state in
      let key = number(of: histogram.key, &state)
      state.buffer.frame { $0.putHistogram(key: key, histogram) }
    }
  }

  /// Appends a stack of images; one of more than 65,536 values is stored with 256 levels.
  public func append(_ images: ImageStack) throws(StorageError) {
    let total = images.count * images.channels * images.height * images.width
    guard images.values.count == total else {
      throw StorageError(
        .invalid, path: url.path,
        "the images “\(images.key)” have \(images.values.count) values for a shape of \(total)")
    }
    try change { state in
      let key = number(of: images.key, &state)
      state.buffer.frame { $0.putImages(key: key, images) }
    }
  }

  /// Appends any entry.
  public func append(_ entry: JournalEntry) throws(StorageError) {
    switch entry {
    case .metrics(let points): try append(points)
    case .histogram(let histogram): try append(histogram)
    case .images(let images): try append(images)
    }
  }

  /// Writes what is buffered.
  public func flush() throws(StorageError) { try state.withLock { write(&$0) }.get() }

  /// Writes what is buffered and waits until the disk has it.
  public func synchronize() throws(StorageError) {
    // By a descriptor of its own: whoever appends meanwhile does not wait for the disk.
    let copy: Result<Int32, StorageError> = state.withLock { state in
      write(&state).flatMap { _ in
        if let loss = state.loss { return .failure(loss) }
        let copy = fcntl(state.descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? .success(copy) : .failure(.system(errno, "write to the disk", url))
      }
    }
    let descriptor = try copy.get()
    let synchronized = Result { () throws(StorageError) in
      try Files.synchronize(descriptor, url)
    }
    try Files.close(descriptor, url)
    if case .failure(let error) = synchronized { state.withLock { $0.loss = error } }
    try synchronized.get()
  }

  /// Waits until the disk has what was written; once it did not, it never has.
  private func confirm(_ state: inout State, _ descriptor: Int32) -> Result<Void, StorageError> {
    if let loss = state.loss { return .failure(loss) }
    do throws(StorageError) { try Files.synchronize(descriptor, url) } catch {
      state.loss = error
      return .failure(error)
    }
    return .success(())
  }

  /// Writes what is left and closes the file; nothing can be appended any more.
  public func close() throws(StorageError) {
    let outcome: Result<Void, StorageError> = state.withLock { state in
      guard state.descriptor >= 0 else { return .success(()) }
      return write(&state).flatMap { _ in
        Result { () throws(StorageError) in
          let descriptor = state.descriptor
          state.descriptor = -1
          let synchronized = confirm(&state, descriptor)
          try Files.close(descriptor, url)
          try synchronized.get()
        }
      }
    }
    try outcome.get()
  }

  private func number(of key: String, _ state: inout State) -> Int {
    if let known = state.keys[key] { return known }
    let number = state.keys.count
    state.keys[key] = number
    state.buffer.frame { $0.putKey(key) }
    return number
  }

  private func change(_ body: (inout State) -> Void) throws(StorageError) {
    let outcome: Result<Void, StorageError> = state.withLock { state in
      if state.descriptor < 0 {
        return .failure(StorageError(.invalid, path: url.path, "the journal is closed"))
      }
      if state.buffer.bytes.count > JournalWriter.largestBacklog {
        return .failure(
          state.failure ?? StorageError(.noSpace, path: url.path, "the journal cannot be written"))
      }
      body(&state)
      // After a failure the next try is the scheduled one, not every append.
      if state.buffer.bytes.count >= JournalWriter.bufferSize && state.failure == nil {
        return write(&state)
      }
      if !state.isFlushScheduled {
        state.isFlushScheduled = true
        let faults = FileFaults.current
        JournalWriter.queue.asyncAfter(deadline: .now() + JournalWriter.delay) { [weak self] in
          FileFaults.$current.withValue(faults) { self?.flushLater() }
        }
      }
      return state.failure.map { .failure($0) } ?? .success(())
    }
    try outcome.get()
  }

  private func flushLater() {
    state.withLock { state in
      state.isFlushScheduled = false
      if state.descriptor >= 0 { _ = write(&state) }
    }
  }

  /// Writes the buffer; on failure the file ends at its last whole record and the buffer is kept.
  private func write(_ state: inout State) -> Result<Void, StorageError> {
    guard !state.buffer.bytes.isEmpty else { return .success(()) }
    let descriptor = state.descriptor
    let outcome = state.buffer.bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try Files.write(descriptor, bytes, url) }
    }
    switch outcome {
    case .success:
      state.committed += state.buffer.bytes.count
      state.buffer.bytes.removeAll(keepingCapacity: true)
      state.failure = nil
    case .failure(let error):
      try? Files.truncate(descriptor, to: state.committed, url)
      state.failure = error
    }
    return outcome
  }
}
