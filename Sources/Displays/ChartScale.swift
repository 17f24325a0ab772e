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

  /// The axis with some room at both ends, a part of its length; one that begins at or above 0 does
  /// not reach below it.
  func padded(by part: Double) -> ChartScale {
    if isLogarithmic {
      let factor = pow(highest / lowest, part)
      return ChartScale([lowest / factor, highest * factor], isLogarithmic: true)
    }
    let room = (highest - lowest) * part
    let low = lowest - room
    return ChartScale([lowest >= 0 ? max(0, low) : low, highest + room], isLogarithmic: false)
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
      if last - first >= 2 {
        let step = max(1, (last - first + 1) / max(1, count))
        return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
      }
      let fine = (first - 1...max(first - 1, last)).flatMap { power in
        [1.0, 2, 5].map { $0 * pow(10, Double(power)) }
      }.filter { $0 >= lowest && $0 <= highest }
      if fine.count > 1 { return fine }
    }
    let rough = (highest - lowest) / Double(max(1, count))
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 5, 10].map { $0 * power }).first { $0 >= rough } ?? rough
    guard step > 0, step.isFinite else { return [lowest] }
    var result: [Double] = []
    // Counted, not added up: many small errors would become a large one.
    let first = (lowest / step).rounded(.up)
    while result.count < 100 {
      let at = (first + Double(result.count)) * step
      guard at <= highest + step * 1e-9 else { break }
      result.append(abs(at) < step * 1e-9 ? 0 : at)
    }
    return result
  }
}
