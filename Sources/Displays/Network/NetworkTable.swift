import Records

/// The table of layers that the terminal shows.
public struct NetworkTable: Sendable, CustomStringConvertible {
  private let summary: NetworkSummary

  /// Prepares one row a layer.
  public init(_ summary: NetworkSummary) { self.summary = summary }

  /// The table with a line of totals.
  public var description: String {
    let table = TextTable(
      [
        ("layer", .left), ("type", .left), ("reads", .left), ("output", .right),
        ("parameters", .right), ("", .left),
      ],
      rows: summary.layers.map { layer in
        [
          layer.name, layer.type, layer.incomings.joined(separator: ", "),
          NetworkDrawing.shapeText(layer.outputShape),
          layer.parameterCount == 0 ? "" : NumberText.grouped(layer.parameterCount), layer.detail,
        ]
      })
    return "\(table)\n\n\(NumberText.grouped(summary.parameterCount)) parameters, "
      + "\(NumberText.grouped(summary.trainableParameterCount)) of them trainable"
  }
}
