import Tensors

/// Brings targets into the form a loss needs, and refuses those that cannot be meant.
enum Targets {
  /// Targets of the shape of the predictions; a vector for a single column becomes that column.
  static func aligned(
    _ targets: Tensor, to predictions: Tensor, for operation: String
  ) throws(TensorError) -> Tensor {
    let wanted = predictions.shape
    var aligned = targets
    if wanted.count == 2, wanted[1] == 1, targets.shape == [wanted[0]] {
      aligned = try targets.unsqueezed(axis: 1)
    }
    guard aligned.shape == wanted else {
      throw TensorError(
        operation: operation,
        message: "predictions and targets must have the same shape.",
        shapes: [wanted, targets.shape])
    }
    return try aligned.dataType == predictions.dataType
      ? aligned : aligned.converted(to: predictions.dataType)
  }

  /// How the right classes are told.
  enum Classes {
    /// A class number for each row, as int64.
    case numbers(Tensor)
    /// A row of the width of the predictions, of their data type.
    case rows(Tensor)
  }

  /// Targets as class numbers (one axis less than the predictions) or as rows.
  static func classes(
    _ targets: Tensor, for predictions: Tensor, operation: String
  ) throws(TensorError) -> Classes {
    let wanted = predictions.shape
    if wanted.count >= 2, targets.shape == Array(wanted.dropLast()) {
      guard targets.dataType.holdsWholeNumbers else {
        throw TensorError(
          operation: operation,
          message: "\(operation) got class numbers as \(targets.dataType.rawValue): give whole "
            + "numbers (int64) or one row for each prediction.",
          shapes: [wanted, targets.shape])
      }
      return .numbers(try targets.dataType == .int64 ? targets : targets.converted(to: .int64))
    }
    if wanted.count >= 2, targets.shape == wanted {
      return .rows(
        try targets.dataType == predictions.dataType
          ? targets : targets.converted(to: predictions.dataType))
    }
    throw TensorError(
      operation: operation,
      message: "targets must hold one class number, or one row, for each row of predictions.",
      shapes: [wanted, targets.shape])
  }

  /// The entry of each row that the class numbers choose.
  static func chosen(_ predictions: Tensor, _ numbers: Tensor) throws(TensorError) -> Tensor {
    let axis = predictions.rank - 1
    let indices = try numbers.unsqueezed(axis: axis)
    return try predictions.gathered(axis: axis, indices: indices).squeezed(axis: axis)
  }
}

extension DataType {
  /// Whether values are whole numbers.
  var holdsWholeNumbers: Bool {
    switch self {
    case .int64, .int32, .int16, .int8, .uint8: true
    case .float32, .float64, .float16, .bfloat16, .bool: false
    }
  }
}
