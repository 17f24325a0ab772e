import Tensors

/// What one run of a network gave.
public struct ForwardPass {
  /// The outputs, in the order of the network's `outputs`.
  public let outputs: [Tensor]
  /// For each output, what its layer computed before its nonlinearity (the logits of a softmax); the
  /// output itself where the layer has none.
  public let outputsBeforeNonlinearity: [Tensor]
  /// The outputs of the layers that were asked for, by name.
  public let activations: [String: Tensor]
  /// What parameters become by this pass (running averages), by full name.
  public let parameterUpdates: [(fullName: String, value: Tensor)]
  let targets: [Tensor]

  /// The first output.
  public var output: Tensor { outputs[0] }
  /// What the first output's layer computed before its nonlinearity.
  public var outputBeforeNonlinearity: Tensor { outputsBeforeNonlinearity[0] }

  /// Puts the updated running averages into the weights, as the end of a training pass does.
  ///
  /// - Parameter frozen: The full names of those that stay as they are.
  public func applyUpdates(except frozen: Set<String> = []) throws(TensorError) {
    try withoutGradients { () throws(TensorError) in
      for (target, update) in zip(targets, parameterUpdates)
      where !frozen.contains(update.fullName) {
        try target.assign(update.value)
      }
    }
  }
}

/// Which layers' outputs a run keeps.
public enum KeptActivations: Equatable, Sendable {
  /// Only the outputs of the network.
  case none
  /// Those of the layers with these names.
  case layers(Set<String>)
  /// Those of every layer.
  case all

  func contains(_ name: String) -> Bool {
    switch self {
    case .none: false
    case .layers(let names): names.contains(name)
    case .all: true
    }
  }
}
