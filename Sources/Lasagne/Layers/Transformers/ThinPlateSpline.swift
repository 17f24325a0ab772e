import Foundation
import Synchronization

/// The thin-plate spline through control points on a square grid from -1 to 1 (Bookstein 1989).
///
/// It takes places of the output to places of the input; what it needs of the control points and the
/// grid of places is computed once, in double precision.
package struct ThinPlateSpline {
  /// The coordinates of the control points, row by row.
  package let x: [Double]
  package let y: [Double]
  /// For each place and control point, how much the point's destination counts: (points, places).
  package let weights: [Double]

  private struct Grid: Hashable {
    let points: Int
    let rows: Int
    let columns: Int
    let bends: Bool
  }

  /// Splines that were used before: every pass of a network needs the same few.
  private static let known = Mutex<[Grid: ThinPlateSpline]>([:])
  private static let mostKnown = 8

  /// The spline at a regular grid of places, computed once.
  package static func shared(points: Int, rows: Int, columns: Int, bends: Bool) -> ThinPlateSpline {
    let grid = Grid(points: points, rows: rows, columns: columns, bends: bends)
    if let spline = known.withLock({ $0[grid] }) { return spline }
    let spline = ThinPlateSpline(points: points, rows: rows, columns: columns, bends: bends)
    known.withLock { known in
      if known.count >= mostKnown { known.removeAll() }
      known[grid] = spline
    }
    return spline
  }

  /// The spline at a regular grid of places.
  ///
  /// `bends`: whether the points' bending terms count; without, only the affine part of the spline is
  /// left. The system is that of Bookstein: rows 1, x, y, then `U = r² log r²` between points.
  init(points: Int, rows: Int, columns: Int, bends: Bool) {
    let side = Int(Double(points).squareRoot().rounded())
    let control = ImageSampling.grid(rows: side, columns: side)
    (x, y) = control
    let size = points + 3
    var system = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for point in 0..<points {
      let affine = [1, control.x[point], control.y[point]]
      for (row, value) in affine.enumerated() {
        system[row][point + 3] = value
        system[point + 3][row] = value
      }
      for other in 0..<points {
        system[point + 3][other + 3] = Self.bend(
          control.x[point] - control.x[other], control.y[point] - control.y[other])
      }
    }
    let places = ImageSampling.grid(rows: rows, columns: columns)
    // The system is symmetric: weights of the destinations solve it for what each place sees.
    var seen = [[Double]](
      repeating: [Double](repeating: 0, count: places.x.count), count: size)
    for place in places.x.indices {
      (seen[0][place], seen[1][place], seen[2][place]) = (1, places.x[place], places.y[place])
      for point in 0..<points where bends {
        seen[point + 3][place] = Self.bend(
          places.x[place] - control.x[point], places.y[place] - control.y[point])
      }
    }
    weights = Self.solve(system, seen)[3...].flatMap { $0 }
  }

  private static func bend(_ x: Double, _ y: Double) -> Double {
    let square = x * x + y * y
    return square == 0 ? 0 : square * log(square)
  }

  /// The solution of a linear system for several right sides, by elimination with pivots.
  private static func solve(_ system: [[Double]], _ right: [[Double]]) -> [[Double]] {
    var (system, right) = (system, right)
    let size = system.count
    for column in 0..<size {
      let pivot =
        (column..<size).max { abs(system[$0][column]) < abs(system[$1][column]) } ?? column
      system.swapAt(column, pivot)
      right.swapAt(column, pivot)
      let scale = 1 / system[column][column]
      for index in column..<size { system[column][index] *= scale }
      for index in right[column].indices { right[column][index] *= scale }
      for row in 0..<size where row != column && system[row][column] != 0 {
        let factor = system[row][column]
        for index in column..<size { system[row][index] -= factor * system[column][index] }
        for index in right[row].indices { right[row][index] -= factor * right[column][index] }
      }
    }
    return right
  }
}
