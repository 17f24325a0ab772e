import Foundation
import Records
import Synchronization

/// Writes measurements for TensorBoard: an `events.out.tfevents.…` file in a session's folder.
///
/// The file is a sequence of records (length, masked CRC32C of it, bytes, masked CRC32C of these),
/// each the protocol buffer of an `Event`. Scalars are 32-bit there, whatever the journal holds.
public final class EventFileWriter: Sendable {
  private struct State {
    var descriptor: Int32
    var buffer = ByteWriter()
    var committed = 0
    var writtenAt = ContinuousClock.now
  }

  private static let bufferSize = 64 << 10

  /// The file.
  public let url: URL
  private let state: Mutex<State>

  /// Starts a new file in `folder`; readers take all such files of a folder as one run.
  public init(in folder: URL, attempt: Int, time: Double = Date().timeIntervalSince1970)
    throws(StorageError)
  {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let letters = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let name = String(decoding: letters, as: UTF8.self)
    url = folder.child(
      "events.out.tfevents.\(Int(time)).\(name.isEmpty ? "host" : name).\(getpid()).\(attempt)")
    let descriptor = try Files.open(
      url, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, "start the event file")
    state = Mutex(State(descriptor: descriptor))
    let outcome = state.withLock { state in
      state.buffer.putRecord(EventFileWriter.versionEvent(time: time))
      return write(&state)
    }
    try outcome.get()
  }

  deinit {
    state.withLock { state in
      if state.descriptor >= 0 {
        _ = write(&state)
        Foundation.close(state.descriptor)
      }
    }
  }

  /// Adds an entry; images are left out.
  public func append(_ entry: JournalEntry) throws(StorageError) {
    switch entry {
    case .metrics(let points): try append(points)
    case .histogram(let histogram): try append(histogram)
    case .images: break
    }
  }

  /// Adds the scalars measured at one step.
  public func append(_ points: MetricPoints) throws(StorageError) {
    var event = EventFileWriter.head(time: points.time, step: points.step)
    event.putField(5) { summary in
      for (key, value) in points.values.sorted(by: { $0.key < $1.key }) {
        summary.putField(1) { item in
          item.putField(1) { $0.bytes += Array(key.utf8) }
          item.putVariable(2 << 3 | 5)
          item.put(Float(value))
        }
      }
    }
    try add(event)
  }

  /// Adds a histogram; its sums are those of the bins' middles.
  public func append(_ histogram: Histogram) throws(StorageError) {
    let bins = histogram.counts.count
    let width = bins > 0 ? (histogram.maximum - histogram.minimum) / Double(bins) : 0
    var sum = 0.0
    var squares = 0.0
    for (index, count) in histogram.counts.enumerated() {
      let middle = histogram.minimum + (Double(index) + 0.5) * width
      sum += Double(count) * middle
      squares += Double(count) * middle * middle
    }
    var event = EventFileWriter.head(time: histogram.time, step: histogram.step)
    event.putField(5) { summary in
      summary.putField(1) { item in
        item.putField(1) { $0.bytes += Array(histogram.key.utf8) }
        item.putField(5) { body in
          body.putDouble(1, histogram.minimum)
          body.putDouble(2, histogram.maximum)
          body.putDouble(3, Double(histogram.counts.reduce(0, +)))
          body.putDouble(4, sum)
          body.putDouble(5, squares)
          body.putField(6) { limits in
            for index in 0..<bins { limits.put(histogram.minimum + Double(index + 1) * width) }
          }
          body.putField(7) { counts in
            for count in histogram.counts { counts.put(Double(count)) }
          }
        }
      }
    }
    try add(event)
  }

  /// Writes what is buffered; `append` does so too, once a second.
  public func flush() throws(StorageError) { try state.withLock { write(&$0) }.get() }

  /// Writes what is left and closes the file.
  public func close() throws(StorageError) {
    let outcome: Result<Void, StorageError> = state.withLock { state in
      guard state.descriptor >= 0 else { return .success(()) }
      return write(&state).flatMap { _ in
        Result { () throws(StorageError) in
          let descriptor = state.descriptor
          state.descriptor = -1
          try Files.close(descriptor, url)
        }
      }
    }
    try outcome.get()
  }

  private func add(_ event: ByteWriter) throws(StorageError) {
    let outcome: Result<Void, StorageError> = state.withLock { state in
      if state.descriptor < 0 {
        return .failure(StorageError(.invalid, path: url.path, "the event file is closed"))
      }
      state.buffer.putRecord(event)
      let isDue =
        state.buffer.bytes.count >= EventFileWriter.bufferSize
        || state.writtenAt.duration(to: .now) > .seconds(1)
      return isDue ? write(&state) : .success(())
    }
    try outcome.get()
  }

  private func write(_ state: inout State) -> Result<Void, StorageError> {
    guard !state.buffer.bytes.isEmpty else { return .success(()) }
    let descriptor = state.descriptor
    state.writtenAt = .now
    let outcome = state.buffer.bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try Files.write(descriptor, bytes, url) }
    }
    if case .failure = outcome {
      try? Files.truncate(descriptor, to: state.committed, url)
    } else {
      state.committed += state.buffer.bytes.count
    }
    // The journal is the truth: an event file that cannot be written loses points, it does not
    // collect them.
    state.buffer.bytes.removeAll(keepingCapacity: true)
    return outcome
  }

  /// The first event of every file.
  static func versionEvent(time: Double) -> ByteWriter {
    var event = ByteWriter()
    event.putDouble(1, time)
    event.putField(3) { $0.bytes += Array("brain.Event:2".utf8) }
    return event
  }

  private static func head(time: Double, step: Int) -> ByteWriter {
    var event = ByteWriter()
    event.putDouble(1, time)
    event.putVariable(2 << 3)
    event.putVariable(UInt64(bitPattern: Int64(step)))
    return event
  }
}

extension ByteWriter {
  /// Puts a length-delimited field of a protocol buffer.
  mutating func putField(_ number: UInt64, _ body: (inout ByteWriter) -> Void) {
    var content = ByteWriter()
    body(&content)
    putVariable(number << 3 | 2)
    putVariable(UInt64(content.bytes.count))
    bytes += content.bytes
  }

  mutating func putDouble(_ number: UInt64, _ value: Double) {
    putVariable(number << 3 | 1)
    put(value)
  }

  /// Puts a record of an event file.
  mutating func putRecord(_ content: ByteWriter) {
    var length = ByteWriter()
    length.put(UInt64(content.bytes.count))
    bytes += length.bytes
    put(CRC32C.masked(CRC32C.checksum(length.bytes)))
    bytes += content.bytes
    put(CRC32C.masked(CRC32C.checksum(content.bytes)))
  }
}
