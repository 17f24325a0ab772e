import Tensors

/// What lies beyond the border of an image that is sampled there.
public enum BorderMode: String, Codable, Sendable, CaseIterable {
  /// The pixel at the border.
  case nearest
  /// The image mirrored at its border pixels: a period of 2 · (length - 1).
  case mirror
  /// The image again: a period of its length.
  case wrap

  /// The index of a pixel for a whole coordinate on an axis of the given length.
  func index(_ coordinate: Tensor, length: Int) throws(TensorError) -> Tensor {
    switch self {
    case .nearest: return try coordinate.clamp(min: 0, max: Double(length - 1))
    case .mirror:
      guard length > 1 else { return try coordinate * 0 }
      let period = Double(2 * (length - 1))
      return try coordinate.modulo(period).minimum((-coordinate).modulo(period))
    case .wrap: return try coordinate.modulo(Double(length))
    }
  }
}

/// Images sampled at other places than those of their pixels.
package enum ImageSampling {
  /// The coordinates of a regular grid from -1 to 1 on both axes, row by row, as two rows x and y.
  package static func grid(rows: Int, columns: Int) -> (x: [Double], y: [Double]) {
    func place(_ index: Int, of count: Int) -> Double {
      count > 1 ? -1 + 2 * Double(index) / Double(count - 1) : -1
    }
    var (x, y): ([Double], [Double]) = ([], [])
    for row in 0..<rows {
      for column in 0..<columns {
        x.append(place(column, of: columns))
        y.append(place(row, of: rows))
      }
    }
    return (x, y)
  }

  /// The images (batch, channels, rows, columns) sampled at the places `x` and `y` (batch, places), which
  /// run from -1 to 1 between the centres of the border pixels; bilinear between pixels.
  ///
  /// Jaderberg et al., Spatial Transformer Networks, 2015. The result has the axes batch, channels,
  /// places.
  static func sample(
    _ images: Tensor, x: Tensor, y: Tensor, border: BorderMode
  ) throws(TensorError) -> Tensor {
    let (rows, columns) = (images.shape[2], images.shape[3])
    let x = try (x + 1) * (Double(columns - 1) / 2)
    let y = try (y + 1) * (Double(rows - 1) / 2)
    let left = try x.detached().floor()
    let top = try y.detached().floor()
    // Weights are those of the unbounded grid: beyond the border only the index is brought back.
    let fromLeft = try (x - left).unsqueezed(axis: 1)
    let fromTop = try (y - top).unsqueezed(axis: 1)
    let columnIndices = [
      try border.index(left, length: columns), try border.index(left + 1, length: columns),
    ]
    let rowIndices = [
      try border.index(top, length: rows), try border.index(top + 1, length: rows),
    ]
    let pixels = try images.flattened(fromAxis: 2)
    func corner(_ row: Int, _ column: Int) throws(TensorError) -> Tensor {
      let index =
        try
        (rowIndices[row].converted(to: .int64) * Double(columns)
        + columnIndices[column].converted(to: .int64))
      let shape = [index.shape[0], pixels.shape[1], index.shape[1]]
      return try pixels.gathered(
        axis: 2, indices: index.unsqueezed(axis: 1).expanded(to: shape))
    }
    let upper = try corner(0, 0) * (1 - fromLeft) + corner(0, 1) * fromLeft
    let lower = try corner(1, 0) * (1 - fromLeft) + corner(1, 1) * fromLeft
    return try upper * (1 - fromTop) + lower * fromTop
  }
}

extension Tensor {
  /// What is left of each element after division, from 0 to below the divisor.
  fileprivate func modulo(_ divisor: Double) throws(TensorError) -> Tensor {
    try self - (self / divisor).floor() * divisor
  }
}

extension Layer {
  /// The output shape of a layer that samples its images by what a localization network says.
  func sampledShape(
    _ inputs: [Shape], numbers: Int, factor: DownsampleFactor
  ) throws(NetworkError) -> Shape {
    let images = try inputs[0].checkedImage(2)
    guard inputs[1].count == 2, inputs[1][1] == numbers,
      [images[0]].agrees(with: [inputs[1][0]])
    else {
      throw NetworkError(
        "needs a localizationNetwork of shape \([images[0], numbers].text), got \(inputs[1].text).")
    }
    return try images[..<2] + factor.lengths(of: Array(images[2...]))
  }
}
