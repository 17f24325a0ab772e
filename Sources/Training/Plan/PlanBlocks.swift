import Tensors

/// The operations of a plan with those in runs that go share by share through a batch.
///
/// Operations that treat each sample by itself, one after the other, are carried out for a few
/// samples before the next few: what one leaves for the other then never reaches the memory. Shares of the
/// batch are independent, so threads can take them; how many there are does not depend on the threads,
/// and sums over samples are made for each share and then added in order, so their bits do not either.
struct PlanBlocks {
  /// How a buffer lies, where not all of it is there at once or a sum is made for each share.
  struct Place {
    var extent: StepPlan.Extent
    /// Floats of a sample, or of a sum.
    var row: Int
  }

  private(set) var operations: [PlanOperation] = []
  /// The floats of each buffer, sums of shares after those that were there.
  private(set) var counts: [Int]
  /// Of the buffers that runs use for each sample.
  private(set) var places: [Int: Place] = [:]
  /// Where buffers of threads lie in their memory.
  private(set) var threadOffsets: [Int: Int] = [:]
  /// The floats that a thread needs.
  private(set) var threadMemory = 0
  /// For each operation the run that it belongs to, from its first to its last.
  private(set) var spans: [ClosedRange<Int>] = []

  private let rows: Int
  private let bound: Set<Int>
  private let kept: Set<Int>
  private let bases: [Int: Int]
  /// How many operations use a buffer or parts of it.
  private var uses: [Int: Int] = [:]

  /// At most so many shares: more bring nothing, and sums are made for each.
  private static let mostShares = 16
  /// Fewer samples are no share, where the batch has more.
  private static let leastSamples = 8
  /// The floats that the sums of all shares of a run may take.
  private static let mostSums = 1 << 19
  /// The floats of a block that should fit the second cache together with weights: 384 KiB.
  private static let blockMemory = 96 << 10

  init(
    _ list: [PlanOperation], rows: Int, counts: [Int], bound: Set<Int>, kept: Set<Int>,
    bases: [Int: Int]
  ) {
    self.rows = rows
    self.counts = counts
    self.bound = bound
    self.kept = kept
    self.bases = bases
    for operation in list {
      for buffer in Set(operation.buffers.compactMap { $0.map(base) }) {
        uses[buffer, default: 0] += 1
      }
    }
    var run = Run()
    for operation in list {
      if operation.isForUpdate {
        // It is made last, wherever it stands: what it reads must not be free before.
        finish(&run)
        append(operation)
        continue
      }
      let roles = roles(of: operation)
      if !run.inside.isEmpty {
        if let roles, takes(run, roles), !touches(operation, run.after) {
          run.add(operation, roles)
          continue
        }
        if !touches(operation, run.inside), !touches(operation, run.after) {
          run.before.append(operation)
          run.all.append(operation)
          continue
        }
        if operation.code == .unpackFilters {
          run.after.append(operation)
          run.all.append(operation)
          continue
        }
        finish(&run)
      }
      if let roles, takes(run, roles) {
        run.add(operation, roles)
      } else {
        append(operation)
      }
    }
    finish(&run)
  }

  /// What an operation does with a buffer.
  private enum Role: Equatable {
    /// Works on the part of each sample.
    case row
    /// Reads all of it for each sample.
    case shared
    /// Adds to it for each sample.
    case sum
  }

  private struct Run {
    /// Everything, in the order that was given.
    var all: [PlanOperation] = []
    var inside: [PlanOperation] = []
    /// What does not depend on the run, and what waits for its sums.
    var before: [PlanOperation] = []
    var after: [PlanOperation] = []
    var roles: [Int: Role] = [:]

    mutating func add(_ operation: PlanOperation, _ more: [Int: Role]) {
      all.append(operation)
      inside.append(operation)
      roles.merge(more) { first, _ in first }
    }
  }

  /// Whether an operation with these roles may be the next of a run.
  private func takes(_ run: Run, _ roles: [Int: Role]) -> Bool {
    let fits = roles.allSatisfy { run.roles[$0.key] == nil || run.roles[$0.key] == $0.value }
    let sums = run.roles.merging(roles) { first, _ in first }.filter { $0.value == .sum }
    // There is room for the sums of four shares at least.
    return fits && 4 * sums.keys.reduce(0) { $0 + counts[$1] } <= Self.mostSums
  }

  private func base(_ buffer: Int) -> Int { bases[buffer] ?? buffer }

  /// Whether an operation uses memory of the plan that one of the others uses.
  private func touches(_ operation: PlanOperation, _ others: [PlanOperation]) -> Bool {
    let own = Set(operation.buffers.compactMap { $0.map(base) }).subtracting(bound)
    return others.contains { other in
      other.buffers.contains { $0.map { own.contains(base($0)) } ?? false }
    }
  }

  /// The roles of an operation's buffers; nil where it cannot go block by block.
  private func roles(of operation: PlanOperation) -> [Int: Role]? {
    guard let (size, roles) = Self.form(of: operation.code),
      operation.sizes[size].isMultiple(of: rows)
    else { return nil }
    var result: [Int: Role] = [:]
    for (buffer, role) in zip(operation.buffers, roles) {
      guard let buffer else { continue }
      guard bases[buffer] == nil, result[buffer] == nil || result[buffer] == role else {
        return nil
      }
      if role == .row {
        guard !bound.contains(buffer), !kept.contains(buffer), counts[buffer].isMultiple(of: rows)
        else { return nil }
      }
      result[buffer] = role
    }
    // Of places in regions, four share a float.
    if operation.code == .poolGreatest || operation.code == .poolGreatestBack {
      let width = operation.sizes[2] * operation.sizes[7] * operation.sizes[8]
      guard width.isMultiple(of: 4) else { return nil }
    }
    guard let numbers = Self.numbers(of: operation) else { return result }
    // Parts of a buffer are not parts of its samples.
    return result.allSatisfy { $0.value != .row || counts[$0.key] == numbers } ? result : nil
  }

  /// Which size counts with the samples, and the roles of the buffers.
  private static func form(of code: PlanOperation.Code) -> (size: Int, roles: [Role])? {
    switch code {
    case .fill: (0, [.row])
    case .activate: (0, [.row, .shared, .row, .row])
    case .activateBack: (0, [.row, .row, .row, .sum])
    case .columnSums: (0, [.row, .sum])
    case .multiplyEach: (0, [.row, .row, .row])
    case .addScaled, .transpose: (0, [.row, .row])
    case .convolve, .convolveBack: (12, [.row, .shared, .row])
    case .convolveFilters: (12, [.row, .row, .sum])
    case .poolGreatest: (9, [.row, .shared, .row, .row])
    case .poolGreatestBack: (9, [.row, .row, .row, .row, .sum])
    case .poolAverage, .poolAverageBack: (9, [.row, .row])
    default: nil
    }
  }

  /// How many numbers of each buffer an operation takes that treats them one by one; nil for images.
  private static func numbers(of operation: PlanOperation) -> Int? {
    let sizes = operation.sizes
    switch operation.code {
    case .fill, .multiplyEach, .addScaled: return sizes[0]
    case .activate, .activateBack, .columnSums: return sizes[0] * sizes[1]
    case .transpose: return sizes[0] * sizes[1] * sizes[2]
    default: return nil
    }
  }

  private mutating func append(_ operation: PlanOperation) {
    spans.append(operations.count...operations.count)
    operations.append(operation)
  }

  /// Ends a run: as one where that spares memory or gives threads something to do, else as it was.
  private mutating func finish(_ run: inout Run) {
    defer { run = Run() }
    var local: [Int: Int] = [:]
    for operation in run.inside {
      for buffer in Set(operation.buffers.compactMap(\.self)) where run.roles[buffer] == .row {
        local[buffer, default: 0] += 1
      }
    }
    local = local.filter { $0.value == uses[$0.key] }
    guard !local.isEmpty || run.inside.contains(where: { $0.code == .convolveFilters }) else {
      for operation in run.all { append(operation) }
      return
    }
    let sums = run.roles.filter { $0.value == .sum }.keys.sorted()
    let sumCount = sums.reduce(0) { $0 + counts[$1] }
    let shares = min(Self.mostShares, sumCount == 0 ? rows : Self.mostSums / sumCount)
    let samples = min(rows, max(Self.leastSamples, (rows + shares - 1) / shares))
    var parts: [Int: Int] = [:]
    for sum in sums {
      parts[sum] = counts.count
      places[counts.count] = Place(extent: .sum, row: counts[sum])
      counts.append(counts[sum] * ((rows + samples - 1) / samples))
    }
    for (buffer, role) in run.roles where role == .row {
      places[buffer] = Place(extent: .batch, row: counts[buffer] / rows)
    }
    let blocks = blocks(of: run.inside)
    layOut(blocks, local: Set(local.keys), samples: samples)
    for operation in run.before { append(operation) }
    let start = operations.count
    let count = run.inside.count + blocks.count
    operations.append(PlanOperation(.shares, [], sizes: [samples, count]))
    for block in blocks {
      operations.append(
        PlanOperation(.blocks, [], sizes: [blockSamples(block, samples), block.count]))
      for operation in block {
        var part = operation
        part.buffers = operation.buffers.map { $0.map { parts[$0] ?? $0 } }
        // What it adds to begins at 0.
        if part.code == .convolveFilters { part.sizes[13] = 1 }
        operations.append(part)
      }
    }
    let span = start...(start + count)
    spans += span.map { _ in span }
    for sum in sums {
      let overwrites = run.inside.contains {
        $0.code == .convolveFilters && $0.buffers[2] == sum && $0.sizes[13] == 0
      }
      append(
        PlanOperation(
          .addShares, [parts[sum], sum],
          sizes: [counts[sum], (rows + samples - 1) / samples, overwrites ? 0 : 1]))
    }
    for operation in run.after { append(operation) }
  }

  /// The operations that go through the same blocks: large images on the far side of a convolution
  /// leave room for fewer of them.
  private func blocks(of operations: [PlanOperation]) -> [[PlanOperation]] {
    var blocks: [[PlanOperation]] = [[]]
    for operation in operations {
      blocks[blocks.count - 1].append(operation)
      if operation.code == .convolveBack { blocks.append([]) }
    }
    return blocks.filter { !$0.isEmpty }
  }

  /// The samples of a block of these operations.
  private func blockSamples(_ block: [PlanOperation], _ samples: Int) -> Int {
    let used = Set(block.joinedBuffers).filter { places[$0]?.extent == .block }
    let floats = used.reduce(0) { $0 + (places[$1]?.row ?? 0) }
    return max(1, min(samples, floats == 0 ? samples : Self.blockMemory / floats))
  }

  /// Gives buffers that nobody else uses a place in the memory of threads.
  private mutating func layOut(_ blocks: [[PlanOperation]], local: Set<Int>, samples: Int) {
    var sizes = counts
    var ends: [ClosedRange<Int>] = []
    for block in blocks {
      let first = ends.count
      ends += block.map { _ in first...(first + block.count - 1) }
    }
    for buffer in local {
      let number = blocks.count { $0.joinedBuffers.contains(buffer) }
      places[buffer]?.extent = number == 1 ? .block : .share
    }
    for block in blocks {
      let inBlock = blockSamples(block, samples)
      for buffer in Set(block.joinedBuffers).intersection(local) {
        guard let place = places[buffer] else { continue }
        sizes[buffer] = place.row * (place.extent == .block ? inBlock : samples)
        counts[buffer] = sizes[buffer]
      }
    }
    let places = places
    let layout = PlanLayout(
      operations: Array(blocks.joined()), counts: sizes,
      bound: Set(counts.indices).subtracting(local), kept: [], bases: [:]
    ) { buffer, time in
      // What a share keeps must not be written over by another block.
      places[buffer]?.extent == .share ? ends[time] : time...time
    }
    for buffer in local { threadOffsets[buffer] = layout.offsets[buffer] }
    threadMemory = max(threadMemory, layout.total)
  }
}

extension [PlanOperation] {
  /// The buffers of all operations.
  fileprivate var joinedBuffers: [Int] { flatMap { $0.buffers.compactMap(\.self) } }
}
