import Tensors

/// The same numbers under another shape.
public struct ReshapeLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The length of each axis of the output.
  public var shape: [Length]

  /// One length: a number, that of an input axis, or whatever is left.
  public enum Length: Equatable, Hashable, Sendable {
    /// This many.
    case fixed(Int)
    /// As many as the input has on this axis: `[i]`.
    case inputAxis(Int)
    /// What makes the numbers of entries equal: `-1`.
    case rest
  }

  /// A layer with the given shape, like `[.inputAxis(0), 2, -1]`.
  public init(_ shape: [Length], name: String? = nil) {
    self.name = name
    self.shape = shape
  }

  /// The layer with every default.
  public init() { self.init([]) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ReshapeLayer>] { [.required("shape", \.shape)] }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = inputs[0]
    try check(input)
    // A length copied from an unknown axis stands on both sides and cancels out.
    var given = input
    var output: Shape = []
    var known: Shape = []
    for length in shape {
      switch length {
      case .fixed(let length):
        output.append(length)
        known.append(length)
      case .inputAxis(let axis):
        output.append(input[axis])
        if input[axis] == nil, given[axis] == nil {
          given[axis] = 1
          known.append(1)
        } else {
          known.append(input[axis])
        }
      case .rest:
        output.append(nil)
        known.append(1)
      }
    }
    let total = given.entryCount
    guard let rest = shape.firstIndex(of: .rest) else {
      if let total, let size = known.entryCount, size != total { throw mismatch(input) }
      return output
    }
    if let total, let size = known.entryCount {
      guard size > 0, total.isMultiple(of: size) else { throw mismatch(input) }
      output[rest] = total / size
    }
    return output
  }

  private func check(_ input: Shape) throws(NetworkError) {
    guard shape.filter({ $0 == .rest }).count <= 1 else {
      throw NetworkError("can have -1 only once in its shape, got \(text).")
    }
    for length in shape {
      switch length {
      case .fixed(let length) where length < 1:
        throw NetworkError("needs lengths of at least 1 (or -1, or [i]) in its shape, got \(text).")
      case .inputAxis(let axis) where !input.indices.contains(axis):
        throw NetworkError(
          "takes the length of input axis [\(axis)], but its input \(input.text) has only "
            + "\(input.count) axes.")
      default: break
      }
    }
  }

  private func mismatch(_ input: Shape) -> NetworkError {
    NetworkError(
      "cannot give an input of shape \(input.text) the shape \(text): the numbers of entries differ."
    )
  }

  private var text: String {
    let words = shape.map { length in
      switch length {
      case .fixed(let length): "\(length)"
      case .inputAxis(let axis): "[\(axis)]"
      case .rest: "-1"
      }
    }
    return "[" + words.joined(separator: ", ") + "]"
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0].shape
    return try inputs[0].reshaped(
      shape.map { length in
        switch length {
        case .fixed(let length): length
        case .inputAxis(let axis): input[axis]
        case .rest: -1
        }
      })
  }
}

extension ReshapeLayer.Length: ExpressibleByIntegerLiteral, Codable {
  /// A number, or -1 for what is left.
  public init(integerLiteral value: Int) { self = value == -1 ? .rest : .fixed(value) }

  /// Reads a number, -1, or `[i]`.
  public init(from decoder: any Decoder) throws {
    if var list = try? decoder.unkeyedContainer() {
      self = .inputAxis(try list.decode(Int.self))
      guard list.isAtEnd else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "The length of an input axis is written [i], with one number."))
      }
    } else {
      self.init(integerLiteral: try decoder.singleValueContainer().decode(Int.self))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .fixed(let length): try length.encode(to: encoder)
    case .inputAxis(let axis): try [axis].encode(to: encoder)
    case .rest: try (-1).encode(to: encoder)
    }
  }
}
