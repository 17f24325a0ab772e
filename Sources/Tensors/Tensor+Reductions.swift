import CTorch

// `axes` nil means all; negative axes count from the end; `keepAxes` leaves reduced axes as length 1.
extension Tensor {
  /// The sum over axes.
  public func sum(
    axes: [Int]? = nil, keepAxes: Bool = false
  ) throws(TensorError) -> Tensor {
    try reduced("sum", CT_SUM, axes, keepAxes)
  }

  /// The mean over axes.
  public func mean(
    axes: [Int]? = nil, keepAxes: Bool = false
  ) throws(TensorError) -> Tensor {
    try reduced("mean", CT_MEAN, axes, keepAxes)
  }

  /// The greatest element over axes.
  public func max(
    axes: [Int]? = nil, keepAxes: Bool = false
  ) throws(TensorError) -> Tensor {
    try reduced("max", CT_GREATEST, axes, keepAxes)
  }

  /// The least element over axes.
  public func min(
    axes: [Int]? = nil, keepAxes: Bool = false
  ) throws(TensorError) -> Tensor {
    try reduced("min", CT_LEAST, axes, keepAxes)
  }

  /// The variance over axes: divided by the count, or by one less where not `biased`.
  public func variance(
    axes: [Int]? = nil, keepAxes: Bool = false, biased: Bool = true
  ) throws(TensorError) -> Tensor {
    try reduced("variance", biased ? CT_VARIANCE : CT_SAMPLE_VARIANCE, axes, keepAxes)
  }

  /// The square root of the sum of all squares.
  public func norm() throws(TensorError) -> Tensor {
    try reduced("norm", CT_NORM, nil, false)
  }

  /// Whether any element is not zero.
  public func any() throws(TensorError) -> Tensor {
    try reduced("any", CT_ANY, nil, false)
  }

  /// Whether all elements are not zero.
  public func all() throws(TensorError) -> Tensor {
    try reduced("all", CT_ALL, nil, false)
  }

  /// The index of the greatest element along an axis, the first of equals, as `int64`.
  public func argmax(axis: Int) throws(TensorError) -> Tensor {
    try along("argmax", CT_ARGMAX, axis)
  }

  /// The index of the least element along an axis, the first of equals, as `int64`.
  public func argmin(axis: Int) throws(TensorError) -> Tensor {
    try along("argmin", CT_ARGMIN, axis)
  }

  /// The running sum along an axis.
  public func cumulativeSum(axis: Int) throws(TensorError) -> Tensor {
    try along("cumulativeSum", CT_CUMULATIVE_SUM, axis)
  }

  /// The `count` greatest elements along an axis, greatest first, and their `int64` indices.
  public func topK(
    _ count: Int, axis: Int
  ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
    var values = CTTensor()
    var indices = CTTensor()
    try check("topK", [self]) {
      $0.top_k(handle, Int64(count), Int64(axis), &values, &indices)
    }
    return (Tensor(owning: values), Tensor(owning: indices))
  }

  private func reduced(
    _ name: String, _ operation: CTReduction, _ axes: [Int]?, _ keepAxes: Bool
  ) throws(TensorError) -> Tensor {
    let count = axes.map { Int64($0.count) } ?? -1
    return try making(name, [self]) {
      $0.reduce(Int32(operation.rawValue), handle, (axes ?? []).wide, count, keepAxes, $1)
    }
  }
}
