import Lasagne
import Tensors

/// An input layer of a network, as arrays are laid out for it.
struct InputLayout {
  let layer: String
  /// The shape of one sample.
  let shape: [Int?]
  /// Whether the layer's numbers stand for something, and are no measurements.
  let readsIndices: Bool

  init(_ layer: String, of network: Network) throws(NetworkError) {
    self.layer = layer
    shape = Array(try network.outputShape(of: layer).dropFirst())
    readsIndices = network.layers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == layer
    }
  }

  /// An array in the layer's shape, in its own type.
  ///
  /// - Parameters:
  ///   - subject: What sentences begin with: "The training inputs have".
  ///   - taker: Who takes it in sentences: "the network takes".
  ///   - owner: Whose shape may be changed instead: "the network's input".
  func laidOut(
    _ array: HostArray, subject: String, taker: String, owner: String
  ) throws(TrainingError) -> HostArray {
    guard let count = array.shape.first, count > 0 else {
      throw TrainingError(
        .data,
        "\(subject) shape \(array.shape), which holds no sample; the first axis counts the "
          + "samples.")
    }
    let sample = Array(array.shape.dropFirst())
    guard let fitting = fitting(sample) else {
      throw TrainingError(
        .data,
        "\(subject) shape \(SampleLayout.text(sample)) for each sample, but \(taker) "
          + "\(SampleLayout.text(shape)); use other data or change \(owner).")
    }
    do {
      return try array.reshaped([count] + fitting)
    } catch {
      throw TrainingError(.data, "\(subject) a shape that cannot be used: \(error).")
    }
  }

  /// The sample's shape with axes of length 1 added or left out, or flat, so that it fits.
  private func fitting(_ sample: [Int]) -> [Int]? {
    if Self.matches(sample, shape) { return sample }
    let size = sample.reduce(1, *)
    if shape.count == 1, Self.matches([size], shape) { return [size] }
    let known = shape.compactMap(\.self)
    guard known.count == shape.count else { return nil }
    return known.filter { $0 != 1 } == sample.filter { $0 != 1 } ? known : nil
  }

  private static func matches(_ shape: [Int], _ wanted: [Int?]) -> Bool {
    shape.count == wanted.count
      && zip(shape, wanted).allSatisfy { size, wanted in wanted == nil || wanted == size }
  }
}

/// An array for an input layer beside the first, laid out for it.
struct FurtherInput {
  let layout: InputLayout
  let array: HostArray
}

extension SampleLayout {
  /// The arrays for the input layers beside the first, each by the name of its layer.
  ///
  /// - Parameter count: The number of samples, which each must have.
  func furtherInputs(
    _ arrays: [String: HostArray], count: Int, part: String
  ) throws(TrainingError) -> [FurtherInput] {
    try further.map { layout throws(TrainingError) in
      guard let array = arrays[layout.layer] else {
        let name = TrainingData.Part(rawValue: part)?.arrayName(layout.layer) ?? layout.layer
        throw TrainingError(
          .data,
          "The network '\(network.name)' has the inputs \(network.inputs.joined(separator: ", ")), of "
            + "which the first takes the inputs of the data, and the data have no array '\(name)' for "
            + "'\(layout.layer)'; add them with one of this name.")
      }
      let laidOut = try layout.laidOut(
        array, subject: "The array '\(layout.layer)' of the \(part) samples has",
        taker: "the layer of this name takes", owner: "the layer's shape")
      guard laidOut.shape[0] == count else {
        throw TrainingError(
          .data,
          "There are \(count) \(part) inputs, but \(laidOut.shape[0]) in their array "
            + "'\(layout.layer)'; each sample needs one of each.")
      }
      return FurtherInput(layout: layout, array: laidOut)
    }
  }
}

extension TrainingData {
  /// What samples of a run are for.
  public enum Part: String, Sendable {
    /// To be learned from.
    case training
    /// To be measured on after every epoch.
    case validation
    /// To be measured on at the end.
    case test

    /// The name of a part's array beside inputs and targets: `right`, `validationRight`, `testRight`.
    public func arrayName(_ name: String) -> String {
      self == .training ? name : rawValue + name.prefix(1).uppercased() + name.dropFirst()
    }
  }

  /// A part's arrays beside inputs and targets, by the names that those for training have.
  public func others(of part: Part) -> [String: HostArray] {
    var found: [String: HostArray] = [:]
    for name in others.keys { found[name] = others[part.arrayName(name)] }
    return found
  }
}

extension Network {
  /// Tensors by the names of the input layers, where the first has its own.
  func named(_ first: Tensor, _ further: [String: Tensor]) -> [String: Tensor] {
    further.isEmpty ? ["": first] : further.merging([inputs[0]: first]) { $1 }
  }
}
