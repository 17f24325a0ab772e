/// How a column is packed into bits: which numbers, and how many bits each run of them takes.
///
/// The numbers are the column's own, their differences, or the differences of these. A run of 128
/// is stored as its least number, how many low bits all of them lack, how many bits are left of what
/// a number is above the least one, and these bits, the lowest first.
struct PackedColumn {
  /// What is packed; the raw values are part of the format.
  private enum Order: UInt8, CaseIterable {
    /// The numbers themselves, with the sign as their lowest bit: neighbours in size are then
    /// neighbours in bits, whatever their sign.
    case numbers
    case differences
    case changes
  }

  private struct Run {
    var least: UInt64
    var shift: Int
    var width: Int
  }

  fileprivate static let runLength = 128

  /// The bytes it takes.
  let size: Int
  private let order: Order
  private let runs: [Run]

  /// Finds the shortest packing of a column with two numbers or more and its differences; of a long
  /// column every fourth run decides which numbers are packed.
  init(_ column: UnsafeBufferPointer<Int64>, _ differences: UnsafeBufferPointer<Int64>) {
    let every = column.count > 8 * Self.runLength ? 4 : 1
    let packings = Order.allCases.map { order in
      let runs = Self.runs(order, column, differences, every: every)
      return (order: order, runs: runs, size: Self.size(order, runs, column.count, every: every))
    }
    let best = packings.dropFirst().reduce(packings[0]) { $1.size < $0.size ? $1 : $0 }
    order = best.order
    runs = every == 1 ? best.runs : Self.runs(order, column, differences)
    size = every == 1 ? best.size : Self.size(order, runs, column.count)
  }

  /// The bytes of some runs, and of what stands before them.
  private static func size(_ order: Order, _ runs: [Run], _ count: Int, every: Int = 1) -> Int {
    var size = 1 + 8 * Int(order.rawValue)
    var left = count - Int(order.rawValue)
    for run in runs {
      let length = min(left, runLength)
      size += Columns.length(run.least) + 2 + (length * run.width + 7) / 8
      left -= every * runLength
    }
    return size
  }

  private static func runs(
    _ order: Order, _ column: UnsafeBufferPointer<Int64>,
    _ differences: UnsafeBufferPointer<Int64>, every: Int = 1
  ) -> [Run] {
    let count = column.count - Int(order.rawValue)
    return stride(from: 0, to: count, by: every * runLength).map { start in
      let end = min(start + runLength, count)
      return switch order {
      case .numbers: run(UnsafeBufferPointer(rebasing: column[start..<end]))
      case .differences:
        run(end - start) { differences[start + $0] }
      case .changes:
        run(end - start) { differences[start + $0 + 1] &- differences[start + $0] }
      }
    }
  }

  /// The run of some numbers themselves.
  private static func run(_ numbers: UnsafeBufferPointer<Int64>) -> Run {
    var bits: UInt64 = 0
    var least = UInt64.max
    var most: UInt64 = 0
    for number in numbers {
      bits |= UInt64(bitPattern: number)
      let turned = folded(number, 0)
      least = min(least, turned)
      most = max(most, turned)
    }
    // What all lack, they lack in every order of size: the least number stays the least.
    let shift = bits == 0 ? 0 : bits.trailingZeroBitCount
    let low = shortened(least, shift)
    let above = shortened(most, shift) &- low
    return Run(least: low, shift: shift, width: 64 - above.leadingZeroBitCount)
  }

  /// The run of differences or of their changes.
  @inline(__always)
  private static func run(_ count: Int, _ number: (Int) -> Int64) -> Run {
    let first = number(0)
    var (least, most) = (first, first)
    var bits: UInt64 = 0
    for index in 1..<max(count, 1) {
      let value = number(index)
      // The low bits that all distances from one number lack, those from any other lack too.
      bits |= UInt64(bitPattern: value &- first)
      least = min(least, value)
      most = max(most, value)
    }
    let shift = bits == 0 ? 0 : bits.trailingZeroBitCount
    let span = UInt64(bitPattern: most &- least)
    return Run(
      least: Columns.zigzag(least), shift: shift, width: 64 - span.leadingZeroBitCount - shift)
  }

  /// A number without its low bits, the sign moved to the lowest place.
  @inline(__always)
  private static func folded(_ number: Int64, _ shift: Int) -> UInt64 {
    let bits = UInt64(bitPattern: number)
    return (bits &<< 1) &>> UInt64(shift) | bits &>> 63
  }

  /// A number whose sign is at the lowest place already, without its low bits.
  @inline(__always)
  private static func shortened(_ turned: UInt64, _ shift: Int) -> UInt64 {
    (turned & ~1) &>> UInt64(shift) | turned & 1
  }

  @inline(__always)
  private static func unfolded(_ bits: UInt64, _ shift: Int) -> Int64 {
    Int64(bitPattern: ((bits & ~1) &<< UInt64(shift)) &>> 1 | bits &<< 63)
  }

  /// Appends the column.
  func put(
    _ column: UnsafeBufferPointer<Int64>, _ differences: UnsafeBufferPointer<Int64>,
    _ writer: inout ByteWriter
  ) {
    writer.put(order.rawValue)
    if order != .numbers { writer.put(Int(column[0])) }
    if order == .changes { writer.put(Int(differences[0])) }
    var start = 0
    for run in runs {
      writer.putVariable(run.least)
      writer.put(UInt8(run.shift))
      writer.put(UInt8(run.width))
      let count = min(Self.runLength, column.count - Int(order.rawValue) - start)
      let (least, shift) = (Columns.unzigzag(run.least), UInt64(run.shift))
      switch order {
      case .numbers:
        writer.put(count, width: run.width) {
          Self.folded(column[start + $0], run.shift) &- run.least
        }
      case .differences:
        writer.put(count, width: run.width) {
          UInt64(bitPattern: differences[start + $0] &- least) &>> shift
        }
      case .changes:
        writer.put(count, width: run.width) {
          let change = differences[start + $0 + 1] &- differences[start + $0]
          return UInt64(bitPattern: change &- least) &>> shift
        }
      }
      start += count
    }
  }

  /// Takes `count` whole numbers; `nil` if the bytes are not those of a packed column.
  static func take(_ count: Int, _ reader: inout ByteReader) -> [Int64]? {
    guard let order = reader.byte().flatMap(Order.init), count >= Int(order.rawValue) else {
      return nil
    }
    var column: [Int64] = []
    column.reserveCapacity(count)
    var value: Int64 = 0
    var difference: Int64 = 0
    if order != .numbers {
      guard let first = reader.integer() else { return nil }
      value = Int64(first)
      column.append(value)
    }
    if order == .changes {
      guard let second = reader.integer() else { return nil }
      difference = Int64(second)
      value &+= difference
      column.append(value)
    }
    while column.count < count {
      let length = min(runLength, count - column.count)
      guard let least = reader.variable(), let shift = reader.byte(), let width = reader.byte(),
        shift < 64, width <= 64,
        var bits = BitUnpacker(&reader, width: Int(width), count: length)
      else { return nil }
      for _ in 0..<length {
        let above = bits.next()
        switch order {
        case .numbers: value = unfolded(least &+ above, Int(shift))
        case .differences:
          value &+= Columns.unzigzag(least) &+ Int64(bitPattern: above &<< UInt64(shift))
        case .changes:
          difference &+= Columns.unzigzag(least) &+ Int64(bitPattern: above &<< UInt64(shift))
          value &+= difference
        }
        column.append(value)
      }
    }
    return column
  }
}

extension ByteWriter {
  /// Puts numbers that have no bits above the width behind each other, the lowest bits first, and
  /// fills the last byte up; at most a run of them.
  @inline(__always)
  fileprivate mutating func put(_ count: Int, width: Int, _ number: (Int) -> UInt64) {
    guard width > 0 else { return }
    let size = (count * width + 7) / 8
    withUnsafeTemporaryAllocation(
      of: UInt64.self, capacity: PackedColumn.runLength
    ) { room in
      var word: UInt64 = 0
      var used = 0
      var place = 0
      for index in 0..<count {
        let bits = number(index)
        word |= bits &<< UInt64(used)
        used += width
        if used >= 64 {
          room.initializeElement(at: place, to: word.littleEndian)
          place += 1
          used -= 64
          word = used == 0 ? 0 : bits &>> UInt64(width - used)
        }
      }
      if used > 0 { room.initializeElement(at: place, to: word.littleEndian) }
      bytes.append(contentsOf: UnsafeRawBufferPointer(room)[..<size])
    }
  }
}

/// Takes numbers of the same width apart again.
private struct BitUnpacker {
  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private let mask: UInt64
  private var offset = 0
  private var word: UInt64 = 0
  private var left = 0

  /// Takes the bytes of so many numbers; `nil` if there are fewer.
  init?(_ reader: inout ByteReader, width: Int, count: Int) {
    guard let bytes = reader.take((width * count + 7) / 8) else { return nil }
    self.bytes = bytes
    self.width = width
    mask = width == 64 ? .max : 1 &<< UInt64(width) &- 1
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    if left >= width {
      let number = word & mask
      word = width == 64 ? 0 : word &>> UInt64(width)
      left -= width
      return number
    }
    var more: UInt64 = 0
    var bits = 64
    if bytes.count - offset >= 8 {
      more = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    } else {
      bits = 8 * (bytes.count - offset)
      for (index, byte) in bytes[offset...].enumerated() { more |= UInt64(byte) << (8 * index) }
      offset = bytes.count
    }
    let number = (left == 0 ? more : word | more &<< UInt64(left)) & mask
    let taken = width - left
    word = taken == 64 ? 0 : more &>> UInt64(taken)
    left = bits - taken
    return number
  }
}
