import Tensors

/// A network inside a layer, as model files write it: `{layers: […], output: name}`.
///
/// Its input layer is no input of the whole network; its name does not count.
public struct NestedNetwork: Sendable {
  /// The network itself.
  public let network: Network

  /// Wraps a network.
  public init(_ network: Network) { self.network = network }

  /// The shape its only input needs, and that of its only output, both without the batch.
  func shapes(_ what: String) throws(NetworkError) -> (input: Shape, output: Shape) {
    let (inputs, outputs) = (network.inputs, network.outputs)
    guard inputs.count == 1, outputs.count == 1 else {
      throw NetworkError(
        "needs a network with one input and one output as its \(what), got \(inputs.count) inputs and "
          + "\(outputs.count) outputs.")
    }
    let input = try network.outputShape(of: inputs[0])
    return (Array(input.dropFirst()), Array(try network.outputShape().dropFirst()))
  }

  /// The parameters, under the names they have in it; `what` is what the layer calls the network.
  func parameters(_ what: String) -> [ParameterSpec] {
    network.parameters.map { ParameterSpec($0, of: what) }
  }

  /// The network with its share of the parameters of the layer it is in.
  func bound(_ what: String, to context: LayerContext) throws(TensorError) -> BoundNetwork {
    let specs = parameters(what)
    var tensors: [Tensor] = []
    for spec in specs { tensors.append(try context.parameter(spec.name)) }
    return BoundNetwork(
      network: network, weights: Weights(part: tensors, of: network), context: context,
      names: Dictionary(
        zip(network.parameters.map(\.fullName), specs.map(\.name)),
        uniquingKeysWith: { first, _ in first }))
  }
}

/// A network inside a layer, ready to compute.
struct BoundNetwork {
  let network: Network
  let weights: Weights
  let context: LayerContext
  /// What the layer around it calls each parameter.
  let names: [String: String]

  /// The output for an input.
  func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
    let pass: ForwardPass
    do {
      pass = try network.forward(["": input], weights: weights, mode: context.mode)
    } catch {
      throw TensorError(operation: context.layer, message: error.description)
    }
    for update in pass.parameterUpdates {
      if let name = names[update.fullName] { context.update(name, to: update.value) }
    }
    return pass.output
  }
}

extension NestedNetwork: Equatable, Codable {
  /// Equal if layers and outputs are.
  public static func == (first: NestedNetwork, second: NestedNetwork) -> Bool {
    first.network.layers == second.network.layers
      && first.network.outputs == second.network.outputs
  }

  /// Reads a mapping with `layers` and `output`.
  public init(from decoder: any Decoder) throws {
    network = try Network(nested: ModelTree(from: decoder))
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    guard case .object(let members) = try network.tree() else { return }
    try ModelTree.object(members.filter { ["layers", "output"].contains($0.key) })
      .encode(to: encoder)
  }
}
