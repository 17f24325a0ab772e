import Foundation
import Lasagne
import Records
import Tensors

/// What people look at of the parameters: histograms of all, and the filters of the first layer.
struct ParameterPictures {
  private static let binCount = 40
  /// Images of one look at most; dense layers have many units.
  private static let imageLimit = 64

  private let weights: Weights
  private let filters: (index: Int, isDense: Bool, sample: [Int])?

  /// Finds the parameter that can be shown as images, if there is one.
  init(network: Network, weights: Weights) {
    self.weights = weights
    let sample = ((try? network.outputShape(of: network.inputs.first)) ?? []).dropFirst()
      .compactMap(\.self)
    filters = Self.imageParameter(weights.parameters, sample: sample)
  }

  /// The first filters over grey or colour images, or dense weights that see such an image whole.
  private static func imageParameter(
    _ parameters: [NetworkParameter], sample: [Int]
  ) -> (index: Int, isDense: Bool, sample: [Int])? {
    guard sample.count == 3, sample[0] == 1 || sample[0] == 3 else { return nil }
    for (index, parameter) in parameters.enumerated() where parameter.isTrainable {
      let shape = parameter.shape
      if shape.count == 4, shape[1] == sample[0], shape[2] * shape[3] > 1 {
        return (index, false, [shape[1], shape[2], shape[3]])
      }
      if shape.count == 2, shape[0] == sample.reduce(1, *) { return (index, true, sample) }
    }
    return nil
  }

  /// Whether anything can be shown as images.
  var hasImages: Bool { filters != nil }

  /// The first layer's weights as images.
  func images(step: Int, time: Double) throws(TensorError) -> ImageStack? {
    guard let filters else { return nil }
    let tensor = weights.tensors[filters.index]
    let values = try withoutGradients { () throws(TensorError) in
      let rows = try filters.isDense ? tensor.transposed() : tensor
      let count = min(rows.shape[0], Self.imageLimit)
      return try rows.sliced(axis: 0, from: 0, to: count, step: 1).values(as: Float.self)
    }
    return ImageStack(
      key: weights.parameters[filters.index].fullName, step: step, time: time,
      count: values.count / filters.sample.reduce(1, *), channels: filters.sample[0],
      height: filters.sample[1], width: filters.sample[2], values: values)
  }

  /// The distribution of each parameter's entries.
  func histograms(step: Int, time: Double) throws(TensorError) -> [Histogram] {
    var histograms: [Histogram] = []
    for (parameter, tensor) in zip(weights.parameters, weights.tensors) {
      histograms.append(
        Self.histogram(
          of: try tensor.values(as: Float.self), key: parameter.fullName, step: step, time: time))
    }
    return histograms
  }

  /// Counts numbers in equal bins between the smallest and the largest.
  static func histogram(of values: [Float], key: String, step: Int, time: Double) -> Histogram {
    var low = Float.infinity
    var high = -Float.infinity
    var nonFiniteCount = 0
    for value in values {
      if value.isFinite {
        low = min(low, value)
        high = max(high, value)
      } else {
        nonFiniteCount += 1
      }
    }
    var counts = [Int](repeating: 0, count: binCount)
    if nonFiniteCount < values.count {
      let scale = high > low ? Double(binCount) / (Double(high) - Double(low)) : 0
      for value in values where value.isFinite {
        counts[min(binCount - 1, Int((Double(value) - Double(low)) * scale))] += 1
      }
    } else {
      (low, high) = (0, 0)
    }
    return Histogram(
      key: key, step: step, time: time, minimum: Double(low), maximum: Double(high),
      counts: counts, nonFiniteCount: nonFiniteCount)
  }
}
