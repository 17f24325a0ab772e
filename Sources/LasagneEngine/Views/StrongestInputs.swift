import Foundation
import Lasagne
import Tensors
import Training

/// The samples that excite the channels of a layer most.
///
/// Zeiler and Fergus, Visualizing and understanding convolutional networks, 2014: the strongest
/// responses of a feature map, and the part of the input that each of them saw.
public struct StrongestInputs: Codable, Equatable, Sendable {
  /// A sample that excites a channel.
  public struct Case: Codable, Equatable, Sendable {
    /// Its place in the array.
    public var index: Int
    /// Its class.
    public var label: Int
    /// The channel's largest number for it.
    public var value: Double
    /// Where in the layer's output that is; empty for units without places.
    public var place: [Int]
    /// The part of the input that this number depends on: first place and one beyond the last of each
    /// axis; `nil` where that is not known, or no part of the input is left out.
    public var window: [[Int]]?
  }

  /// One channel or unit.
  public struct Unit: Codable, Equatable, Sendable {
    /// Its number.
    public var unit: Int
    /// The mean over the samples of its largest number for each.
    public var mean: Double
    /// The share of the samples for which its largest number is above 0.
    public var activeShare: Double
    /// The samples that excite it most, the strongest first.
    public var cases: [Case]
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
  /// How many samples were looked at: all of the part.
  public var count: Int
  /// How many channels or units the layer has.
  public var unitCount: Int
  /// The names of the classes.
  public var classNames: [String]
  /// Some of them, in order.
  public var units: [Unit]

  /// The samples that are kept for each channel or unit.
  public static let caseCount = 9

  /// Only some of the channels or units.
  public func units(from first: Int, count: Int) -> StrongestInputs {
    var copy = self
    copy.units = Array(units.dropFirst(max(0, first)).prefix(max(0, count)))
    return copy
  }
}

extension SessionLook {
  /// The samples of a part that excite the channels of a layer most; takes as long as it takes to
  /// run the network over all of them.
  ///
  /// - Throws: `EngineError` where there is no such layer or part.
  public func strongestInputs(of layer: String, part name: String) throws -> StrongestInputs {
    let part = try part(name)
    let form = try form(of: layer)
    var best = [[StrongestInputs.Case]](repeating: [], count: form.channels)
    var sums = [Double](repeating: 0, count: form.channels)
    var active = [Int](repeating: 0, count: form.channels)
    try forEachBatch(of: part.indices, in: part, named: name, layer: layer) { found, _, samples in
      let (values, places) = try Self.peaks(found, form)
      for (row, index) in samples.enumerated() {
        for unit in 0..<form.channels {
          let value = Double(values[row * form.channels + unit])
          // What is not a number is not the strongest of anything.
          guard value.isFinite else { continue }
          sums[unit] += value
          if value > 0 { active[unit] += 1 }
          let isFull = best[unit].count == StrongestInputs.caseCount
          if isFull, let last = best[unit].last, value <= last.value { continue }
          let place = places[row * form.channels + unit]
          let at = best[unit].firstIndex { $0.value < value } ?? best[unit].count
          best[unit].insert(
            StrongestInputs.Case(
              index: index, label: part.labels[index], value: value,
              place: Self.position(Int(place), form.places), window: nil), at: at)
          if isFull { best[unit].removeLast() }
        }
      }
    }
    let count = part.indices.count
    var windows: [[Int]: [[Int]]?] = [:]
    let units = try best.indices.map { unit in
      StrongestInputs.Unit(
        unit: unit, mean: count > 0 ? sums[unit] / Double(count) : 0,
        activeShare: count > 0 ? Double(active[unit]) / Double(count) : 0,
        cases: try best[unit].map { one in
          var one = one
          if let known = windows[one.place] {
            one.window = known
          } else {
            one.window = try window(of: layer, at: one.place)
            windows[one.place] = one.window
          }
          return one
        })
    }
    let highest = best.joined().map(\.label).max() ?? 0
    return StrongestInputs(
      step: step, part: name, data: data.record.name, array: part.array, layer: layer,
      count: count, unitCount: form.channels,
      classNames: (0...max(0, min(10_000, highest))).map(data.className), units: units)
  }

  /// The part of the input that a place of a layer depends on; nil where that is all of it.
  private func window(of layer: String, at place: [Int]) throws -> [[Int]]? {
    guard !place.isEmpty, let ranges = try network.receptiveField(of: layer, at: place) else {
      return nil
    }
    return ranges.map { [$0.lowerBound, $0.upperBound] }
  }

  /// The largest number of each channel of each sample, and where among the channel's places it is.
  private static func peaks(
    _ activations: Tensor, _ form: LayerForm
  ) throws -> (values: [Float], places: [Int64]) {
    let count = activations.shape[0]
    guard !form.places.isEmpty else {
      let values = try activations.values(as: Float.self)
      return (values, [Int64](repeating: 0, count: values.count))
    }
    let area = form.places.reduce(1, *)
    let flat =
      try form.areChannelsLast
      ? activations.permuted([0, 2, 1]).contiguous()
      : activations.reshaped([count, form.channels, area])
    return (
      try flat.max(axes: [2]).values(as: Float.self),
      try flat.argmax(axis: 2).values(as: Int64.self)
    )
  }

  /// A place on each axis for one in the order of memory.
  private static func position(_ place: Int, _ lengths: [Int]) -> [Int] {
    var rest = place
    var position: [Int] = []
    for length in lengths.reversed() {
      position.append(rest % length)
      rest /= length
    }
    return position.reversed()
  }
}
