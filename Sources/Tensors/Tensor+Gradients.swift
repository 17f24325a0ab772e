import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for gradients.
  public var requiresGradient: Bool { info.requires_gradient }

  /// Starts or stops recording operations on this tensor; only tensors nobody computed (leaves).
  public func setRequiresGradient(_ required: Bool) throws(TensorError) {
    try check("setRequiresGradient", [self]) { $0.set_requires_gradient(handle, required) }
  }

  /// Adds to each leaf's `gradient` the derivative of this tensor.
  ///
  /// - Parameter cotangent: Weights of this tensor's elements, in its shape; may be left out for a
  ///   single number.
  public func backward(_ cotangent: Tensor? = nil) throws(TensorError) {
    try check("backward", [self]) { $0.backward(handle, cotangent?.handle ?? CTTensor()) }
  }

  /// What `backward` has added up for this leaf; nil before the first time.
  public var gradient: Tensor? {
    var out = CTTensor()
    guard let backend = Backend.loaded?.pointee else { return nil }
    if let error = backend.gradient(handle, &out) {
      backend.error_free(error)
      return nil
    }
    return out.impl == nil ? nil : Tensor(owning: out)
  }

  /// Forgets the accumulated gradient.
  public func clearGradient() {
    guard let backend = Backend.loaded?.pointee else { return }
    if let error = backend.clear_gradient(handle) { backend.error_free(error) }
  }

  /// The derivative of an output by each input, in one pass; zeros for an input it does not use.
  ///
  /// The recorded graph is given up afterwards, unless `createGraph`.
  ///
  /// - Parameters:
  ///   - output: Computed from the inputs while they required gradients.
  ///   - cotangent: Weights of the output's elements, in its shape; may be left out for a single
  ///     number.
  ///   - createGraph: Records this pass too, for derivatives of derivatives.
  public static func gradients(
    of output: Tensor, withRespectTo inputs: [Tensor], cotangent: Tensor? = nil,
    createGraph: Bool = false
  ) throws(TensorError) -> [Tensor] {
    if inputs.isEmpty { return [] }
    var results = [CTTensor](repeating: CTTensor(), count: inputs.count)
    let handles = inputs.map(\.handle)
    try withExtendedLifetime(inputs) { () throws(TensorError) in
      try check("gradients", [output]) {
        $0.gradients(
          output.handle, handles, Int64(handles.count), cotangent?.handle ?? CTTensor(),
          createGraph, &results)
      }
    }
    return results.map(Tensor.init(owning:))
  }

  /// The same elements; on the way back each entry of the gradient is brought between ±bound.
  ///
  /// The bound must be above 0.
  public func gradientClipped(_ bound: Double) throws(TensorError) -> Tensor {
    guard bound > 0 else {
      throw TensorError(
        operation: "gradientClipped", message: "the bound is \(bound), expected a number above 0")
    }
    return try unary("gradientClipped", CT_GRADIENT_CLIPPED, bound)
  }

  /// The same elements outside the recorded graph; memory is shared.
  public func detached() throws(TensorError) -> Tensor {
    try unary("detached", CT_DETACHED)
  }
}

/// Runs a body whose operations are not recorded for gradients.
///
/// Synchronous on purpose: recording is a setting of the thread.
public func withoutGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  try recording(false, body)
}

/// Runs a body whose operations are recorded, also inside `withoutGradients`: for functions that are
/// made of a derivative.
public func withGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  try recording(true, body)
}

/// Whether operations of this thread are recorded for gradients.
public var isRecordingGradients: Bool {
  guard let backend = Backend.loaded?.pointee else { return true }
  let isOn = backend.set_recording(false)
  _ = backend.set_recording(isOn)
  return isOn
}

private func recording<Result, Failure: Error>(
  _ isOn: Bool, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let backend = Backend.loaded?.pointee else { return try body() }
  let wasOn = backend.set_recording(isOn)
  defer { _ = backend.set_recording(wasOn) }
  return try body()
}
