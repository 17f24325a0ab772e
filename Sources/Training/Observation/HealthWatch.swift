import Lasagne
import Tensors

/// Looks at what is seen rarely: activations of samples that stay the same, spectra of the weights.
///
/// It changes nothing, and what it costs is bounded: ``WorkClock`` says for how long it may look.
struct HealthWatch {
  private let activations: ActivationWatch
  private var spectra: SpectrumWatch
  /// How long the last pass over the samples took.
  private var passSeconds = 0.0
  /// Whether a pass failed: what only looks must not end a run.
  private var isRefused = false
  /// The step of the last look.
  var lastStep: Int?

  /// Prepares to look at a run's network.
  init(network: Network, weights: Weights, store: SampleStore, indices: [Int]) {
    activations = ActivationWatch(
      network: network, weights: weights, store: store, indices: indices)
    spectra = SpectrumWatch(weights)
  }

  /// The figures there is time for, by metric key.
  ///
  /// - Parameter clock: As it was before this look.
  mutating func values(by clock: WorkClock) -> [String: Double] {
    var values: [String: Double] = [:]
    var seconds = 0.0
    if !isRefused, clock.canWatchHealth(for: passSeconds) {
      let start = ContinuousClock.now
      do { values = try activations.values() } catch { isRefused = true }
      passSeconds = (ContinuousClock.now - start).seconds
      seconds = passSeconds
    }
    values.merge(spectra.values { clock.canWatchHealth(for: seconds + $0) }) { $1 }
    return values
  }
}
