import Records

/// The table of what each layer sees, for the terminal.
public struct CapacityTable: Sendable, CustomStringConvertible {
  private let report: CapacityReport

  /// Prepares one row a layer.
  public init(_ report: CapacityReport) { self.report = report }

  /// The table with a line that explains it, or a sentence where there is nothing to see.
  public var description: String {
    guard report.input != nil else {
      return "The inputs of \(printable(report.name)) have no places, so nothing is seen in part."
    }
    let table = TextTable(
      [
        ("layer", .left), ("type", .left), ("output", .right), ("sees", .right),
        ("of the input", .right), ("filter", .right), ("capacity", .right), ("", .left),
      ],
      rows: report.layers.map { layer in
        [
          layer.name, layer.type, NetworkDrawing.shapeText(layer.outputShape),
          Self.sizes(layer.field), Self.percentages(layer.coverage), Self.lengths(layer.filter),
          Self.percentages(layer.capacity), Self.remark(layer),
        ]
      })
    return "\(table)\n\nCapacity: the filter, in places of the input, as a share of what it sees; "
      + "below 1/6 it is too low."
  }

  /// A size as people write it: `5×5`; a dash where it is not known.
  public static func sizes(_ sizes: [Int]?) -> String {
    sizes.map { $0.map(String.init).joined(separator: "×") } ?? "–"
  }

  private static func lengths(_ lengths: [Double]?) -> String {
    lengths.map { $0.map(NumberText.value).joined(separator: "×") } ?? ""
  }

  /// One number where all axes have the same: `36 %`.
  private static func percentages(_ shares: [Double]?) -> String {
    guard let shares, let first = shares.first else { return "" }
    let texts = shares.map { "\(Int(($0 * 100).rounded()))" }
    return (shares.allSatisfy { $0 == first } ? texts[0] : texts.joined(separator: "×")) + " %"
  }

  /// What is to be thought of a layer, in words; empty where nothing is.
  public static func remark(_ layer: LayerCapacity) -> String {
    [
      layer.hasLowCapacity ? "low capacity" : nil,
      layer.seesBeyondInput ? "sees beyond the input" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }
}
