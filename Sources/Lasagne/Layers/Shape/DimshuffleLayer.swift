import Tensors

/// Puts the axes in another order, adds axes of length 1, drops axes of length 1.
public struct DimshuffleLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axes of the output.
  public var pattern: [Entry]

  /// An axis of the output: one of the input, or a new one.
  public enum Entry: Equatable, Hashable, Sendable {
    /// The input's axis of this number.
    case axis(Int)
    /// A new axis of length 1: `x`.
    case new
  }

  /// A layer with the given pattern, like `[0, "x", 2, 1]`.
  public init(_ pattern: [Entry], name: String? = nil) {
    self.name = name
    self.pattern = pattern
  }

  /// The layer with every default.
  public init() { self.init([]) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<DimshuffleLayer>] { [.required("pattern", \.pattern)] }

  private var axes: [Int] {
    pattern.compactMap { if case .axis(let axis) = $0 { axis } else { nil } }
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = inputs[0]
    guard Set(axes).count == axes.count else {
      throw NetworkError("names an axis twice in its pattern \(text); each may stand there once.")
    }
    if let wrong = axes.first(where: { !input.indices.contains($0) }) {
      throw NetworkError(
        "names axis \(wrong) in its pattern, but its input \(input.text) has only \(input.count) axes."
      )
    }
    for axis in input.indices where !axes.contains(axis) && input[axis] != 1 {
      throw NetworkError(
        "leaves out axis \(axis) of its input \(input.text), which is not of length 1; only such axes "
          + "can be dropped.")
    }
    return pattern.map { if case .axis(let axis) = $0 { input[axis] } else { 1 } }
  }

  private var text: String {
    let words = pattern.map { if case .axis(let axis) = $0 { "\(axis)" } else { "x" } }
    return "[" + words.joined(separator: ", ") + "]"
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let dropped = (0..<input.rank).filter { !axes.contains($0) }
    let permuted = try input.permuted(axes + dropped)
    return try permuted.reshaped(
      pattern.map { if case .axis(let axis) = $0 { input.shape[axis] } else { 1 } })
  }
}

extension DimshuffleLayer.Entry: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, Codable {
  /// An axis of the input.
  public init(integerLiteral value: Int) { self = .axis(value) }
  /// A new axis, written "x".
  public init(stringLiteral value: String) { self = .new }

  /// Reads an axis number or `x`.
  public init(from decoder: any Decoder) throws {
    guard let word = try? decoder.singleValueContainer().decode(String.self) else {
      self = .axis(try decoder.singleValueContainer().decode(Int.self))
      return
    }
    guard word == "x" else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "A pattern has axis numbers and 'x' for a new axis, got '\(word)'."))
    }
    self = .new
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .axis(let axis): try axis.encode(to: encoder)
    case .new: try "x".encode(to: encoder)
    }
  }
}
