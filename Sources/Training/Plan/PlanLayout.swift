import Tensors

/// Where the buffers of a plan lie in its memory: two that are never needed at the same time may
/// share a place.
struct PlanLayout {
  /// For each buffer, floats from the start of the memory.
  private(set) var offsets: [Int]
  /// The floats of the whole memory.
  private(set) var total = 0

  /// Buffers begin at multiples of so many floats: a line of the cache.
  private static let alignment = 16

  /// Lays out all buffers but those that are `bound` to tensors; those `kept` share with none.
  ///
  /// - Parameters:
  ///   - bases: The whole of which a buffer is a part.
  ///   - span: How long a buffer is needed that an operation uses.
  init(
    operations: [PlanOperation], counts: [Int], bound: Set<Int>, kept: Set<Int>,
    bases: [Int: Int],
    span: (_ buffer: Int, _ time: Int) -> ClosedRange<Int> = { _, time in time...time }
  ) {
    offsets = Array(repeating: 0, count: counts.count)
    var lives: [Int: ClosedRange<Int>] = [:]
    for (time, operation) in operations.enumerated() {
      for case let named? in operation.buffers where !bound.contains(named) {
        let buffer = bases[named] ?? named
        let span = span(buffer, time)
        let known = lives[buffer] ?? span
        lives[buffer] =
          min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
      }
    }
    for buffer in kept { lives[bases[buffer] ?? buffer] = 0...operations.count }
    var placed: [(offset: Int, end: Int, life: ClosedRange<Int>)] = []
    // Large ones first: small ones find gaps between them.
    let order = lives.keys.sorted { (counts[$0], $1) > (counts[$1], $0) }
    for buffer in order {
      guard let life = lives[buffer] else { continue }
      let count =
        (counts[buffer] + Self.alignment - 1) / Self.alignment * Self.alignment
      var offset = 0
      for other in placed where other.life.overlaps(life) {
        if other.offset >= offset + count { break }
        offset = max(offset, other.end)
      }
      offsets[buffer] = offset
      total = max(total, offset + count)
      let place = placed.firstIndex { $0.offset > offset } ?? placed.count
      placed.insert((offset, offset + count, life), at: place)
    }
  }
}
