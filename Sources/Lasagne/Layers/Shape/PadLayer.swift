import Tensors

/// Adds entries of one value around the input.
public struct PadLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// How much is added on each side.
  public var width: Width
  /// What is added.
  public var val: Double
  /// The number of axes at the front that are left alone.
  public var batchNdim: Int

  /// What is added before and after an axis.
  public struct Pair: Equatable, Hashable, Sendable {
    /// The entries before the first.
    public var before: Int
    /// The entries after the last.
    public var after: Int

    /// So many on each side.
    public init(_ before: Int, _ after: Int) {
      self.before = before
      self.after = after
    }
  }

  /// The same width everywhere, or a pair for each axis.
  public enum Width: Equatable, Hashable, Sendable {
    /// So many on every side.
    case all(Int)
    /// A pair for each axis after the first `batchNdim`.
    case each([Pair])
  }

  /// A layer that adds zeros unless told otherwise.
  public init(_ width: Width, val: Double = 0, batchNdim: Int = 2, name: String? = nil) {
    self.name = name
    self.width = width
    self.val = val
    self.batchNdim = batchNdim
  }

  /// The layer with every default.
  public init() { self.init(.all(0)) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<PadLayer>] {
    [
      .required("width", \.width), .optional("val", \.val), .optional("batchNdim", \.batchNdim),
    ]
  }

  func pairs(_ axes: Int) -> [Pair] {
    switch width {
    case .all(let width): [Pair](repeating: Pair(width, width), count: max(0, axes))
    case .each(let pairs): pairs
    }
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = inputs[0]
    guard (0...input.count).contains(batchNdim) else {
      throw NetworkError(
        "leaves \(batchNdim) axes alone, but its input \(input.text) has \(input.count).")
    }
    let pairs = pairs(input.count - batchNdim)
    guard pairs.count == input.count - batchNdim else {
      throw NetworkError(
        "needs one width for each of the \(input.count - batchNdim) axes after the first "
          + "\(batchNdim), got \(pairs.count).")
    }
    guard pairs.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else {
      throw NetworkError(
        "needs widths of 0 or more, got \(pairs.map { [$0.before, $0.after] }); a SliceLayer takes "
          + "entries away.")
    }
    return input.prefix(batchNdim)
      + zip(input.dropFirst(batchNdim), pairs).map { length, pair in
        length.map { $0 + pair.before + pair.after }
      }
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let widths = pairs(inputs[0].rank - batchNdim).map { ($0.before, $0.after) }
    return try inputs[0].padded(
      [(before: Int, after: Int)](repeating: (0, 0), count: batchNdim)
        + widths.map { (before: $0.0, after: $0.1) }, value: val)
  }
}

extension PadLayer.Width: ExpressibleByIntegerLiteral, Codable {
  /// So many on every side.
  public init(integerLiteral value: Int) { self = .all(value) }

  /// Reads a number, or for each axis a number or a pair.
  public init(from decoder: any Decoder) throws {
    if var list = try? decoder.unkeyedContainer() {
      var pairs: [PadLayer.Pair] = []
      while !list.isAtEnd { pairs.append(try list.decode(PadLayer.Pair.self)) }
      self = .each(pairs)
    } else {
      self = .all(try decoder.singleValueContainer().decode(Int.self))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .all(let width): try width.encode(to: encoder)
    case .each(let pairs): try pairs.encode(to: encoder)
    }
  }
}

extension PadLayer.Pair: Codable {
  /// Reads a number for both sides, or `[before, after]`.
  public init(from decoder: any Decoder) throws {
    switch try Sizes(from: decoder) {
    case .all(let width): self.init(width, width)
    case .each(let widths) where widths.count == 2: self.init(widths[0], widths[1])
    case .each(let widths):
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "The width of an axis is a number or [before, after], got \(widths.count) numbers."))
    }
  }

  /// Writes a number where both sides are the same.
  public func encode(to encoder: any Encoder) throws {
    if before == after {
      try before.encode(to: encoder)
    } else {
      try [before, after].encode(to: encoder)
    }
  }
}
