import Tensors

/// Takes part of an axis, or a single place of it.
public struct SliceLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// What is taken.
  public var indices: Indices
  /// The axis; negative counts from the end.
  public var axis: Int

  /// What is taken from an axis; negative numbers count from its end.
  public enum Indices: Equatable, Hashable, Sendable {
    /// One place; the axis goes.
    case index(Int)
    /// Every `step`-th place from `start` up to, but not including, `stop`.
    case range(start: Int? = nil, stop: Int? = nil, step: Int? = nil)
  }

  /// A layer that takes from the last axis unless told otherwise.
  public init(_ indices: Indices, axis: Int = -1, name: String? = nil) {
    self.name = name
    self.indices = indices
    self.axis = axis
  }

  /// The layer with every default.
  public init() { self.init(.index(0)) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<SliceLayer>] {
    [.required("indices", \.indices), .optional("axis", \.axis)]
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    var shape = inputs[0]
    let axis = try [axis].normalized(rank: shape.count, "axis")[0]
    switch indices {
    case .index(let index):
      if let length = shape[axis], !(-length..<length).contains(index) {
        throw NetworkError(
          "takes place \(index) of axis \(axis), which has only \(length) in its input "
            + "\(inputs[0].text).")
      }
      shape.remove(at: axis)
    case .range(_, _, .some(0)):
      throw NetworkError("has a step of 0; use 1 or more, or -1 for backwards.")
    case .range: shape[axis] = shape[axis].map { places($0).count }
    }
    return shape
  }

  /// The places taken of an axis, as Python's slices choose them.
  func places(_ length: Int) -> (first: Int, count: Int, step: Int) {
    guard case .range(let start, let stop, let given) = indices else { return (0, 0, 1) }
    let step = given ?? 1
    let isForward = step > 0
    func clamp(_ place: Int?, _ fallback: Int) -> Int {
      guard let place else { return fallback }
      let counted = place < 0 ? place + length : place
      return isForward ? min(max(counted, 0), length) : min(max(counted, -1), length - 1)
    }
    let first = clamp(start, isForward ? 0 : length - 1)
    let end = clamp(stop, isForward ? length : -1)
    let span = isForward ? end - first : first - end
    return (first, max(0, (span + abs(step) - 1) / max(1, abs(step))), step)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axis = axis < 0 ? axis + input.rank : axis
    if case .index(let index) = indices {
      return try input.selected(axis: axis, index: index < 0 ? index + input.shape[axis] : index)
    }
    let (first, count, step) = places(input.shape[axis])
    if step > 0 {
      return try input.sliced(
        axis: axis, from: first, to: min(first + count * step, input.shape[axis]), step: step)
    }
    // libtorch slices forwards only: the same places, then turned round.
    let last = first + (count - 1) * step
    return try input.sliced(axis: axis, from: last, to: first + 1, step: -step).flipped(axes: [axis]
    )
  }
}

extension SliceLayer.Indices: ExpressibleByIntegerLiteral, Codable {
  private enum Keys: String, CodingKey { case start, stop, step }

  /// One place.
  public init(integerLiteral value: Int) { self = .index(value) }

  /// Reads a number, or `{start: 1, stop: 7, step: 2}` with any of them left out.
  public init(from decoder: any Decoder) throws {
    guard let container = try? decoder.container(keyedBy: Keys.self) else {
      self = .index(try decoder.singleValueContainer().decode(Int.self))
      return
    }
    self = .range(
      start: try container.decodeIfPresent(Int.self, forKey: .start),
      stop: try container.decodeIfPresent(Int.self, forKey: .stop),
      step: try container.decodeIfPresent(Int.self, forKey: .step))
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .index(let index): try index.encode(to: encoder)
    case .range(let start, let stop, let step):
      var container = encoder.container(keyedBy: Keys.self)
      try container.encodeIfPresent(start, forKey: .start)
      try container.encodeIfPresent(stop, forKey: .stop)
      try container.encodeIfPresent(step, forKey: .step)
    }
  }
}
