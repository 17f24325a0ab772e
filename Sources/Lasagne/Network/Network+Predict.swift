import Tensors

extension Network {
  /// The deterministic output for arrays in host memory, computed without recording gradients.
  ///
  /// Inputs are converted to the weights' number type, except where a layer reads indices.
  /// ```swift
  /// let network = try Network(modelFile: text)
  /// let weights = try Weights(arrays, for: network)
  /// let output = try network.predict(images, weights: weights)
  /// ```
  public func predict(
    _ input: HostArray, weights: Weights, device: Device = .cpu
  ) throws(NetworkError) -> HostArray {
    try predict(["": input], weights: weights, device: device)
  }

  /// The deterministic output for arrays by the names of the input layers.
  public func predict(
    _ inputs: [String: HostArray], weights: Weights, device: Device = .cpu
  ) throws(NetworkError) -> HostArray {
    do {
      return try withoutGradients {
        var tensors: [String: Tensor] = [:]
        for (name, array) in inputs {
          tensors[name] = try tensor(array, for: name, weights: weights, device: device)
        }
        return try output(tensors, weights: weights, deterministic: true).hostArray()
      }
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError("The output of '\(name)' could not be computed: \(error)")
    }
  }

  /// An array as a tensor that the input layer of the given name can take.
  public func tensor(
    _ array: HostArray, for input: String = "", weights: Weights, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    let input = input.isEmpty ? inputs.first ?? "" : input
    let isIndices = layers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == input
    }
    let dataType = isIndices ? DataType.int64 : weights.tensors.first?.dataType ?? .float32
    return try Tensor(array.converted(to: dataType), device: device)
  }
}
