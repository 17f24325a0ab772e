import Records

/// Where each layer of a network stands in its picture.
///
/// Layers flow from top to bottom. A layer's row is the longest way to it from an input, so each
/// edge points down; within a row, layers are ordered by where the layers they read stand.
struct NetworkLayout: Equatable {
  /// The place of one layer: its row from the top, and its middle in columns (0 is the middle of
  /// the picture; columns are one box apart).
  struct Place: Equatable {
    var row: Int
    var column: Double
  }

  let places: [Place]
  let rowCount: Int
  /// The number of boxes in the widest row.
  let widest: Int

  init(_ summary: NetworkSummary) {
    let layers = summary.layers
    let indices = Dictionary(
      layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    // A summary lists each layer after what it reads; anything else is no edge here, so that a
    // circle in somebody's file cannot keep this from ending.
    let incomings = layers.enumerated().map { index, layer in
      layer.incomings.compactMap { indices[$0] }.filter { $0 < index }
    }
    var rows: [Int] = []
    for sources in incomings { rows.append((sources.map { rows[$0] + 1 }.max()) ?? 0) }
    // An input that is read only further down stands just above its first reader.
    for index in layers.indices.reversed() where incomings[index].isEmpty {
      let readers = layers.indices.filter { incomings[$0].contains(index) }
      if let first = readers.map({ rows[$0] }).min() { rows[index] = max(0, first - 1) }
    }
    rowCount = (rows.max() ?? -1) + 1
    var places = rows.map { Place(row: $0, column: 0) }
    var widest = 0
    for row in 0..<rowCount {
      let members = layers.indices.filter { rows[$0] == row }
      widest = max(widest, members.count)
      let wishes = members.map { member in
        let sources = incomings[member]
        return sources.isEmpty
          ? 0 : sources.map { places[$0].column }.reduce(0, +) / Double(sources.count)
      }
      let order = members.indices.sorted {
        wishes[$0] == wishes[$1] ? $0 < $1 : wishes[$0] < wishes[$1]
      }
      let middle = wishes.isEmpty ? 0 : wishes.reduce(0, +) / Double(wishes.count)
      for (position, chosen) in order.enumerated() {
        places[members[chosen]].column =
          middle + Double(position) - Double(members.count - 1) / 2
      }
    }
    self.widest = widest
    self.places = places
  }

  /// The leftmost and rightmost middle of a box, in columns.
  var span: (left: Double, right: Double) {
    (places.map(\.column).min() ?? 0, places.map(\.column).max() ?? 0)
  }
}
