import Foundation
import Training

/// The words of the environment that say how steps are computed.
enum EnvironmentWords {
  /// Refuses words that nothing would come of: a misspelt switch would change nothing, silently.
  static func check(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    _ = try StepPlanning(environment: environment)
    _ = try StepCapturing(environment: environment)
    try check(environment, "LASAGNE_KERNELS", ["plain", "avx2", "avx512"])
    try check(environment, "LASAGNE_TF32", ["all", "convolutions", "off"])
  }

  private static func check(
    _ environment: [String: String], _ name: String, _ known: [String]
  ) throws {
    guard let word = environment[name], !word.isEmpty, !known.contains(word) else { return }
    throw TrainingError(
      .environment, "\(name) is '\(word)'; use one of \(known.joined(separator: ", ")).")
  }
}
