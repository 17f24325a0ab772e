import CTorch

extension Tensor {
  /// Entries `from ..< to` along an axis, every `step`-th; without a copy.
  ///
  /// Negative positions count from the end, and positions beyond it mean the end, as in Python.
  public func sliced(
    axis: Int, from: Int, to: Int, step: Int = 1
  ) throws(TensorError) -> Tensor {
    try rearranged("sliced", CT_SLICE, [axis, from, to, step])
  }

  /// The entry at one index of an axis, without that axis and without a copy.
  public func selected(axis: Int, index: Int) throws(TensorError) -> Tensor {
    try rearranged("selected", CT_SELECT, [axis, index])
  }

  /// For each place of `indices`, the element with that index along the axis.
  ///
  /// `indices` are `int64` with the rank of this tensor; the result has their shape.
  public func gathered(axis: Int, indices: Tensor) throws(TensorError) -> Tensor {
    try making("gathered", [self, indices]) {
      $0.gather(handle, Int64(axis), indices.handle, $1)
    }
  }

  /// The entries of axis 0 with the indices of an `int64` vector, in that order.
  public func rows(_ indices: Tensor) throws(TensorError) -> Tensor {
    try binary("rows", CT_ROWS, indices)
  }

  /// The rows of this matrix with the given `int64` indices, in the shape of `indices` and one more axis.
  public func embedding(_ indices: Tensor) throws(TensorError) -> Tensor {
    try binary("embedding", CT_EMBEDDING, indices)
  }
}
