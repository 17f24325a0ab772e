import Tensors

/// What update rules remember between steps: accumulators for each parameter, and counts of steps.
///
/// Accumulators are made, as zeros, when a rule first asks for them. Rules that keep the same thing
/// keep it under the same name, so a rule may be exchanged for another between two steps.
public final class UpdateState {
  /// The full names of the parameters, in the order in which steps get them.
  public let parameterNames: [String]
  private var accumulators: [[String: Tensor]]
  private var counts: [String: Int] = [:]

  /// A state in which nothing is remembered yet.
  public init(parameterNames: [String]) {
    self.parameterNames = parameterNames
    accumulators = Array(repeating: [:], count: parameterNames.count)
  }

  /// A state for parameters without names: they are called by their number.
  public convenience init(parameterCount: Int) {
    self.init(parameterNames: (0..<parameterCount).map(String.init))
  }

  /// The bytes all accumulators take.
  public var byteCount: Int {
    accumulators.joined().reduce(0) { $0 + $1.value.count * $1.value.dataType.byteCount }
  }

  /// What a rule remembers of one parameter under a name, zeros at first.
  package func accumulator(
    _ name: String, of index: Int, like parameter: Tensor
  ) throws(TensorError) -> Tensor {
    if let known = accumulators[index][name] {
      guard known.shape == parameter.shape else {
        throw TensorError(
          operation: "step",
          message: "the state '\(name)' of \(parameterNames[index]) does not have the shape of "
            + "the parameter; it belongs to another network.",
          shapes: [known.shape, parameter.shape])
      }
      return known
    }
    let new = try Tensor.zeros(
      parameter.shape, dataType: parameter.dataType, device: parameter.device)
    accumulators[index][name] = new
    return new
  }

  /// Whether anything is remembered of one parameter under a name.
  func hasAccumulator(_ name: String, of index: Int) -> Bool {
    accumulators[index][name] != nil
  }

  /// All counts of steps by name, to go back to.
  package var stepCounts: [String: Int] {
    get { counts }
    set { counts = newValue }
  }

  /// How many steps were counted under a name.
  package func stepCount(_ name: String) -> Int { counts[name, default: 0] }

  /// Counts one more step under a name and returns the count, 1 at first.
  @discardableResult
  package func countStep(_ name: String) -> Int {
    counts[name, default: 0] += 1
    return counts[name, default: 0]
  }
}

// Names in files: "conv.W/firstMoment" for an accumulator, "steps/adam" for a count.
extension UpdateState {
  private static let countPrefix = "steps/"
  /// What the names of a lookahead's slow weights begin with.
  static let slowPrefix = "slowWeights"

  /// Everything remembered, to be kept in a file.
  public func hostArrays() throws(TensorError) -> [String: HostArray] {
    var arrays: [String: HostArray] = [:]
    for (parameter, known) in zip(parameterNames, accumulators) {
      for (name, tensor) in known {
        arrays["\(parameter)/\(name)"] = try tensor.hostArray()
      }
    }
    for (name, count) in counts {
      arrays[Self.countPrefix + name] = try HostArray([Int64(count)], shape: [])
    }
    return arrays
  }

  /// A state that continues bitwise where the arrays were taken.
  ///
  /// Throws where an array belongs to none of the parameters.
  public convenience init(
    parameterNames: [String], arrays: [String: HostArray], device: Device = .cpu
  ) throws(TensorError) {
    self.init(parameterNames: parameterNames)
    for (key, array) in arrays {
      if key.hasPrefix(Self.countPrefix) {
        counts[String(key.dropFirst(Self.countPrefix.count))] = Int(
          array.values(as: Int64.self).first ?? 0)
        continue
      }
      guard let separator = key.lastIndex(of: "/"),
        let index = parameterNames.firstIndex(of: String(key[..<separator]))
      else {
        throw TensorError(
          operation: "UpdateState",
          message: "the array '\(key)' belongs to none of the parameters "
            + "\(parameterNames.joined(separator: ", ")).")
      }
      accumulators[index][String(key[key.index(after: separator)...])] = try Tensor(
        array, device: device)
    }
  }

  /// Goes back to what was remembered where the arrays were taken.
  ///
  /// Accumulators that are there already keep their tensors, so that who holds them sees it too.
  public func restore(
    _ arrays: [String: HostArray], device: Device = .cpu
  ) throws(TensorError) {
    let earlier = try UpdateState(parameterNames: parameterNames, arrays: arrays, device: device)
    for index in accumulators.indices {
      for (name, tensor) in accumulators[index] {
        if let value = earlier.accumulators[index][name] {
          try tensor.assign(value)
        } else if name.hasPrefix(Self.slowPrefix) {
          // Slow weights begin as the parameters, all others as zeros.
          accumulators[index][name] = nil
        } else {
          try tensor.fillInPlace(0)
        }
      }
      accumulators[index].merge(earlier.accumulators[index]) { here, _ in here }
    }
    counts = earlier.counts
  }
}
