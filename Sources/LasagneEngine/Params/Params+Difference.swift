import Foundation
import Lasagne
import Records
import Storage
import Tensors

extension Params {
  /// How these weights differ from others, tensor by tensor in the order of their names; the others
  /// may belong to another model.
  ///
  /// - Parameter binCount: The bins of each tensor's histogram of changes.
  /// - Throws: `FileFormatError` if a file cannot be read.
  public func difference(to other: Params, binCount: Int = 32) throws -> ParamsDiff {
    try ParamsDiff(
      from: ("\(model) \(reference)", tensors()),
      to: ("\(other.model) \(other.reference)", other.tensors()), step: other.version.step ?? 0,
      time: other.version.createdAt, binCount: binCount)
  }

  /// The tree of a model's params: what was made from what.
  ///
  /// - Throws: `StorageError` if a record cannot be read.
  public static func tree(
    ofModel model: String, in workspace: Workspace, includesArchived: Bool = false
  ) throws -> ParamsTree {
    ParamsTree(
      model: model, records: try workspace.params.list(model: model),
      includesArchived: includesArchived)
  }
}

extension ParamsDiff {
  /// Compares named tensors.
  init(
    from a: (name: String, tensors: [String: HostArray]),
    to b: (name: String, tensors: [String: HostArray]), step: Int, time: Double, binCount: Int
  ) throws(EngineError) {
    guard binCount >= 1 else {
      throw EngineError(
        .invalid, "A histogram of \(binCount) bins cannot be made; choose at least 1.")
    }
    self.init(
      from: a.name, to: b.name, tensors: [],
      onlyInFrom: a.tensors.keys.filter { b.tensors[$0] == nil }.sorted(),
      onlyInTo: b.tensors.keys.filter { a.tensors[$0] == nil }.sorted(), reshaped: [])
    for name in a.tensors.keys.sorted() {
      guard let first = a.tensors[name], let second = b.tensors[name] else { continue }
      if first.shape == second.shape {
        tensors.append(
          Tensor(name, first, second, step: step, time: time, binCount: binCount))
      } else {
        reshaped.append(.init(name: name, shape: first.shape, otherShape: second.shape))
      }
    }
  }
}

extension ParamsDiff.Tensor {
  /// The change of one tensor, in double precision.
  init(
    _ name: String, _ a: HostArray, _ b: HostArray, step: Int, time: Double, binCount: Int
  ) {
    let before = a.values(as: Double.self)
    let after = b.values(as: Double.self)
    var (squares, otherSquares, product, differenceSquares) = (0.0, 0.0, 0.0, 0.0)
    var (minimum, maximum) = (Double.infinity, -Double.infinity)
    var largest = (change: 0.0, position: Int?.none)
    var nonFinite = 0
    for position in before.indices {
      let (x, y) = (before[position], after[position])
      let change = y - x
      squares += x * x
      otherSquares += y * y
      product += x * y
      differenceSquares += change * change
      guard change.isFinite else {
        nonFinite += 1
        continue
      }
      minimum = min(minimum, change)
      maximum = max(maximum, change)
      if abs(change) > largest.change { largest = (abs(change), position) }
    }
    if minimum > maximum { (minimum, maximum) = (0, 0) }
    var counts = [Int](repeating: 0, count: binCount)
    let width = (maximum - minimum) / Double(binCount)
    for position in before.indices {
      let change = after[position] - before[position]
      guard change.isFinite else { continue }
      let bin = width > 0 ? Int((change - minimum) / width) : 0
      counts[min(bin, binCount - 1)] += 1
    }
    let (norm, otherNorm) = (squares.squareRoot(), otherSquares.squareRoot())
    let differenceNorm = differenceSquares.squareRoot()
    self.init(
      name: name, shape: a.shape, norm: norm, otherNorm: otherNorm,
      differenceNorm: differenceNorm,
      relativeChange: differenceNorm == 0 ? 0 : differenceNorm / norm,
      cosine: product / (norm * otherNorm), largestChange: largest.change,
      largestChangeIndex: largest.position.map { Self.index(of: $0, in: a.shape) } ?? [],
      histogram: Histogram(
        key: "\(name)/change", step: step, time: time, minimum: minimum, maximum: maximum,
        counts: counts, nonFiniteCount: nonFinite))
  }

  /// The index of an entry by its place in row-major order.
  private static func index(of position: Int, in shape: [Int]) -> [Int] {
    var rest = position
    var index: [Int] = []
    for length in shape.reversed() {
      index.append(rest % max(length, 1))
      rest /= max(length, 1)
    }
    return index.reversed()
  }
}
