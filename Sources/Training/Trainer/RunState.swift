import Lasagne
import Records
import Tensors

/// What a run has to remember between updates beside weights and position; part of a checkpoint.
struct RunState: Codable, Equatable, Sendable {
  /// What the schedule has seen of its metric.
  var plateau = PlateauState()
  /// What early stopping has seen of its metric.
  var earlyStopping = BestSoFar()
  /// What the choice of the best checkpoint has seen of its metric.
  var bestCheckpoint = BestSoFar()
  /// Whether the run ended before its epochs were over.
  var isOver = false
  /// Updates in a row that were left out.
  var skipped = 0
  /// How often the run went back to the beginning of an epoch.
  var rollbacks = 0
  /// What rollbacks have multiplied the learning rate with.
  var rateFactor = 1.0
  /// The number of weights in the average over epochs.
  var averageCount = 0
  /// Whether a callback has asked for the end, which has not come yet; `nil` counts as no.
  var isToldToStop: Bool?
  /// What callbacks remember; `nil` where there is nothing.
  var memory: [String: JSONValue]?
}

/// Weights that a run keeps beside those it trains; part of a checkpoint.
struct KeptWeights {
  /// Those of the best epoch, for early stopping.
  var best: [String: HostArray] = [:]
  /// Those at the beginning of the epoch, for rollbacks.
  var start: [String: HostArray] = [:]
  /// What the update rule remembered at the beginning of the epoch.
  var startState: [String: HostArray] = [:]
  /// The average.
  var average: Weights?
}

extension KeptWeights {
  private static let bestPrefix = "best/"
  private static let startPrefix = "start/weights/"
  private static let statePrefix = "start/update/"
  static let averagePrefix = "average/"

  /// Everything under one name each, to be kept in a file.
  func hostArrays() throws(TensorError) -> [String: HostArray] {
    var arrays: [String: HostArray] = [:]
    for (name, array) in best { arrays[Self.bestPrefix + name] = array }
    for (name, array) in start { arrays[Self.startPrefix + name] = array }
    for (name, array) in startState { arrays[Self.statePrefix + name] = array }
    for (name, array) in try average?.namedArrays() ?? [:] {
      arrays[Self.averagePrefix + name] = array
    }
    return arrays
  }

  init(_ arrays: [String: HostArray], network: Network, device: Device) throws {
    best = Self.part(arrays, Self.bestPrefix)
    start = Self.part(arrays, Self.startPrefix)
    startState = Self.part(arrays, Self.statePrefix)
    let averaged = Self.part(arrays, Self.averagePrefix)
    if !averaged.isEmpty {
      average = try Weights(
        try averaged.ordered(for: network), for: network, device: device)
    }
  }

  /// The arrays under a prefix, without it.
  static func part(_ arrays: [String: HostArray], _ prefix: String) -> [String: HostArray] {
    let pairs = arrays.filter { $0.key.hasPrefix(prefix) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}

extension [String: HostArray] {
  /// The arrays of a checkpoint in a network's order.
  func ordered(for network: Network) throws(TrainingError) -> [HostArray] {
    try network.parameters.map { parameter throws(TrainingError) in
      guard let array = self[parameter.fullName] else {
        throw TrainingError(
          .checkpoint,
          "The checkpoint has no \(parameter.fullName), which the network '\(network.name)' needs; "
            + "it was taken from another network.")
      }
      return array
    }
  }
}

extension Weights {
  /// The values in host memory by full name.
  func namedArrays() throws(TensorError) -> [String: HostArray] {
    var arrays: [String: HostArray] = [:]
    for (parameter, tensor) in zip(parameters, tensors) {
      arrays[parameter.fullName] = try tensor.hostArray()
    }
    return arrays
  }

  /// Takes over values from arrays by full name.
  func assign(_ arrays: [String: HostArray], device: Device) throws(TensorError) {
    try withoutGradients { () throws(TensorError) in
      for (parameter, tensor) in zip(parameters, tensors) {
        guard let array = arrays[parameter.fullName] else { continue }
        try tensor.assign(Tensor(array, device: device))
      }
    }
  }
}
