import Foundation
import Lasagne
import Records
import Tensors
import Training

/// What a network makes of one sample, layer by layer.
public struct SampleLook: Codable, Equatable, Sendable {
  /// What one layer gives.
  public struct Activation: Codable, Equatable, Sendable {
    /// The layer's name.
    public var layer: String
    /// Its kind.
    public var type: String
    /// The shape of what it gives, without the batch.
    public var shape: [Int]
    /// The smallest number.
    public var minimum: Double
    /// The largest number.
    public var maximum: Double
    /// The share of the numbers that are exactly 0.
    public var zeroShare: Double
    /// The mean of the numbers.
    public var mean: Double
    /// Their standard deviation.
    public var deviation: Double
    /// How many of them lie in each of equal parts between the smallest and the largest.
    public var histogram: [Int]
  }

  /// Updates that made the weights.
  public var step: Int
  /// The sample's place in its array.
  public var index: Int
  /// Its class.
  public var label: Int
  /// The network's outputs, one for each class.
  public var outputs: [Double]
  /// What each layer gives, in the network's order.
  public var activations: [Activation]
}

extension SampleLook.Activation {
  /// The parts of a histogram.
  static let partCount = 24

  /// The figures of a layer's numbers; what is not finite counts for none of them.
  init(layer: String, type: String, shape: [Int], values: [Double]) {
    let finite = values.filter(\.isFinite)
    let count = Double(max(1, finite.count))
    let mean = finite.reduce(0, +) / count
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    var parts = [Int](repeating: 0, count: Self.partCount)
    for value in finite where high > low {
      let place = Int((value - low) / (high - low) * Double(Self.partCount))
      parts[min(Self.partCount - 1, place)] += 1
    }
    if high == low, !finite.isEmpty { parts[Self.partCount / 2] = finite.count }
    self.init(
      layer: layer, type: type, shape: shape, minimum: low, maximum: high,
      zeroShare: Double(finite.count { $0 == 0 }) / count, mean: mean,
      deviation: (finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot(),
      histogram: parts)
  }
}

/// Pictures of what a network makes of a sample.
public enum SamplePicture: Equatable, Sendable {
  /// What a layer gives.
  case activation(layer: String)
  /// The derivative of the output of the sample's class by each number of the input.
  ///
  /// Simonyan et al., Deep inside convolutional networks, 2013; before the last nonlinearity, with
  /// its sign.
  case saliency
  /// How much the output of the sample's class falls where a square of the input is covered by the
  /// input's mean.
  ///
  /// Zeiler and Fergus, Visualizing and understanding convolutional networks, 2014.
  case occlusion
}

extension SessionLook {
  /// What the network makes of a sample of a part.
  ///
  /// - Throws: `EngineError` where there is no such sample.
  public func sample(_ index: Int, of part: String) throws -> SampleLook {
    let (view, weights, label) = try opened(index, of: part)
    let input = try view.batch([index])
    let (activations, output) = try withoutGradients { () throws -> ([String: Tensor], Tensor) in
      let pass = try network.forward(
        ["": input], weights: weights, mode: .deterministic, keeping: .all)
      return (pass.activations, pass.output)
    }
    return SampleLook(
      step: step, index: index, label: label, outputs: try output.values(as: Double.self),
      activations: try network.layers.compactMap { node in
        guard let tensor = activations[node.name] else { return nil }
        return SampleLook.Activation(
          layer: node.name, type: node.layer.typeName, shape: Array(tensor.shape.dropFirst()),
          values: try tensor.values(as: Double.self))
      })
  }

  /// A picture of what the network makes of a sample.
  ///
  /// - Throws: `EngineError` where there is no such sample or layer, or nothing that can be drawn.
  public func picture(
    _ picture: SamplePicture, of index: Int, in part: String
  ) throws -> ImageStack {
    let (view, weights, label) = try opened(index, of: part)
    let input = try view.batch([index])
    switch picture {
    case .activation(let layer): return try activation(layer, input, weights)
    case .saliency: return try saliency(input, weights, label)
    case .occlusion: return try occlusion(input, weights, label)
    }
  }

  private func opened(
    _ index: Int, of name: String
  ) throws -> (view: SampleView, weights: Weights, label: Int) {
    let part = try part(name)
    guard part.labels.indices.contains(index) else {
      throw EngineError(
        .unknown, "The array '\(part.array)' has samples 0 to \(part.labels.count - 1) only.")
    }
    try Backend.load()
    Backend.setThreadCount(1)
    return (
      try SampleView(part.inputs, network: network, recipe: recipe, part: name),
      try Weights(weights, for: network), part.labels[index]
    )
  }

  private func activation(
    _ layer: String, _ input: Tensor, _ weights: Weights
  ) throws -> ImageStack {
    let activations = try withoutGradients {
      try network.activations(["": input], weights: weights)
    }
    guard let tensor = activations[layer] else {
      throw EngineError.unknown("layer", layer, among: network.layers.map(\.name))
    }
    let shape = Array(tensor.shape.dropFirst())
    let values = try tensor.values(as: Float.self)
    switch shape.count {
    case 3:
      return stack(layer, values, count: shape[0], height: shape[1], width: shape[2])
    case 2:
      return stack(layer, values, count: 1, height: shape[0], width: shape[1])
    default:
      // Units have no places; rows of equal length show them all.
      let width = (1...40).last { values.count.isMultiple(of: $0) } ?? values.count
      return stack(layer, values, count: 1, height: values.count / max(1, width), width: width)
    }
  }

  private func saliency(
    _ input: Tensor, _ weights: Weights, _ label: Int
  ) throws -> ImageStack {
    let leaf = try input.detached()
    try leaf.setRequiresGradient(true)
    let pass = try network.forward(["": leaf], weights: weights, mode: .deterministic)
    let score = try pass.outputBeforeNonlinearity.sliced(
      axis: 1, from: label, to: label + 1, step: 1
    ).sum()
    let gradient = try Tensor.gradients(of: score, withRespectTo: [leaf])[0]
    return try image("saliency", gradient.values(as: Float.self), gradient.shape)
  }

  private func occlusion(
    _ input: Tensor, _ weights: Weights, _ label: Int
  ) throws -> ImageStack {
    let shape = input.shape
    guard shape.count == 4 else {
      throw EngineError(.invalid, "Only images can be covered in part; this sample is none.")
    }
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    let values = try input.values(as: Float.self)
    let mean = values.reduce(0, +) / Float(max(1, values.count))
    let side = max(1, max(height, width) / 7)
    let stride = max(1, side / 2)
    let rows = Self.starts(height, side, stride)
    let columns = Self.starts(width, side, stride)
    var covered = values
    for top in rows {
      for left in columns {
        var copy = values
        for channel in 0..<channels {
          for row in top..<min(height, top + side) {
            let start = (channel * height + row) * width
            for column in left..<min(width, left + side) { copy[start + column] = mean }
          }
        }
        covered += copy
      }
    }
    let count = rows.count * columns.count + 1
    let outputs = try withoutGradients { () throws -> [Float] in
      let batch = try Tensor(covered, shape: [count] + shape.dropFirst())
      return try network.output(batch, weights: weights, deterministic: true)
        .values(as: Float.self)
    }
    let classes = outputs.count / count
    let falls = (1..<count).map { outputs[label] - outputs[$0 * classes + label] }
    return stack("occlusion", falls, count: 1, height: rows.count, width: columns.count)
  }

  /// Where squares begin along an axis; the last one ends where the axis does.
  private static func starts(_ length: Int, _ side: Int, _ stride: Int) -> [Int] {
    let last = max(0, length - side)
    let starts = Array(Swift.stride(from: 0, through: last, by: stride))
    return starts.last == last ? starts : starts + [last]
  }

  /// Numbers in the shape of a sample, as an image.
  private func image(_ key: String, _ values: [Float], _ shape: [Int]) throws -> ImageStack {
    guard shape.count == 4 else {
      return stack(key, values, count: 1, height: 1, width: values.count)
    }
    // Colours are drawn one beside the other: a sign has no hue.
    return stack(key, values, count: shape[1], height: shape[2], width: shape[3])
  }

  private func stack(
    _ key: String, _ values: [Float], count: Int, height: Int, width: Int
  ) -> ImageStack {
    ImageStack(
      key: key, step: step, time: 0, count: count, channels: 1, height: height, width: width,
      values: values)
  }
}
