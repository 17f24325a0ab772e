import Foundation

/// A small block that tells a tensor's proportions at a glance.
///
/// It has faces for image axes, depth for channels, and is a bar for a vector. Lengths grow with the
/// logarithm of the axes.
struct TensorGlyph {
  private let shape: [Int]

  init(_ outputShape: [Int?]) {
    shape = outputShape.dropFirst().map { $0 ?? 1 }
  }

  private func length(_ count: Int, longest: Double) -> Double {
    // 1 → 4 pixels, 512 and more → all of it.
    let part = log2(Double(max(1, count)) + 1) / 9
    return max(4, min(1, part) * longest)
  }

  func svg(x: Double, y: Double, size: Double) -> String {
    let height: Double
    let width: Double
    let depth: Double
    switch shape.count {
    case 3...:
      height = length(shape[shape.count - 2], longest: size * 0.85)
      width = length(shape[shape.count - 1], longest: size * 0.85)
      depth = length(shape[0], longest: size * 0.36)
    case 2:
      height = length(shape[0], longest: size * 0.85)
      width = length(shape[1], longest: size * 0.85)
      depth = 4
    default:
      height = length(shape.first ?? 1, longest: size * 0.95)
      width = 5
      depth = 4
    }
    // Seen from above and the right: the front face, then a lid and a side of half the depth.
    let slant = depth * 0.6
    let left = x + (size - width - slant) / 2
    let top = y + (size - height - slant) / 2 + slant
    let right = left + width
    let bottom = top + height
    func points(_ pairs: [(Double, Double)]) -> String {
      pairs.map {
        "\(NumberText.fixed($0.0, decimals: 1)),\(NumberText.fixed($0.1, decimals: 1))"
      }.joined(separator: " ")
    }
    let front = points([(left, top), (right, top), (right, bottom), (left, bottom)])
    let lid = points([
      (left, top), (left + slant, top - slant), (right + slant, top - slant), (right, top),
    ])
    let side = points([
      (right, top), (right + slant, top - slant), (right + slant, bottom - slant), (right, bottom),
    ])
    return "<g class=\"glyph\" stroke=\"#6d7f9c\" stroke-width=\"0.8\" stroke-linejoin=\"round\">"
      + "<polygon class=\"front\" points=\"\(front)\" fill=\"#c9d6ea\"/>"
      + "<polygon class=\"lid\" points=\"\(lid)\" fill=\"#e4ebf6\"/>"
      + "<polygon class=\"side\" points=\"\(side)\" fill=\"#a9bbd6\"/></g>"
  }
}
