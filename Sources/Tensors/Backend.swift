import CTorch

/// The compute backend: libtorch behind one table of C functions, loaded at first use.
public enum Backend {
  /// Loads the backend now; does nothing if it is loaded.
  ///
  /// Throws one sentence if it cannot be.
  public static func load() throws(TensorError) {
    _ = try table()
  }

  /// The version of libtorch, such as `2.13.0+cpu`; empty if the backend cannot be loaded.
  public static var version: String {
    loaded.map { String(cString: $0.pointee.version) } ?? ""
  }

  /// The vector instructions libtorch uses on this CPU, such as `AVX512`.
  public static var capability: String {
    loaded.map { String(cString: $0.pointee.capability()) } ?? ""
  }

  /// Tensors of the process that are in use.
  public static var liveTensors: Int {
    loaded.map { Int($0.pointee.live_tensors()) } ?? 0
  }

  /// Tensors this thread has made minus those it has freed.
  ///
  /// A test that makes and drops its tensors on one thread finds the number unchanged, whatever
  /// other tests do meanwhile.
  public static var liveTensorsOnThisThread: Int {
    loaded.map { Int($0.pointee.live_tensors_on_thread()) } ?? 0
  }

  /// Sets how many threads an operation called from this thread may use, at least 1.
  ///
  /// The setting belongs to the calling thread: each session sets its own.
  public static func setThreadCount(_ count: Int) {
    loaded?.pointee.set_thread_count(Int32(clamping: max(1, count)))
  }

  /// How many threads an operation called from this thread may use.
  public static var threadCount: Int {
    loaded.map { Int($0.pointee.thread_count()) } ?? 1
  }

  /// Waits until all work queued on a device is done; the CPU is always done.
  public static func synchronize(_ device: Device) throws(TensorError) {
    try check("synchronize") { $0.synchronize(device.code) }
  }
}
