import Lasagne
import Tensors

/// How the parameters of one layer stand in the PyTorch module that does the same.
struct PyTorchConversion {
  let node: NetworkNode
  /// The shapes of the layer's own parameters by their names within it.
  let shapes: [String: [Int]]
  /// The epsilon of the batch normalization that kept the variance.
  let epsilon: Double

  /// The shapes of the module's arrays; nil where PyTorch has no such module.
  var expected: [String: [Int]]? {
    guard let W = shapes["W"] else { return expectedWithoutW }
    let weight: [Int]
    switch node.layer.base {
    case is DenseLayer: weight = W.reversed()
    case is NINLayer: weight = [W[1], W[0]]
    case is DilatedConv2DLayer: weight = [W[1], W[0]] + W[2...]
    case is any ConvolutionLayer, is any TransposedConvolutionLayer, is EmbeddingLayer,
      is DepthwiseConv2DLayer:
      weight = W
    default: return nil
    }
    var arrays = ["weight": weight]
    arrays["bias"] = shapes["b"]
    return arrays
  }

  private var expectedWithoutW: [String: [Int]]? {
    if node.layer.base is BatchNormLayer, let mean = shapes["mean"] {
      var arrays = ["running_mean": mean, "running_var": mean]
      if shapes["gamma"] != nil { arrays["weight"] = mean }
      if shapes["beta"] != nil { arrays["bias"] = mean }
      return arrays
    }
    if node.layer.base is ParametricRectifierLayer, let alpha = shapes["alpha"] {
      return ["weight": alpha.isEmpty ? [1] : alpha]
    }
    if isNormalization {
      var arrays: [String: [Int]] = [:]
      arrays["weight"] = shapes["gamma"]
      arrays["bias"] = shapes["beta"]
      return arrays
    }
    if node.layer.base is MultiHeadAttentionLayer { return expectedAttention }
    let gates = gateNames
    guard let first = gates.first, let W = shapes[input(first)] else { return nil }
    let rows = gates.count * W[1]
    return [
      "weight_ih": [rows, W[0]], "weight_hh": [rows, W[1]], "bias_ih": [rows], "bias_hh": [rows],
    ]
  }

  private var isNormalization: Bool {
    let layer = node.layer.base
    return layer is LayerNormLayer || layer is RMSNormLayer || layer is GroupNormLayer
  }

  /// Queries, keys and values of one width stand one under the other.
  private var expectedAttention: [String: [Int]]? {
    guard let W = shapes["W_query"], W[0] == W[1], shapes["W_key"] == W, shapes["W_value"] == W,
      shapes["W_output"] == W
    else { return nil }
    var arrays = ["in_proj_weight": [3 * W[0], W[0]], "out_proj.weight": W]
    if shapes["b_query"] != nil { arrays["in_proj_bias"] = [3 * W[0]] }
    if shapes["b_output"] != nil { arrays["out_proj.bias"] = [W[0]] }
    return arrays
  }

  private func attention(_ module: PyTorchModule) throws -> [String: HostArray] {
    var result: [String: HostArray] = [:]
    let width = shapes["W_query"]?[0] ?? 0
    for (index, name) in ["query", "key", "value"].enumerated() {
      let rows = Array((index * width)..<((index + 1) * width))
      result["W_\(name)"] = try module.arrays["in_proj_weight"].map {
        try Tensor($0.rows(rows)).transposed().hostArray()
      }
      result["b_\(name)"] = try module.arrays["in_proj_bias"]?.rows(rows)
    }
    result["W_output"] = try module.arrays["out_proj.weight"].map {
      try Tensor($0).transposed().hostArray()
    }
    result["b_output"] = module.arrays["out_proj.bias"]
    return result
  }

  /// Whether a module has what the layer needs, and nothing else.
  func fits(_ module: PyTorchModule) -> Bool {
    guard let expected else { return false }
    let isReversed = (node.layer.base as? any SequenceLayer)?.recurrence.backwards ?? false
    guard isReversed == module.name.hasSuffix("_reverse") else { return false }
    let given = module.arrays.mapValues(\.shape)
    if given == expected { return true }
    // A recurrent module may go without biases, and a 1×1 convolution may be stored as a matrix.
    if !gateNames.isEmpty { return given == expected.filter { $0.key.hasPrefix("weight") } }
    guard node.layer.base is NINLayer, let weight = given["weight"], weight.count > 2 else {
      return false
    }
    return weight.dropFirst(2).allSatisfy { $0 == 1 }
      && Array(weight.prefix(2)) == expected["weight"]
      && given["bias"] == expected["bias"]
  }

  /// The layer's parameters from the module's arrays.
  func parameters(_ module: PyTorchModule) throws -> [String: HostArray] {
    if !gateNames.isEmpty { return try recurrent(module) }
    if node.layer.base is MultiHeadAttentionLayer { return try attention(module) }
    var result: [String: HostArray] = [:]
    if isNormalization {
      result["gamma"] = module.arrays["weight"]
      result["beta"] = module.arrays["bias"]
    } else if let weight = module.arrays["weight"], shapes["W"] != nil {
      result["W"] = try arranged(Tensor(weight.converted(to: .float32))).hostArray()
      result["b"] = module.arrays["bias"]
    } else if let variance = module.arrays["running_var"] {
      result["gamma"] = module.arrays["weight"]
      result["beta"] = module.arrays["bias"]
      result["mean"] = module.arrays["running_mean"]
      result["inv_std"] = try HostArray(
        variance.values(as: Double.self).map { Float(1 / ($0 + epsilon).squareRoot()) },
        shape: variance.shape)
    } else if let alpha = module.arrays["weight"] {
      result["alpha"] = try alpha.reshaped(shapes["alpha"] ?? alpha.shape)
    }
    return result
  }

  private func arranged(_ weight: Tensor) throws -> Tensor {
    let places = Array(2..<max(2, weight.rank))
    switch node.layer.base {
    case is DenseLayer: return try weight.transposed()
    case is NINLayer: return try weight.reshaped([weight.shape[0], weight.shape[1]]).transposed()
    case is DilatedConv2DLayer: return try weight.permuted([1, 0, 2, 3])
    case let layer as DepthwiseConv2DLayer:
      return layer.flipFilters ? try weight.flipped(axes: places) : weight
    case let layer as any ConvolutionLayer:
      return layer.flipFilters ? try weight.flipped(axes: places) : weight
    case let layer as any TransposedConvolutionLayer:
      return layer.flipFilters ? weight : try weight.flipped(axes: places)
    default: return weight
    }
  }

  // MARK: recurrent layers

  /// The layer's names of the gates in PyTorch's order.
  private var gateNames: [String] {
    switch node.layer.base {
    case is LSTMLayer: ["ingate", "forgetgate", "cell", "outgate"]
    case is GRULayer: ["resetgate", "updategate", "hidden_update"]
    case is RecurrentLayer: ["hid"]
    default: []
    }
  }

  private var isPlain: Bool { node.layer.base is RecurrentLayer }
  private func input(_ gate: String) -> String {
    isPlain ? "input_to_hidden.W" : "W_in_to_\(gate)"
  }
  private func hidden(_ gate: String) -> String {
    isPlain ? "hidden_to_hidden.W" : "W_hid_to_\(gate)"
  }
  private func bias(_ gate: String) -> String { isPlain ? "input_to_hidden.b" : "b_\(gate)" }

  private func recurrent(_ module: PyTorchModule) throws -> [String: HostArray] {
    if let layer = node.layer.base as? LSTMLayer, layer.peepholes {
      throw InteropError(
        node, "has peepholes, which PyTorch's LSTM has not; set peepholes to false.")
    }
    var result: [String: HostArray] = [:]
    for (name, shape) in shapes where name.hasSuffix("_init") {
      result[name] = try HostArray(
        [Float](repeating: 0, count: shape.reduce(1, *)), shape: shape)
    }
    let units = shapes[hidden(gateNames[0])]?[0] ?? 0
    for (index, gate) in gateNames.enumerated() {
      let rows = Array((index * units)..<((index + 1) * units))
      // PyTorch's gate says how much of the state is kept, Lasagne's how much is replaced.
      let sign = gate == "updategate" ? -1.0 : 1.0
      func part(_ kind: String) throws -> Tensor? {
        try module.arrays[kind].map {
          try Tensor($0.converted(to: .float32).rows(rows)) * sign
        }
      }
      result[input(gate)] = try part("weight_ih")?.transposed().hostArray()
      result[hidden(gate)] = try part("weight_hh")?.transposed().hostArray()
      guard shapes[bias(gate)] != nil else { continue }
      guard let given = try part("bias_ih"), let carried = try part("bias_hh") else {
        result[bias(gate)] = try HostArray([Float](repeating: 0, count: units), shape: [units])
        continue
      }
      if gate == "hidden_update", try carried.values(as: Float.self).contains(where: { $0 != 0 }) {
        throw InteropError(
          node,
          "has no bias inside its reset, but '\(module.name)' has one that is not zero; train it with "
            + "that third of bias_hh at zero.")
      }
      result[bias(gate)] = try (given + carried).hostArray()
    }
    return result
  }
}
