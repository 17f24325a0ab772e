import Foundation

/// The exponential moving average that curves are smoothed with.
///
/// Divided by 1 − weightⁿ as Adam's averages are (Kingma and Ba, arXiv:1412.6980, section 3), so
/// that it does not lean towards 0 at the start. A place that stands for several points counts as
/// so many, so that the smoothed curve hardly depends on the zoom.
enum Smoothing {
  /// The average at each place; `nil` where the place has no value.
  static func smoothed(_ points: [PlotPoint], weight: Double) -> [Double?] {
    let weight = min(max(weight, 0), 0.9999)
    var sum = 0.0
    var kept = 1.0
    return points.map { point in
      guard let mean = point.mean else { return nil }
      let decay = pow(weight, Double(max(1, point.count)))
      sum = sum * decay + (1 - decay) * mean
      kept *= decay
      return sum / (1 - kept)
    }
  }
}
