/// How far from the left each node of a layout stands.
///
/// Brandes & Köpf, Fast and Simple Horizontal Coordinate Assignment, 2001: nodes are joined to straight
/// columns with the median of their neighbours, in four ways (from above or below, leftmost or
/// rightmost first); the columns are pushed together, and each node stands in the middle of what the
/// four say. Connections that pass through many rows win over short ones.
struct LayoutColumns {
  /// The middle of each node in pixels.
  let places: [Double]

  private struct Way {
    let isDown: Bool
    let isLeft: Bool
  }

  init(_ graph: LayoutGraph, spacing: NetworkLayout.Spacing) {
    let conflicts = Self.conflicts(in: graph)
    var all: [[Double]] = []
    for way in [
      Way(isDown: true, isLeft: true), Way(isDown: true, isLeft: false),
      Way(isDown: false, isLeft: true), Way(isDown: false, isLeft: false),
    ] {
      all.append(Self.columns(graph, way, spacing, conflicts))
    }
    places = Self.balanced(all, [true, false, true, false])
  }

  /// Short connections that cross a part of a long one: they must not keep it from being straight.
  private static func conflicts(in graph: LayoutGraph) -> Set<Pair> {
    var conflicts: Set<Pair> = []
    for row in graph.rows.indices.dropFirst() {
      let nodes = graph.rows[row]
      var scanned = 0
      var left = 0
      for (place, node) in nodes.enumerated() {
        let inner = graph.isLane(node) ? graph.above[node].first { graph.isLane($0) } : nil
        guard inner != nil || place == nodes.count - 1 else { continue }
        let right = inner.map { graph.position[$0] } ?? graph.rows[row - 1].count
        for other in nodes[scanned...place] {
          let otherInner = graph.isLane(other) && graph.above[other].contains { graph.isLane($0) }
          for upper in graph.above[other] where !otherInner {
            let at = graph.position[upper]
            if at < left || at > right { conflicts.insert(Pair(upper, other)) }
          }
        }
        scanned = place + 1
        left = right
      }
    }
    return conflicts
  }

  private struct Pair: Hashable {
    let upper: Int
    let lower: Int

    init(_ upper: Int, _ lower: Int) { (self.upper, self.lower) = (upper, lower) }
  }

  private static func columns(
    _ graph: LayoutGraph, _ way: Way, _ spacing: NetworkLayout.Spacing, _ conflicts: Set<Pair>
  ) -> [Double] {
    let rows = (way.isDown ? graph.rows : graph.rows.reversed()).map {
      way.isLeft ? $0 : $0.reversed()
    }
    let joined = way.isDown ? graph.above : graph.below
    var position = graph.position
    for row in rows { for (place, node) in row.enumerated() { position[node] = place } }

    // Columns: `root` is the first node of each, `next` leads round through all of it.
    var root = Array(position.indices)
    var next = root
    for row in rows {
      var last = -1
      for node in row {
        let neighbours = joined[node].sorted { position[$0] < position[$1] }
        guard !neighbours.isEmpty else { continue }
        let middle = Double(neighbours.count - 1) / 2
        for index in Int(middle.rounded(.down))...Int(middle.rounded(.up)) where next[node] == node
        {
          let other = neighbours[index]
          let pair = way.isDown ? Pair(other, node) : Pair(node, other)
          guard last < position[other], !conflicts.contains(pair) else { continue }
          next[other] = node
          root[node] = root[other]
          next[node] = root[node]
          last = position[other]
        }
      }
    }
    let sign = way.isLeft ? 1.0 : -1
    return compacted(graph, rows, root, spacing).map { $0 * sign }
  }

  /// Pushes columns to the left, then each back to the right as far as its neighbours allow.
  private static func compacted(
    _ graph: LayoutGraph, _ rows: [[Int]], _ root: [Int], _ spacing: NetworkLayout.Spacing
  ) -> [Double] {
    var after: [[(column: Int, distance: Double)]] = root.map { _ in [] }
    var before = after
    var waiting = [Int](repeating: 0, count: root.count)
    for row in rows {
      for (left, right) in zip(row, row.dropFirst()) where root[left] != root[right] {
        let width = { (node: Int) in graph.isLane(node) ? spacing.lane : spacing.box + spacing.gap }
        let distance = (width(left) + width(right)) / 2
        after[root[left]].append((root[right], distance))
        before[root[right]].append((root[left], distance))
        waiting[root[right]] += 1
      }
    }
    var x = [Double](repeating: 0, count: root.count)
    var order: [Int] = []
    var ready = root.indices.filter { root[$0] == $0 && waiting[$0] == 0 }
    while let column = ready.popLast() {
      order.append(column)
      x[column] = before[column].map { x[$0.column] + $0.distance }.max() ?? 0
      for other in after[column] {
        waiting[other.column] -= 1
        if waiting[other.column] == 0 { ready.append(other.column) }
      }
    }
    for column in order.reversed() {
      if let room = after[column].map({ x[$0.column] - $0.distance }).min() {
        x[column] = max(x[column], room)
      }
    }
    return root.map { x[$0] }
  }

  /// The four brought to the narrowest one's side, and the mean of the two in the middle.
  private static func balanced(_ all: [[Double]], _ isLeft: [Bool]) -> [Double] {
    guard let first = all.first, !first.isEmpty else { return [] }
    let ends = all.map { ($0.min() ?? 0, $0.max() ?? 0) }
    let narrowest = ends.min { $0.1 - $0.0 < $1.1 - $1.0 } ?? (0, 0)
    let moved = all.indices.map { index -> [Double] in
      let shift = isLeft[index] ? narrowest.0 - ends[index].0 : narrowest.1 - ends[index].1
      return all[index].map { $0 + shift }
    }
    return first.indices.map { node in
      let sorted = moved.map { $0[node] }.sorted()
      return (sorted[1] + sorted[2]) / 2
    }
  }
}
