import Lasagne

extension LayerExport {
  func concatenate(_ layer: ConcatLayer) throws -> String {
    let axis = layer.axis < 0 ? layer.axis + shape.count : layer.axis
    var modes = layer.cropping ?? []
    if modes.indices.contains(axis) { modes[axis] = nil }
    return op("Concat", try cropped(modes), .int("axis", axis))
  }

  func merge(_ layer: ElemwiseMergeLayer) throws -> String {
    let type =
      switch layer.mergeFunction {
      case .add: "Add"
      case .sub: "Sub"
      case .mul: "Mul"
      case .maximum: "Max"
      case .minimum: "Min"
      }
    let values = try cropped(layer.cropping ?? [])
    return values.dropFirst().reduce(values[0]) { op(type, [$0, $1]) }
  }

  func sum(_ layer: ElemwiseSumLayer) throws -> String {
    let terms = try cropped(layer.cropping ?? []).enumerated().map { index, value in
      let coefficient =
        switch layer.coeffs {
        case .all(let coefficient): coefficient
        case .each(let coefficients): coefficients[index]
        }
      return coefficient == 1 ? value : op("Mul", [value, try number(coefficient)])
    }
    return terms.dropFirst().reduce(terms[0]) { op("Add", [$0, $1]) }
  }

  /// The inputs with their axes cut to the shortest, as the modes say.
  private func cropped(_ modes: [Cropping?]) throws -> [String] {
    var values = inputs
    for (axis, mode) in modes.enumerated() {
      guard let mode else { continue }
      let lengths = shapes.compactMap { $0[axis] }
      guard lengths.count == shapes.count, let kept = lengths.min() else {
        // Equal however long they are, or not croppable without knowing the lengths.
        if axis == 0 { continue }
        throw InteropError(
          node,
          "crops axis \(axis), whose length is open, and cannot be exported; give the input layer "
            + "numbers there.")
      }
      for index in values.indices where lengths[index] > kept {
        let start = mode.start(lengths[index], keeping: kept)
        values[index] = try sliced(values[index], axis: axis, from: start, to: start + kept)
      }
    }
    return values
  }
}
