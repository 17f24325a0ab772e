import Foundation

/// A linear or logarithmic axis: where a value stands between its ends, and which values to name.
struct ChartScale: Equatable {
  let lowest: Double
  let highest: Double
  let isLogarithmic: Bool

  /// The axis that holds all the values; a logarithmic one leaves out what is not above 0.
  init(_ values: [Double], isLogarithmic: Bool) {
    let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    var low = usable.min() ?? (isLogarithmic ? 0.1 : 0)
    var high = usable.max() ?? 1
    if low == high {
      if isLogarithmic {
        low /= 2
        high *= 2
      } else {
        let room = low == 0 ? 1 : abs(low) * 0.1
        low -= room
        high += room
      }
    }
    lowest = low
    highest = high
    self.isLogarithmic = isLogarithmic
  }

  /// 0 at the lowest end, 1 at the highest; `nil` for what the axis cannot show.
  func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if isLogarithmic {
      guard value > 0 else { return nil }
      return (log10(value) - log10(lowest)) / (log10(highest) - log10(lowest))
    }
    return (value - lowest) / (highest - lowest)
  }

  /// Round values on the axis, about as many as asked.
  func ticks(about count: Int) -> [Double] {
    if isLogarithmic {
      let first = Int(log10(lowest).rounded(.up))
      let last = Int(log10(highest).rounded(.down))
      if last - first >= 1 {
        let step = max(1, (last - first + 1) / max(1, count))
        return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
      }
    }
    let rough = (highest - lowest) / Double(max(1, count))
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 5, 10].map { $0 * power }).first { $0 >= rough } ?? rough
    guard step > 0, step.isFinite else { return [lowest] }
    var result: [Double] = []
    var at = (lowest / step).rounded(.up) * step
    while at <= highest + step * 1e-9, result.count < 100 {
      result.append(abs(at) < step * 1e-9 ? 0 : at)
      at += step
    }
    return result
  }
}
