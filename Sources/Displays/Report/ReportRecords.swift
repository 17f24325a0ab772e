import Foundation
import Records

extension Report {
  /// The curves and what the script needs beside them, as JSON that is safe in a script element.
  func records() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(content), as: UTF8.self)
    // Within a script element nothing but its end tag, or a comment's begin, could end the text.
    return text.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
      .replacing("&", with: "\\u0026")
  }

  private struct Content: Encodable {
    var sessions: [SessionContent]
    var axes: [Axis] = []
    var panels: [Panel] = []
  }

  private struct SessionContent: Encodable {
    var name: String
    var epochs: [[Figure]]
    var marks: [Mark]
    var health: [String: String]
  }

  private struct Mark: Encodable {
    var step: Int
    var time: Figure
    var text: String
  }

  /// The places of curves that were measured at the same steps.
  private struct Axis: Encodable {
    var step: [Figure]
    var time: [Figure]
    var count: [Int]?
  }

  private struct Panel: Encodable {
    var kind: String
    var title: String
    var isPercentage: Bool
    var isLogarithmic: Bool
    var curves: [Curve]
  }

  private struct Curve: Encodable {
    var name: String
    var session: Int
    var axis: Int
    var total: Int
    var mean: [Figure?]
    /// Left out where each place is one point.
    var low: [Figure?]?
    var high: [Figure?]?
  }

  /// A number with six digits, which is more than a picture shows.
  private struct Figure: Encodable, Equatable {
    var value: Double
    init(_ value: Double) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let whole = Int(exactly: value) {
        try container.encode(whole)
      } else {
        // A decimal is written digit by digit, a binary number with all that it takes to be exact.
        let text = String(format: "%.6g", value)
        try container.encode(Decimal(string: text, locale: Locale(identifier: "en_US")) ?? 0)
      }
    }
  }

  private var content: Content {
    var content = Content(
      sessions: parts.map { part in
        SessionContent(
          name: name(part),
          epochs: part.epochs.map { [Figure($0.step), Figure($0.epoch)] },
          marks: part.events.compactMap { event in
            event.mark.map {
              Mark(step: event.step, time: Figure(event.time - part.start), text: $0)
            }
          }, health: LayerHealth.grades(part.record.latest))
      })
    for kind in kinds {
      let members = parts.enumerated().flatMap { index, part in
        part.series.filter { MetricKind.name(of: $0.key) == kind }.map { (index, part, $0) }
      }
      let isOneKey = Set(members.map(\.2.key)).count == 1 && parts.count > 1
      let curves = members.map { index, part, series in
        let names = parts.count == 1 ? [series.key] : isOneKey ? [] : [series.key]
        let name = (parts.count > 1 ? [self.name(part)] : []) + names
        return curve(series, name.joined(separator: " "), index, part, &content.axes)
      }
      content.panels.append(
        Panel(
          kind: kind, title: MetricKind.title(of: kind), isPercentage: MetricKind.isPart(kind),
          isLogarithmic: ["updateRatio", "gradientNorm"].contains(kind), curves: curves))
    }
    return content
  }

  private func curve(
    _ series: Series, _ name: String, _ index: Int, _ part: Part, _ axes: inout [Axis]
  ) -> Curve {
    let buckets = series.buckets
    let isPlain = buckets.allSatisfy { $0.count == 1 }
    let axis = Axis(
      step: buckets.map { Figure(Double($0.firstStep + $0.lastStep) / 2) },
      time: buckets.map { Figure((($0.lastTime - part.start) * 100).rounded() / 100) },
      count: isPlain ? nil : buckets.map(\.count))
    let known = axes.firstIndex {
      $0.step == axis.step && $0.time == axis.time && $0.count == axis.count
    }
    if known == nil { axes.append(axis) }
    func figures(_ value: (Series.Bucket) -> Double?) -> [Figure?] {
      buckets.map { value($0).map(Figure.init) }
    }
    return Curve(
      name: name, session: index, axis: known ?? axes.count - 1, total: series.totalCount,
      mean: figures(\.mean), low: isPlain ? nil : figures(\.minimum),
      high: isPlain ? nil : figures(\.maximum))
  }

  /// The kinds of metrics: losses and accuracies first, those of single parameters last.
  var kinds: [String] {
    let keys = parts.flatMap { $0.series.map(\.key) }
    func rank(_ kind: String) -> Int {
      if let place = ["loss", "accuracy"].firstIndex(of: kind) { return place }
      let isOfParameters = keys.contains {
        MetricPoints.isOfPart($0) && MetricKind.name(of: $0) == kind
      }
      return isOfParameters ? 3 : 2
    }
    return Set(keys.map(MetricKind.name)).sorted { (rank($0), $0) < (rank($1), $1) }
  }
}

/// How well layers learn, by the size of an update relative to the weights.
enum LayerHealth {
  private static let grades = [
    (1e-5, "still"), (1e-4, "slow"), (1e-2, "good"), (1e-1, "fast"), (Double.infinity, "wild"),
  ]

  /// The grade of each layer that has one: of its weights `W`, else of its first parameter.
  static func grades(_ latest: [String: Double]) -> [String: String] {
    var grades: [String: String] = [:]
    for (key, ratio) in latest.sorted(by: { $0.key < $1.key }) {
      guard key.hasPrefix("params/"), key.hasSuffix("/updateRatio") else { continue }
      let parameter = key.dropFirst("params/".count).dropLast("/updateRatio".count)
      guard let point = parameter.lastIndex(of: ".") else { continue }
      let layer = String(parameter[..<point])
      guard grades[layer] == nil || parameter[point...] == ".W" else { continue }
      grades[layer] = self.grades.first { ratio < $0.0 }?.1 ?? "wild"
    }
    return grades
  }
}
