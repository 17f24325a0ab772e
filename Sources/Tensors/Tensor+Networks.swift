import CTorch

extension Tensor {
  /// The matrix product; leading axes broadcast, vectors are allowed on either side.
  public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("matmul", CT_MATMUL, other)
  }

  /// `bias + a · b` in one go; `a` and `b` are matrices, `bias` broadcasts.
  public static func addmm(_ bias: Tensor, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
    try making("addmm", [bias, a, b]) { $0.addmm(bias.handle, a.handle, b.handle, $1) }
  }

  /// `(self - mean) * inverseDeviation * scale + shift`; the vectors lie along axis 1.
  public func batchNormalized(
    mean: Tensor, inverseDeviation: Tensor, scale: Tensor? = nil, shift: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    let none = CTTensor()
    let inputs = [self, mean, inverseDeviation] + [scale, shift].compactMap(\.self)
    return try withExtendedLifetime(inputs) { () throws(TensorError) -> Tensor in
      try making("batchNormalized", inputs) {
        $0.batch_normalized(
          handle, mean.handle, inverseDeviation.handle, scale?.handle ?? none,
          shift?.handle ?? none, $1)
      }
    }
  }

  /// `-log softmax(logits)[target]` for each row.
  ///
  /// - Parameters:
  ///   - logits: Shape `[N, classes]`, or `[N, classes, …]`.
  ///   - targets: `int64` class indices of shape `[N]`, or `[N, …]`.
  public static func logSoftmaxCrossEntropy(
    logits: Tensor, targets: Tensor
  ) throws(TensorError) -> Tensor {
    try logits.binary("logSoftmaxCrossEntropy", CT_CROSS_ENTROPY, targets)
  }

  /// The singular value decomposition: `u · diag(s) · vt`, the thin form.
  public func svd() throws(TensorError) -> (u: Tensor, s: Tensor, vt: Tensor) {
    var u = CTTensor()
    var s = CTTensor()
    var vt = CTTensor()
    try check("svd", [self]) { $0.svd(handle, &u, &s, &vt) }
    return (Tensor(owning: u), Tensor(owning: s), Tensor(owning: vt))
  }
}
