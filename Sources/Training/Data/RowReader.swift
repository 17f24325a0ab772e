import Dispatch
import Synchronization
import Tensors

/// Reads rows of an array in host memory, the next ones already while the device computes.
///
/// What it gives are the rows that were asked for; a wrong guess of the next ones costs time, never
/// bits.
final class RowReader {
  /// Rows that another thread reads.
  private final class Pending: Sendable {
    let indices: [Int]
    private let result = Mutex<Result<HostArray, TensorError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ indices: [Int], of array: HostArray, on queue: DispatchQueue) {
      self.indices = indices
      queue.async { [self] in
        let rows = Result { () throws(TensorError) in try array.rows(indices) }
        result.withLock { $0 = rows }
        isDone.signal()
      }
    }

    /// Waits for the rows.
    func rows() throws(TensorError) -> HostArray? {
      isDone.wait()
      return try result.withLock { $0 }?.get()
    }
  }

  private let array: HostArray
  private let queue: DispatchQueue?
  private var pending: Pending?
  /// How often the rows that were asked for had been read ahead.
  private(set) var hits = 0

  /// A reader of the rows of an array.
  init(_ array: HostArray, readsAhead: Bool) {
    self.array = array
    queue = readsAhead ? DispatchQueue(label: "lasagne read ahead", qos: .utility) : nil
  }

  /// The rows with these indices; those of `next` will probably be asked for after them.
  func rows(_ indices: [Int], next: [Int]?) throws(TensorError) -> HostArray {
    let ahead = pending?.indices == indices ? pending : nil
    if ahead != nil { pending = nil }
    let rows: HostArray
    if let ahead, let read = try ahead.rows() {
      hits += 1
      rows = read
    } else {
      rows = try array.rows(indices)
    }
    if let queue, let next, pending?.indices != next {
      pending = Pending(next, of: array, on: queue)
    }
    return rows
  }
}
