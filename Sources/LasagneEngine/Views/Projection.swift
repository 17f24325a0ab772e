import Foundation
import Lasagne
import Tensors
import Training

/// Samples in a plane, by what a layer of a network makes of them.
public struct Projection: Codable, Equatable, Sendable {
  /// How a layer's many numbers become two.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// Along the two directions in which the samples differ most.
    case pca
    /// So that neighbours stay neighbours.
    case tsne
  }

  /// One sample in the plane.
  public struct Point: Codable, Equatable, Sendable {
    /// Its place in the array.
    public var index: Int
    /// Its class.
    public var label: Int
    /// The class the network gives it; `nil` where the network gives none.
    public var predicted: Int?
    /// To the right.
    public var x: Double
    /// Upwards.
    public var y: Double
  }

  /// Updates that made the weights.
  public var step: Int
  /// The part of the data: `test`, `validation`.
  public var part: String
  /// The name of the data set.
  public var data: String
  /// The array of inputs.
  public var array: String
  /// The layer.
  public var layer: String
  /// How the numbers became two.
  public var method: Method
  /// What the samples were chosen by, where not all of the part are shown.
  public var seed: Int
  /// How many samples the part has.
  public var total: Int
  /// How many numbers of a sample were used.
  public var features: Int
  /// Whether each of them is the mean of a channel over its places, as the layer has too many numbers.
  public var areMeans: Bool
  /// For `pca` the share of the variance along each axis.
  public var shares: [Double]?
  /// For `tsne` how much the neighbourhoods differ, in nats.
  public var divergence: Double?
  /// The names of the classes.
  public var classNames: [String]
  /// The samples, in the order of the array.
  public var points: [Point]
}

extension Projection {
  /// The most samples that can be shown at once.
  public static let mostSamples = 2_000
  /// How many are shown unless another number is asked for.
  public static let usualSamples = 800
  /// The most numbers that are held at once.
  static let mostNumbers = 1 << 24
}

extension SessionLook {
  /// Samples of a part in a plane, by what a layer gives for them.
  ///
  /// - Parameters:
  ///   - count: How many samples at most, 4 to ``Projection/mostSamples``.
  ///   - seed: What they are drawn by where the part has more.
  /// - Throws: `EngineError` where there is no such layer or part, or too few samples.
  public func projection(
    of layer: String, part name: String, by method: Projection.Method = .pca,
    count: Int = Projection.usualSamples, seed: Int = 0
  ) throws -> Projection {
    guard (4...Projection.mostSamples).contains(count) else {
      throw EngineError(
        .invalid,
        "\(count) samples cannot be projected; ask for 4 to \(Projection.mostSamples).")
    }
    let part = try part(name)
    let form = try form(of: layer)
    let chosen = SampleChoice(count, of: part.indices, seed: UInt64(bitPattern: Int64(seed)))
      .samples
    guard chosen.count >= 4 else {
      throw EngineError(
        .invalid,
        "The \(name) part has \(chosen.count) samples; at least 4 are needed for a projection.")
    }
    let width = form.channels * form.places.reduce(1, *)
    let areMeans = width * chosen.count > Projection.mostNumbers && !form.places.isEmpty
    var rows: [Tensor] = []
    var predicted: [Int?] = []
    try forEachBatch(of: chosen, in: part, named: name, layer: layer) { activations, outputs, _ in
      var kept = activations
      if areMeans {
        let axes = form.areChannelsLast ? [1] : Array(2..<activations.rank)
        kept = try activations.mean(axes: axes)
      }
      rows.append(try kept.flattened(fromAxis: 1).copied())
      if outputs.rank == 2, outputs.shape[1] > 1 {
        predicted += try outputs.argmax(axis: 1).values(as: Int64.self).map { Int($0) }
      } else {
        predicted += [Int?](repeating: nil, count: activations.shape[0])
      }
    }
    let samples = try Tensor.concatenate(rows, axis: 0)
    rows = []
    guard try samples.isFinite().all().item() != 0 else {
      throw EngineError(
        .failed, "The layer '\(layer)' gives numbers that are not finite; nothing can be projected."
      )
    }
    let (places, shares, divergence) = try withoutGradients {
      () throws -> ([[Double]], [Double]?, Double?) in
      switch method {
      case .pca:
        let components = try PrincipalComponents(samples, count: 2)
        return (components.coordinates, components.shares, nil)
      case .tsne:
        let embedding = try NeighbourEmbedding(samples)
        return (embedding.coordinates, nil, embedding.divergence)
      }
    }
    let classes = (chosen.map { part.labels[$0] } + predicted.compactMap(\.self)).max() ?? 0
    return Projection(
      step: step, part: name, data: data.record.name, array: part.array, layer: layer,
      method: method, seed: seed, total: part.indices.count, features: samples.shape[1],
      areMeans: areMeans, shares: shares, divergence: divergence,
      classNames: (0..<min(10_000, classes + 1)).map(data.className),
      points: chosen.enumerated().map { place, index in
        Projection.Point(
          index: index, label: part.labels[index], predicted: predicted[place],
          x: places[0][place], y: places[1][place])
      })
  }
}
