import Records

/// The newest figures of a session's parameters and layers: how each learns, what its spectrum is,
/// which units do nothing.
public struct LayerFigures: Sendable {
  /// A column of the table.
  public struct Column: Sendable {
    /// The last part of the metric's key: `stableRank`.
    public let kind: String
    /// What stands above it.
    public let title: String
    /// Whether it is measured of a layer, and not of a parameter.
    let isOfLayer: Bool
  }

  /// One parameter, or a layer that has none.
  public struct Row: Sendable {
    /// The full name: `conv1.W`.
    public let name: String
    /// The figures by column; `nil` where there is none.
    public let values: [Double?]
  }

  private static let all = [
    Column(kind: "norm", title: "norm", isOfLayer: false),
    Column(kind: "updateRatio", title: "update ÷ weight", isOfLayer: false),
    Column(kind: "gradientNorm", title: "gradient", isOfLayer: false),
    Column(kind: "spectralNorm", title: "largest σ", isOfLayer: false),
    Column(kind: "stableRank", title: "stable rank", isOfLayer: false),
    Column(kind: "effectiveRank", title: "effective rank", isOfLayer: false),
    Column(kind: "alpha", title: "α", isOfLayer: false),
    Column(kind: "deadShare", title: "dead", isOfLayer: true),
    Column(kind: "saturation", title: "flat", isOfLayer: true),
  ]

  /// The columns in which something was measured.
  public let columns: [Column]
  /// The rows, in the network's order where that is known.
  public let rows: [Row]

  /// Gathers the figures of a session.
  ///
  /// - Parameters:
  ///   - latest: The newest values by key.
  ///   - network: Tells the order of the rows; without it they are in that of their names.
  public init(_ latest: [String: Double], network: NetworkSummary? = nil) {
    let columns = Self.all.filter { column in
      let start = column.isOfLayer ? "layers/" : "params/"
      return latest.keys.contains { $0.hasPrefix(start) && $0.hasSuffix("/" + column.kind) }
    }
    let names = Self.names(latest, network)
    var rows: [Row] = []
    for (layer, parameters) in names {
      for (index, parameter) in (parameters.isEmpty ? [layer] : parameters).enumerated() {
        let values = columns.map { column -> Double? in
          if column.isOfLayer {
            return index == 0 ? latest["layers/\(layer)/\(column.kind)"] : nil
          }
          return latest["params/\(parameter)/\(column.kind)"]
        }
        if values.contains(where: { $0 != nil }) {
          rows.append(Row(name: parameter, values: values))
        }
      }
    }
    self.columns = columns
    self.rows = rows
  }

  /// The layers, each with its parameters.
  private static func names(
    _ latest: [String: Double], _ network: NetworkSummary?
  ) -> [(layer: String, parameters: [String])] {
    if let network { return network.layers.map { ($0.name, $0.parameters.map(\.name)) } }
    var found: [String: Set<String>] = [:]
    for key in latest.keys {
      let parts = key.split(separator: "/")
      guard parts.count >= 3 else { continue }
      let name = parts.dropFirst().dropLast().joined(separator: "/")
      if parts[0] == "layers" { found[name, default: []].formUnion([]) }
      guard parts[0] == "params", let point = name.lastIndex(of: ".") else { continue }
      found[String(name[..<point]), default: []].insert(name)
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
  }

  /// A row's figures as people read them; empty where there is none.
  public func texts(_ row: Row) -> [String] {
    zip(columns, row.values).map { column, value in
      guard let value else { return "" }
      return MetricKind.isPart(column.kind)
        ? NumberText.percentage(value) : NumberText.value(value)
    }
  }
}
