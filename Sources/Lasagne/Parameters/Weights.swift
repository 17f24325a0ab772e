import Tensors

/// The values of a network's parameters on one device, in the network's order.
///
/// Trainable tensors record gradients; `Network.predict` and `withoutGradients` leave them aside. The
/// tensors are shared by all copies of a `Weights`, so an update in place is seen by each.
public struct Weights {
  /// What each tensor is, in order.
  public let parameters: [NetworkParameter]
  /// The values, in the order of `parameters`.
  public let tensors: [Tensor]
  private let indices: [String: Int]

  /// Weights from tensors that are leaves of the shapes the network asks for.
  public init(_ tensors: [Tensor], for network: Network) throws(NetworkError) {
    let parameters = network.parameters
    try Self.check(tensors.map(\.shape), for: network)
    self.parameters = parameters
    self.tensors = tensors
    indices = Dictionary(
      parameters.enumerated().map { ($1.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    for (parameter, tensor) in zip(parameters, tensors) where parameter.isTrainable {
      do {
        try tensor.setRequiresGradient(true)
      } catch {
        throw NetworkError(layer: parameter.fullName, "cannot record gradients: \(error)")
      }
    }
  }

  /// Weights from arrays in Lasagne's order, as `model.npz` holds them (`arr_0`, `arr_1`, …).
  ///
  /// Throws if their number or a shape differs from what the network asks for.
  public init(
    _ arrays: [HostArray], for network: Network, device: Device = .cpu,
    dataType: DataType = .float32
  ) throws(NetworkError) {
    try Self.check(arrays.map(\.shape), for: network)
    var tensors: [Tensor] = []
    for (array, parameter) in zip(arrays, network.parameters) {
      do {
        tensors.append(try Tensor(array.converted(to: dataType), device: device))
      } catch {
        throw NetworkError(layer: parameter.fullName, "cannot be put on \(device): \(error)")
      }
    }
    try self.init(tensors, for: network)
  }

  /// The part of some weights that a network inside a layer works with.
  init(part tensors: [Tensor], of network: Network) {
    parameters = network.parameters
    self.tensors = tensors
    indices = Dictionary(
      parameters.enumerated().map { ($1.fullName, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same weights with some of them, by position, in another type; what is computed from them is
  /// still recorded for the gradients of these.
  func converted(
    _ positions: some Sequence<Int>, to type: DataType
  ) throws(TensorError) -> Weights {
    var tensors = tensors
    for position in positions { tensors[position] = try tensors[position].converted(to: type) }
    return Weights(parameters: parameters, tensors: tensors, indices: indices)
  }

  private init(parameters: [NetworkParameter], tensors: [Tensor], indices: [String: Int]) {
    self.parameters = parameters
    self.tensors = tensors
    self.indices = indices
  }

  /// The value with this full name (`conv1.W`), or nil.
  public subscript(_ fullName: String) -> Tensor? { indices[fullName].map { tensors[$0] } }

  /// The tensors that training changes, in order.
  public var trainable: [Tensor] {
    zip(parameters, tensors).filter(\.0.isTrainable).map(\.1)
  }

  /// The tensors that penalties on weights apply to, in order.
  public var regularizable: [Tensor] {
    zip(parameters, tensors).filter(\.0.isRegularizable).map(\.1)
  }

  /// The values in host memory, in Lasagne's order.
  public func hostArrays() throws(TensorError) -> [HostArray] {
    var arrays: [HostArray] = []
    for tensor in tensors { arrays.append(try tensor.hostArray()) }
    return arrays
  }

  /// Refuses arrays whose number or shapes are not the network's.
  static func check(_ shapes: [[Int]], for network: Network) throws(NetworkError) {
    let parameters = network.parameters
    guard shapes.count == parameters.count else {
      throw NetworkError(
        "The network '\(network.name)' has \(parameters.count) parameters, got \(shapes.count) "
          + "arrays; give one array per parameter, in Lasagne's order.")
    }
    for (index, parameter) in parameters.enumerated() where parameter.shape != shapes[index] {
      throw NetworkError(
        layer: parameter.layer,
        "needs \(parameter.fullName) of shape \(parameter.shape), got \(shapes[index]) in array "
          + "\(index); are these the weights of another network?")
    }
  }
}
