/// Which places of its input a layer reads for one place of its output, along one axis.
enum AxisReach: Equatable {
  /// Place `p` reads `p · stride − before + t · spacing` for each `t` below `size`.
  case gather(size: Int, stride: Int = 1, before: Int = 0, spacing: Int = 1)
  /// The other way round: input place `i` writes to `i · stride − before + t · spacing`.
  case scatter(size: Int, stride: Int = 1, before: Int = 0, spacing: Int = 1)

  /// Each place reads the same place.
  static let same = AxisReach.gather(size: 1)

  /// From the first to the last place that is read; nil where none is.
  func places(for place: Int) -> ClosedRange<Int>? {
    switch self {
    case .gather(let size, let stride, let before, let spacing):
      let first = place * stride - before
      return first...(first + (size - 1) * spacing)
    case .scatter(let size, let stride, let before, let spacing):
      let written = place + before
      let first = -Self.quotient(-(written - (size - 1) * spacing), stride)
      let last = Self.quotient(written, stride)
      return first <= last ? first...last : nil
    }
  }

  /// How far apart in the layer's input the places are that neighbours of its output read.
  var step: Double {
    switch self {
    case .gather(_, let stride, _, _): Double(abs(stride))
    case .scatter(_, let stride, _, _): 1 / Double(stride)
    }
  }

  /// How many places of the layer's input its filter spans.
  var span: Double {
    switch self {
    case .gather(let size, _, _, let spacing): Double((size - 1) * spacing + 1)
    case .scatter(let size, let stride, _, let spacing):
      Double((size - 1) * spacing + 1) / Double(stride)
    }
  }

  /// What the layer that undoes this one reads.
  var inverse: AxisReach {
    switch self {
    case .gather(let size, let stride, let before, let spacing):
      .scatter(size: size, stride: stride, before: before, spacing: spacing)
    case .scatter(let size, let stride, let before, let spacing):
      .gather(size: size, stride: stride, before: before, spacing: spacing)
    }
  }

  /// The quotient rounded down.
  private static func quotient(_ number: Int, _ divisor: Int) -> Int {
    let rounded = number / divisor
    return number % divisor < 0 ? rounded - 1 : rounded
  }
}

/// What the numbers of a layer's output depend on.
enum LayerReach: Equatable {
  /// Places on certain places: for each layer it reads one reach an axis.
  case places([[AxisReach]])
  /// Each on numbers at some place, but they are no longer laid out by places.
  case rearranged
  /// Each on all places.
  case everything
  /// Nobody knows.
  case unknown
}
