import Foundation

/// The horizontal axis of a plot: its scale, its name, and what stands at its ticks.
struct PlotAxis {
  let scale: ChartScale
  let title: String
  /// Seconds in the unit that is shown; 1 for steps and epochs.
  private let unit: Double

  init(_ values: [Double], _ horizontal: Plot.Horizontal) {
    scale = ChartScale(values, isLogarithmic: false)
    switch horizontal {
    case .step: (title, unit) = ("step", 1)
    case .epoch: (title, unit) = ("epoch", 1)
    case .time:
      let length = scale.highest - scale.lowest
      (title, unit) =
        length < 180
        ? ("seconds", 1)
        : length < 3 * 3600
          ? ("minutes", 60) : length < 72 * 3600 ? ("hours", 3600) : ("days", 86_400)
    }
  }

  /// Round values on the axis with their labels.
  func ticks(about count: Int) -> [(value: Double, label: String)] {
    let shown = ChartScale(
      [scale.lowest / unit, scale.highest / unit], isLogarithmic: false
    ).ticks(about: count)
    return zip(shown, AxisText.labels(shown)).map { ($0 * unit, $1) }
  }
}

/// The numbers beside an axis, all written with the same care.
enum AxisText {
  /// Labels of ticks that stand at equal distances, or of some on a logarithmic axis.
  static func labels(
    _ ticks: [Double], isPercentage: Bool = false, isLogarithmic: Bool = false
  ) -> [String] {
    if isPercentage {
      return labels(ticks.map { $0 * 100 }, isLogarithmic: isLogarithmic).map { "\($0) %" }
    }
    if isLogarithmic {
      return ticks.map {
        (1e-3..<1e5).contains($0) ? String(format: "%g", $0) : scientific($0)
      }
    }
    let largest = ticks.map { abs($0) }.max() ?? 0
    let step = zip(ticks, ticks.dropFirst()).map { abs($1 - $0) }.min() ?? largest
    guard largest > 0, step > 0 else { return ticks.map(NumberText.value) }
    if largest >= 1e12 || step < 1e-4 { return ticks.map(scientific) }
    if largest >= 10_000, step >= largest / 100 { return ticks.map { short($0) } }
    // As many decimals as the finest step needs, for all alike.
    let decimals = (0...5).first { isWhole(step * pow(10, Double($0))) } ?? 5
    return ticks.map { NumberText.fixed($0, decimals: decimals) }
  }

  private static func isWhole(_ value: Double) -> Bool {
    abs(value - value.rounded()) < 1e-6 * max(1, abs(value))
  }

  private static func short(_ value: Double) -> String {
    (value < 0 ? "−" : "") + NumberText.short(Int(abs(value).rounded()))
  }

  /// `1e-5`, `2.5e-7`; what is 0 is 0.
  private static func scientific(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let power = Int(log10(abs(value)).rounded(.down))
    let leading = value / pow(10, Double(power))
    return NumberText.fixed(leading, decimals: isWhole(leading) ? 0 : 1) + "e\(power)"
  }
}
