import Records

/// Where each layer of a network stands in its picture, and which way each connection goes.
///
/// Layers flow from top to bottom in rows. It is done in the steps of Sugiyama, Tagawa & Toda (Methods
/// for Visual Understanding of Hierarchical System Structures, 1981): rows by the longest way from an
/// input; a place in every row for each connection that passes through it; the order within rows that
/// crosses fewest connections; and places that keep connections straight (``LayoutColumns``). As a
/// connection has a place of its own in each row it passes, it never runs behind a box.
struct NetworkLayout: Equatable {
  /// The place of one layer: its row from the top, and its middle in pixels.
  struct Place: Equatable {
    var row: Int
    var x: Double
  }

  /// A connection: the layers it joins, and where it passes through the rows between them.
  struct Edge: Equatable {
    var source: Int
    var target: Int
    /// The x of each row between, from the top.
    var bends: [Double]
  }

  /// The sizes that decide what stands how far apart, in pixels.
  struct Spacing: Equatable {
    /// The width of a box.
    var box = 372.0
    /// Between two boxes.
    var gap = 28.0
    /// What a connection that passes through a row takes of it.
    var lane = 22.0
  }

  let places: [Place]
  let edges: [Edge]
  let rowCount: Int
  /// The number of boxes in the widest row.
  let widest: Int
  /// How often connections cross.
  let crossings: Int
  /// The leftmost and rightmost middle of a box or of a connection.
  let left: Double
  let right: Double

  /// Lays a network out; the width of the boxes may depend on how many stand beside each other.
  init(_ summary: NetworkSummary, spacing: (_ widest: Int) -> Spacing = { _ in Spacing() }) {
    let layers = summary.layers
    let indices = Dictionary(
      layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    // A summary lists each layer after what it reads; anything else is no edge here, so that a
    // circle in somebody's file cannot keep this from ending.
    let incomings = layers.enumerated().map { index, layer in
      var seen: Set<Int> = []
      return layer.incomings.compactMap { indices[$0] }
        .filter { $0 < index && seen.insert($0).inserted }
    }
    let rows = Self.rows(incomings)
    rowCount = (rows.max() ?? -1) + 1
    var counts = [Int](repeating: 0, count: rowCount)
    for row in rows { counts[row] += 1 }
    widest = counts.max() ?? 0

    var graph = LayoutGraph(rows: rows, incomings: incomings)
    crossings = graph.order()
    let x = LayoutColumns(graph, spacing: spacing(widest)).places
    places = rows.indices.map { Place(row: rows[$0], x: x[$0]) }
    edges = graph.edges.map { edge in
      Edge(source: edge.source, target: edge.target, bends: edge.lanes.map { x[$0] })
    }
    (left, right) = (x.min() ?? 0, x.max() ?? 0)
  }

  /// The row of each layer: below all it reads, and as near to what reads it as shortens the
  /// connections.
  private static func rows(_ incomings: [[Int]]) -> [Int] {
    var rows: [Int] = []
    for sources in incomings { rows.append((sources.map { rows[$0] + 1 }.max()) ?? 0) }
    var readers: [[Int]] = incomings.map { _ in [] }
    for (index, sources) in incomings.enumerated() {
      for source in sources { readers[source].append(index) }
    }
    for index in incomings.indices.reversed() where readers[index].count > incomings[index].count {
      if let first = readers[index].map({ rows[$0] }).min() {
        rows[index] = max(rows[index], first - 1)
      }
    }
    return rows
  }
}
