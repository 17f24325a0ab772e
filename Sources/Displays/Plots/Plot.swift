/// One place of a curve: a measured point, or several with their exact extremes.
public struct PlotPoint: Codable, Equatable, Sendable {
  /// Where it stands: a step, an epoch, or seconds since the start.
  public var x: Double
  /// The smallest finite value; `nil` if there is none.
  public var minimum: Double?
  /// The largest finite value; `nil` if there is none.
  public var maximum: Double?
  /// The mean of the finite values; `nil` if there is none.
  public var mean: Double?
  /// The last finite value; `nil` if there is none.
  public var last: Double?
  /// How many measured points it stands for.
  public var count: Int

  /// Makes a place from its parts.
  public init(
    x: Double, minimum: Double?, maximum: Double?, mean: Double?, last: Double?, count: Int
  ) {
    self.x = x
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.last = last
    self.count = count
  }
}

/// A curve of a plot.
public struct PlotCurve: Codable, Equatable, Sendable {
  /// What the legend calls it.
  public var name: String
  /// The places in order; one without a value is a gap.
  public var points: [PlotPoint]
  /// The smoothed value at each place; `nil` where nothing is smoothed.
  public var smoothed: [Double?]?

  /// Makes a curve, smoothed with a weight above 0.
  public init(name: String, points: [PlotPoint], smoothing weight: Double = 0) {
    self.name = name
    self.points = points
    smoothed = weight > 0 ? Smoothing.smoothed(points, weight: weight) : nil
  }

  /// Its newest value.
  public var last: Double? { points.last { $0.last != nil }?.last }
}

/// Something that happened to a session, marked on its curves.
public struct PlotMark: Codable, Equatable, Sendable {
  /// Where it stands on the horizontal axis.
  public var x: Double
  /// What happened, in a few words.
  public var text: String

  /// Makes a mark from its parts.
  public init(x: Double, text: String) {
    self.x = x
    self.text = text
  }
}

/// Curves that share a vertical axis.
public struct PlotPanel: Codable, Equatable, Sendable {
  /// What the values are.
  public var title: String
  /// The curves; each keeps its colour from panel to panel.
  public var curves: [PlotCurve]
  /// Whether the values are parts of one, shown as percentages.
  public var isPercentage: Bool

  /// Makes a panel from its parts.
  public init(title: String, curves: [PlotCurve], isPercentage: Bool = false) {
    self.title = title
    self.curves = curves
    self.isPercentage = isPercentage
  }

  func text(_ value: Double) -> String {
    isPercentage ? NumberText.percentage(value) : NumberText.value(value)
  }

  /// The finite values that the vertical axis has to hold.
  var values: [Double] {
    curves.flatMap { $0.points.flatMap { [$0.minimum, $0.maximum].compactMap(\.self) } }
  }
}

/// Panels of curves over one horizontal axis, for a terminal (``TextPlot``) or a file
/// (``PlotDrawing``, ``PlotTable``).
public struct Plot: Codable, Equatable, Sendable {
  /// What stands on the horizontal axis.
  public enum Horizontal: String, Codable, Sendable, CaseIterable {
    case step
    case epoch
    /// Seconds since the session began.
    case time
  }

  /// The panels, from top to bottom.
  public var panels: [PlotPanel]
  /// What happened to the sessions.
  public var marks: [PlotMark]
  /// What stands on the horizontal axis.
  public var horizontal: Horizontal
  /// Whether the vertical axes are logarithmic.
  public var isLogarithmic: Bool

  /// Makes a plot from its parts.
  public init(
    panels: [PlotPanel], marks: [PlotMark] = [], horizontal: Horizontal = .step,
    isLogarithmic: Bool = false
  ) {
    self.panels = panels
    self.marks = marks
    self.horizontal = horizontal
    self.isLogarithmic = isLogarithmic
  }

  var horizontalAxis: PlotAxis {
    let xs = panels.flatMap { $0.curves.flatMap { $0.points.map(\.x) } }
    return PlotAxis(xs + marks.map(\.x), horizontal)
  }

  func verticalScale(_ panel: PlotPanel) -> ChartScale {
    ChartScale(panel.values, isLogarithmic: isLogarithmic)
  }
}
