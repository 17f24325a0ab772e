/// Where steps are captured: made of tensors that stay and numbers on the device, so that a GPU can
/// repeat them as one graph.
public enum StepCapturing: String, Sendable {
  /// Nowhere.
  case off
  /// On GPUs.
  case onGPUs = "on"
  /// On the CPU too, where the same operations are called one by one; for comparing.
  case everywhere

  /// As `LASAGNE_CAPTURE` says: `off`, `on` or `everywhere`; `on` where it says nothing.
  ///
  /// - Throws: `TrainingError` where it says something else.
  public init(environment: [String: String]) throws(TrainingError) {
    let word = environment["LASAGNE_CAPTURE"] ?? ""
    guard let known = word.isEmpty ? .onGPUs : Self(rawValue: word) else {
      throw TrainingError(
        .environment, "LASAGNE_CAPTURE is '\(word)'; use off, on or everywhere.")
    }
    self = known
  }
}
