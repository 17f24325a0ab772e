import Foundation
import Lasagne

/// How the learning rate changes over a run.
///
/// Times are epochs, whole or not, so that a schedule means the same for every batch size.
public indirect enum Schedule: Equatable, Hashable, Sendable {
  /// It stays as it is.
  case constant
  /// It falls in a straight line, to 0 at the end.
  case linear
  /// It falls along half a cosine, to 0 at the end.
  ///
  /// Loshchilov and Hutter, SGDR, 2017, without restarts.
  case cosine
  /// It falls to 0 at the end, as a power of what is left of the run.
  case polynomial(power: Double = 2)
  /// It is multiplied by the factor after each so many epochs.
  case step(every: Double, factor: Double = 0.1)
  /// It is multiplied by the factor at each of these epochs.
  case multiStep(at: [Double], factor: Double = 0.1)
  /// It is multiplied by the factor in the course of every epoch, little by little.
  case exponential(factor: Double)
  /// It rises along half a cosine from 1/startDivisor, and falls from the full rate to that divided
  /// by endDivisor.
  ///
  /// `rise` is the share of the run in which it rises. Smith and Topin, Super-convergence, 2018.
  case oneCycle(rise: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 10_000)
  /// It is multiplied by a factor when a metric has stopped getting better.
  case plateau(Plateau = Plateau())
  /// It rises in a straight line from a share of itself, and another schedule begins then.
  ///
  /// Goyal et al., Accurate, large minibatch SGD, 2017.
  case warmUp(epochs: Double, from: Double = 0.01, then: Schedule = .constant)
}

extension Schedule {
  /// What the recipe's learning rate is multiplied with.
  ///
  /// - Parameters:
  ///   - epoch: The position in epochs, fractional within one.
  ///   - epochs: The epochs of the whole run.
  ///   - plateauFactor: What a plateau has come to so far.
  public func factor(at epoch: Double, of epochs: Double, plateauFactor: Double = 1) -> Double {
    let progress = epochs > 0 ? min(max(epoch / epochs, 0), 1) : 1
    switch self {
    case .constant: return 1
    case .linear: return 1 - progress
    case .cosine: return (1 + cos(.pi * progress)) / 2
    case .polynomial(let power): return pow(1 - progress, power)
    case .step(let every, let factor): return pow(factor, floor(epoch / every))
    case .multiStep(let boundaries, let factor):
      return pow(factor, Double(boundaries.count { $0 <= epoch }))
    case .exponential(let factor): return pow(factor, epoch)
    case .oneCycle(let rise, let startDivisor, let endDivisor):
      let start = 1 / startDivisor
      if progress < rise { return Self.eased(from: start, to: 1, progress / rise) }
      return Self.eased(from: 1, to: start / endDivisor, (progress - rise) / (1 - rise))
    case .plateau: return plateauFactor
    case .warmUp(let warm, let from, let then):
      let later = then.factor(
        at: max(0, epoch - warm), of: max(0, epochs - warm), plateauFactor: plateauFactor)
      return epoch < warm ? (from + (1 - from) * epoch / warm) * later : later
    }
  }

  /// Along half a cosine from one number to another.
  private static func eased(from start: Double, to end: Double, _ progress: Double) -> Double {
    end + (start - end) * (1 + cos(.pi * progress)) / 2
  }

  /// The plateau that is waited for, also behind a warm-up.
  var plateau: Plateau? {
    switch self {
    case .plateau(let plateau): plateau
    case .warmUp(_, _, let then): then.plateau
    default: nil
    }
  }
}
