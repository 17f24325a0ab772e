import Tensors

/// The use of an array on a device; ends with this object's life.
public final class ArrayUse {
  private let shared: SharedTensor
  private let hold: ArrayHold

  /// The numbers; to be read only, since others may read them too.
  public var tensor: Tensor { shared.tensor }

  init(_ shared: SharedTensor, hold: ArrayHold) {
    self.shared = shared
    self.hold = hold
  }
}

/// Counts as one user of an array for as long as it lives.
final class ArrayHold {
  private let end: () -> Void

  init(end: @escaping () -> Void) {
    self.end = end
  }

  deinit { end() }
}

/// A tensor that many threads read.
///
/// Unchecked, because nobody writes: handles are counted atomically by the backend, and operations
/// that only read may run at the same time.
final class SharedTensor: @unchecked Sendable {
  let tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }
}
