import Tensors

extension Shape {
  /// The lengths of the axes not among the given ones: the shape of a parameter shared across those.
  func lengths(without axes: [Int], _ what: String) throws(NetworkError) -> [Int] {
    let rest = indices.filter { !axes.contains($0) }.map { self[$0] }
    guard rest.allSatisfy({ $0 != nil }) else {
      throw NetworkError(
        "needs a known length on every axis that \(what) does not cover, got \(text) and the axes "
          + "\(axes); fix the input's shape there or add the axis.")
    }
    return rest.compactMap { $0 }
  }
}

extension Tensor {
  /// A parameter of the axes that are not shared, with axes of length 1 where the shared ones are.
  func broadcast(across axes: [Int], rank: Int) throws(TensorError) -> Tensor {
    var lengths = shape.makeIterator()
    return try reshaped((0..<rank).map { axes.contains($0) ? 1 : lengths.next() ?? 1 })
  }
}

extension Axes {
  /// The axes for a tensor of a rank that was checked when the network was built.
  func runtime(
    rank: Int, auto: [Int], words: Set<Axes> = [.auto]
  ) throws(TensorError) -> [Int] {
    do {
      return try resolved(rank: rank, auto: auto, words: words, "axes")
    } catch {
      throw TensorError(operation: "axes", message: error.description)
    }
  }
}
