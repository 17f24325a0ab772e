import CTorch

/// A step that is made again and again with other numbers in the same tensors.
///
/// On a GPU its operations are taken down once, as a graph, and then repeated by one call each time;
/// everything the step reads and writes must therefore be the same tensors at every step. On the CPU
/// the operations are called anew each time, by the same rules, so that a step that is repeatable
/// there is so on a GPU too.
///
/// A capture stays on the thread that made it.
public final class StepCapture {
  /// Steps that are made operation by operation before one is taken down: libraries choose and keep
  /// in them what they need.
  public static let warmUpSteps = 3

  /// Where it computes.
  public let device: Device
  /// Where the step's random numbers come from.
  public let generator: Generator
  /// Owned: freed in `deinit`.
  private let handle: CTCapture
  private var stepsMade = 0
  private var hasGraph = false

  /// A step that nothing is known of yet.
  public init(device: Device) throws(TensorError) {
    self.device = device
    generator = try Generator(seed: 0, device: device)
    var out = CTCapture()
    try check("capture") { $0.capture_new(device.code, &out) }
    handle = out
  }

  deinit {
    // A handle can only come from a loaded backend.
    Backend.loaded?.pointee.capture_free(handle)
  }

  /// Whether all that comes of a new kind of step has come of this one.
  public var isSteady: Bool { stepsMade > Self.warmUpSteps }

  /// Makes the step once more.
  ///
  /// - Parameters:
  ///   - seed: Of its random numbers.
  ///   - operations: The step. It must do the same at each call, and nothing that needs the host: a
  ///     number that is read, or made into a tensor, between its operations is an error.
  /// - Throws: What the operations throw; of a step that was to be taken down, nothing was done then.
  public func step(seed: UInt64, _ operations: () throws -> Void) throws {
    try check("capture") { $0.generator_restart(generator.handle, seed) }
    guard !hasGraph else { return try replay() }
    let records = device != .cpu && stepsMade >= Self.warmUpSteps
    try check("capture") { $0.capture_begin(handle, generator.handle, records) }
    do {
      try operations()
    } catch {
      try? check("capture") { $0.capture_end(handle, false) }
      throw error
    }
    try check("capture") { $0.capture_end(handle, true) }
    stepsMade += 1
    if records {
      hasGraph = true
      try replay()
    }
  }

  private func replay() throws(TensorError) {
    try check("capture") { $0.capture_replay(handle) }
  }

  /// Fills a tensor with numbers of its type, without waiting for the device.
  ///
  /// - Throws: `TensorError` where their number is not that of the tensor's elements.
  public func fill<Scalar: TensorScalar>(
    _ tensor: Tensor, with numbers: [Scalar]
  ) throws(TensorError) {
    guard tensor.dataType == Scalar.dataType, tensor.count == numbers.count else {
      throw TensorError(
        operation: "capture",
        message: "\(numbers.count) \(Scalar.dataType.rawValue) numbers do not fill \(tensor)")
    }
    try check("capture", [tensor]) { backend in
      numbers.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return nil }
        return backend.capture_upload(handle, tensor.handle, base, Int64(bytes.count))
      }
    }
  }

  /// Begins to bring float32 numbers to the host, as they are after everything asked for so far.
  public func send(_ figures: Tensor) throws(TensorError) {
    try check("capture", [figures]) { $0.capture_download(handle, figures.handle) }
  }

  /// Waits for all that was sent since the last time, and gives it in order.
  ///
  /// - Parameter count: How many numbers were sent.
  public func received(_ count: Int) throws(TensorError) -> [Float] {
    var numbers = [Float](repeating: 0, count: count)
    try check("capture") { $0.capture_figures(handle, &numbers, Int64(count)) }
    return numbers
  }
}

/// Captures stay on the thread of their session.
@available(*, unavailable)
extension StepCapture: Sendable {}

extension Generator {
  /// Begins again as a new one of this seed would.
  public func restart(seed: UInt64) throws(TensorError) {
    try check("generator") { $0.generator_restart(handle, seed) }
  }
}

extension Tensor {
  /// Becomes another tensor wherever a condition does not hold; shapes broadcast to this one's.
  public func keep(where condition: Tensor, else other: Tensor) throws(TensorError) {
    try check("keep", [self, condition, other]) {
      $0.in_place(Int32(CT_KEEP_WHERE.rawValue), handle, condition.handle, other.handle, 0)
    }
  }
}

extension Backend {
  /// How exactly GPUs multiply, such as "TF32 in products off, TF32 in convolutions on".
  public static var precision: String {
    loaded.map { String(cString: $0.pointee.precision()) } ?? ""
  }

  /// Runs a body on a stream of its own, so that sessions on one GPU need not wait for each other.
  ///
  /// On the CPU it is just run. What was queued before is done when it begins, and what it queued when
  /// it ends.
  public static func withOwnStream<Result>(
    _ device: Device, _ body: () throws -> Result
  ) throws -> Result {
    guard device != .cpu else { return try body() }
    var stream = CTStream()
    try check("stream") { $0.stream_enter(device.code, &stream) }
    let result: Result
    do {
      result = try body()
    } catch {
      try? check("stream") { $0.stream_leave(stream) }
      throw error
    }
    try check("stream") { $0.stream_leave(stream) }
    return result
  }
}
