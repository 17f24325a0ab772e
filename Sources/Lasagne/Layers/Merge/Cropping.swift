import Tensors

/// Which part of a longer axis is kept when several inputs are made equally long.
public enum Cropping: String, Codable, Sendable, CaseIterable {
  /// Its beginning.
  case lower
  /// Its middle.
  case center
  /// Its end.
  case upper

  /// The first place kept of an axis of the given length.
  package func start(_ length: Int, keeping kept: Int) -> Int {
    switch self {
    case .lower: 0
    case .center: (length - kept) / 2
    case .upper: length - kept
    }
  }
}

extension [Cropping?] {
  /// What the inputs' shapes are after cropping; an axis without a mode is left alone.
  func shapes(_ inputs: [Shape]) throws(NetworkError) -> [Shape] {
    guard let rank = inputs.first?.count, inputs.allSatisfy({ $0.count == rank }) else {
      throw NetworkError(
        "can crop only inputs with equally many axes, got "
          + inputs.map(\.text).joined(separator: " and ") + ".")
    }
    guard count <= rank else {
      throw NetworkError("has \(count) cropping modes for inputs with only \(rank) axes.")
    }
    var cropped = inputs
    for (axis, mode) in enumerated() where mode != nil {
      let lengths = inputs.map { $0[axis] }
      let kept = lengths.contains(nil) ? nil : lengths.compactMap { $0 }.min()
      for index in cropped.indices { cropped[index][axis] = kept }
    }
    return cropped
  }

  /// The inputs cropped.
  func callAsFunction(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
    var inputs = inputs
    for (axis, mode) in enumerated() {
      guard let mode, let kept = inputs.map({ $0.shape[axis] }).min() else { continue }
      for index in inputs.indices where inputs[index].shape[axis] > kept {
        let start = mode.start(inputs[index].shape[axis], keeping: kept)
        inputs[index] = try inputs[index].sliced(axis: axis, from: start, to: start + kept)
      }
    }
    return inputs
  }
}

/// The one shape that inputs agree on, an unknown length giving way to a known one.
func commonShape(_ shapes: [Shape], except axis: Int? = nil) throws(NetworkError) -> Shape {
  var common = shapes[0]
  for shape in shapes.dropFirst() {
    let isMatch =
      shape.count == common.count
      && zip(shape, common).enumerated().allSatisfy {
        $0 == axis || $1.0 == nil || $1.1 == nil || $1.0 == $1.1
      }
    guard isMatch else {
      let except = axis.map { " except on axis \($0)" } ?? ""
      throw NetworkError(
        "needs inputs of the same shape\(except), got \(shapes.map(\.text).joined(separator: " and ")); "
          + "make them agree, or give a cropping.")
    }
    common = zip(common, shape).map { $0 ?? $1 }
  }
  return common
}
