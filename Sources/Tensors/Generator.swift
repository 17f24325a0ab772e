import CTorch

/// A source of random numbers with a state of its own, which checkpoints save.
///
/// The same seed gives the same numbers. Like a tensor, a generator stays on the thread of its
/// session.
public final class Generator {
  let handle: CTGenerator
  /// Where its numbers are made.
  public let device: Device

  /// A generator started from a seed.
  public init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
    var out = CTGenerator()
    try check("generator") { $0.generator_new(seed, device.code, &out) }
    self.handle = out
    self.device = device
  }

  deinit {
    Backend.loaded?.pointee.generator_free(handle)
  }

  /// The whole state, as bytes (5,056 of them on the CPU).
  public func state() throws(TensorError) -> [UInt8] {
    let bytes = try making("generator state") { $0.generator_state(handle, $1) }
    return try bytes.values(as: UInt8.self)
  }

  /// Continues from a state that `state()` gave.
  public func setState(_ state: [UInt8]) throws(TensorError) {
    let bytes = try Tensor(state, shape: [state.count])
    try check("generator state") { $0.generator_set_state(handle, bytes.handle) }
  }
}

/// Generators stay on the thread of their session; send a state instead.
@available(*, unavailable)
extension Generator: Sendable {}
