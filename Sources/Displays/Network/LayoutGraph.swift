/// A network in rows, with a place in every row for each connection that passes through it.
///
/// The first nodes are the layers; those after them are lanes of connections.
struct LayoutGraph {
  /// A connection with its lanes, from the top.
  struct Edge {
    let source: Int
    let target: Int
    var lanes: [Int] = []
  }

  let layerCount: Int
  /// The row of each node.
  private(set) var rowOf: [Int]
  /// The nodes of each row, from the left.
  private(set) var rows: [[Int]]
  private(set) var edges: [Edge] = []
  /// What each node is joined to in the row above.
  private(set) var above: [[Int]]
  /// What each node is joined to in the row below.
  private(set) var below: [[Int]]
  /// The place of each node in its row.
  private(set) var position: [Int] = []

  /// So many lanes are made at most; connections beyond run straight and count as no crossing.
  ///
  /// A file could ask for more than anybody could look at.
  private static let mostLanes = 20_000
  /// From so many nodes and connections on, few orders are tried.
  private static let largest = 6_000
  /// Rounds without an improvement after which no other order is tried.
  private static let patience = 4

  init(rows layerRows: [Int], incomings: [[Int]]) {
    layerCount = layerRows.count
    rowOf = layerRows
    above = layerRows.map { _ in [] }
    below = layerRows.map { _ in [] }
    rows = [[Int]](repeating: [], count: (layerRows.max() ?? -1) + 1)
    for (target, sources) in incomings.enumerated() {
      for source in sources { connect(source, target) }
    }
    for node in Self.walk(from: layerCount, above, below) { rows[rowOf[node]].append(node) }
    position = [Int](repeating: 0, count: rowOf.count)
    for row in rows.indices { number(row) }
  }

  /// Whether a node is a lane of a connection instead of a layer.
  func isLane(_ node: Int) -> Bool { node >= layerCount }

  private mutating func connect(_ source: Int, _ target: Int) {
    var edge = Edge(source: source, target: target)
    let between = (rowOf[source] + 1)..<max(rowOf[source] + 1, rowOf[target])
    defer { edges.append(edge) }
    guard rowOf.count - layerCount + between.count <= Self.mostLanes else { return }
    var last = source
    for row in between {
      let lane = rowOf.count
      rowOf.append(row)
      above.append([])
      below.append([])
      join(last, lane)
      edge.lanes.append(lane)
      last = lane
    }
    join(last, target)
  }

  private mutating func join(_ upper: Int, _ lower: Int) {
    below[upper].append(lower)
    above[lower].append(upper)
  }

  /// All nodes, each branch followed to its end before the next begins: neighbours stay together.
  private static func walk(from layerCount: Int, _ above: [[Int]], _ below: [[Int]]) -> [Int] {
    var order: [Int] = []
    var isSeen = [Bool](repeating: false, count: above.count)
    for start in above.indices where above[start].isEmpty {
      var stack = [start]
      while let node = stack.popLast() {
        guard !isSeen[node] else { continue }
        isSeen[node] = true
        order.append(node)
        stack += below[node].reversed()
      }
    }
    return order
  }

  private mutating func number(_ row: Int) {
    for (place, node) in rows[row].enumerated() { position[node] = place }
  }

  // MARK: the order within rows

  /// Orders each row so that few connections cross; returns how many still do.
  ///
  /// Rows are sorted by the middle of what their nodes are joined to, downwards and upwards in turn,
  /// then neighbours change places where that helps.
  mutating func order() -> Int {
    var best = rows
    var fewest = crossings()
    var round = 0
    var idle = 0
    let isLarge = rowOf.count + edges.count > Self.largest
    while fewest > 0, idle < Self.patience, round < (isLarge ? 4 : 24) {
      let isDown = round.isMultiple(of: 2)
      sweep(isDown: isDown, fromTheRight: round % 4 >= 2)
      if !isLarge { swapNeighbours() }
      let count = crossings()
      idle += 1
      if count < fewest {
        (best, fewest, idle) = (rows, count, 0)
      }
      round += 1
    }
    rows = best
    for row in rows.indices { number(row) }
    return fewest
  }

  private mutating func sweep(isDown: Bool, fromTheRight: Bool) {
    let order = isDown ? Array(rows.indices.dropFirst()) : Array(rows.indices.dropLast().reversed())
    for row in order {
      let joined = isDown ? above : below
      let wishes = rows[row].map { node -> Double? in
        let places = joined[node].map { position[$0] }
        return places.isEmpty ? nil : Double(places.reduce(0, +)) / Double(places.count)
      }
      // What is joined to nothing there keeps its place; the others share the remaining ones.
      let free = rows[row].indices.filter { wishes[$0] != nil }
      let sorted = free.sorted { first, second in
        let (a, b) = (wishes[first] ?? 0, wishes[second] ?? 0)
        if a != b { return a < b }
        return fromTheRight ? first > second : first < second
      }
      var arranged = rows[row]
      for (place, node) in zip(free, sorted) { arranged[place] = rows[row][node] }
      rows[row] = arranged
      number(row)
    }
  }

  private mutating func swapNeighbours() {
    var isBetter = true
    var rounds = 0
    while isBetter, rounds < 8 {
      isBetter = false
      rounds += 1
      for row in rows.indices {
        for place in rows[row].indices.dropLast() {
          let (left, right) = (rows[row][place], rows[row][place + 1])
          let now = crossings(left, right, above) + crossings(left, right, below)
          let then = crossings(right, left, above) + crossings(right, left, below)
          guard then < now else { continue }
          rows[row].swapAt(place, place + 1)
          (position[left], position[right]) = (place + 1, place)
          isBetter = true
        }
      }
    }
  }

  /// How often the connections of two neighbours to one side cross.
  private func crossings(_ left: Int, _ right: Int, _ joined: [[Int]]) -> Int {
    var count = 0
    for first in joined[left] {
      for second in joined[right] where position[first] > position[second] { count += 1 }
    }
    return count
  }

  /// How often connections cross between all rows: inversions, counted by a Fenwick tree (Barth,
  /// Jünger & Mutzel, Simple and Efficient Bilayer Cross Counting, 2002).
  func crossings() -> Int {
    var total = 0
    for row in rows.dropLast().indices {
      var tree = [Int](repeating: 0, count: rows[row + 1].count + 1)
      var seen = 0
      for node in rows[row] {
        let ends = below[node].map { position[$0] }
        for end in ends {
          var before = 0
          var index = end + 1
          while index > 0 {
            before += tree[index]
            index -= index & -index
          }
          total += seen - before
        }
        for end in ends {
          var index = end + 1
          while index < tree.count {
            tree[index] += 1
            index += index & -index
          }
          seen += 1
        }
      }
    }
    return total
  }
}
