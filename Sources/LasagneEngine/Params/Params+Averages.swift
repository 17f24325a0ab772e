import Datasets
import Foundation
import Lasagne
import Records
import Storage
import Tensors

extension Params {
  /// Keeps the mean of versions of one model as a new version.
  ///
  /// Running statistics of batch normalization are averaged like all else; measure them again on
  /// data where the versions lie far apart.
  ///
  /// - Parameters:
  ///   - references: `name` or `name@version`, at least two; `.ema` takes them oldest first.
  ///   - method: `.mean` and `.swa` weigh all alike, `.ema` by `decay`.
  ///   - decay: How much of the average stays at each version, for `.ema`.
  ///   - name: What the result is a new version of.
  /// - Throws: `EngineError` if the versions do not fit each other or the arguments are wrong,
  ///   `StorageError` if there is no such version or nothing can be written.
  @discardableResult
  public static func average(
    _ references: [String], of model: Model, method: ParamsMixture.Method = .mean,
    decay: Double = 0.9, as name: String, in workspace: Workspace, notes: String = ""
  ) throws -> Params {
    guard references.count >= 2 else {
      throw EngineError(
        .invalid, "An average needs at least two versions, got \(references.count); name more.")
    }
    let weights: [Double]
    switch method {
    case .mean, .swa: weights = ParamsMixture.equalWeights(references.count)
    case .ema:
      guard (0..<1).contains(decay) else {
        throw EngineError(
          .invalid, "The decay of an average is \(decay); it must be at least 0 and less than 1.")
      }
      weights = ParamsMixture.exponentialWeights(references.count, decay: decay)
    case .interpolation:
      throw EngineError(
        .invalid, "An interpolation is between two versions; give the fraction of the second.")
    }
    return try mix(
      Array(zip(references, weights)), method, of: model, as: name, in: workspace, notes)
  }

  /// Keeps a point on the line from one version to another as a new version:
  /// `(1 - fraction) · from + fraction · to`.
  ///
  /// - Parameter fraction: 0 gives the first, 1 the second; others lie between or beyond them.
  /// - Throws: as ``average(_:of:method:decay:as:in:notes:)``.
  @discardableResult
  public static func interpolate(
    from: String, to: String, fraction: Double, of model: Model, as name: String,
    in workspace: Workspace, notes: String = ""
  ) throws -> Params {
    guard fraction.isFinite else {
      throw EngineError(
        .invalid, "The fraction of an interpolation is \(fraction); it must be a finite number.")
    }
    return try mix(
      [(from, 1 - fraction), (to, fraction)], .interpolation, of: model, as: name, in: workspace,
      notes)
  }

  /// The references of every k-th version of a name from one on: what `swa` averages.
  ///
  /// - Throws: `StorageError` if there are no such params, `EngineError` if fewer than two remain.
  public static func versions(
    of name: String, model: String, from first: Int = 1, every interval: Int = 1,
    in workspace: Workspace
  ) throws -> [String] {
    let record = try workspace.params.record(model: model, name: name)
    let wanted = record.versions.filter { $0.version >= first && $0.archivedAt == nil }
      .enumerated().filter { $0.offset % max(1, interval) == 0 }.map(\.element)
    guard wanted.count >= 2 else {
      throw EngineError(
        .invalid,
        "'\(name)' has \(wanted.count) versions from \(first) on by every \(interval); an average "
          + "needs at least two.")
    }
    return wanted.map(record.reference)
  }

  private static func mix(
    _ parts: [(reference: String, weight: Double)], _ method: ParamsMixture.Method,
    of model: Model, as name: String, in workspace: Workspace, _ notes: String
  ) throws -> Params {
    var sums: [[Double]] = []
    var sources: [ParamsMixture.Source] = []
    let parameters = model.network.parameters
    for (reference, weight) in parts {
      let params = try find(reference, model: model.name, in: workspace)
      let arrays = try params.load(for: model.network)
      if sums.isEmpty { sums = arrays.map { [Double](repeating: 0, count: $0.count) } }
      // Sums in double precision, so that the order of the versions does not show.
      for (index, array) in arrays.enumerated() where weight != 0 {
        let values = array.values(as: Double.self)
        for position in values.indices { sums[index][position] += weight * values[position] }
      }
      sources.append(.init(reference: params.reference, weight: weight))
    }
    let arrays = try zip(sums, parameters).map { values, parameter in
      try HostArray(values.map { Float($0) }, shape: parameter.shape)
    }
    return try save(
      arrays, of: model, as: name, in: workspace,
      origin: ParamsStore.Origin(
        parent: sources.last?.reference, mixture: .init(method: method, sources: sources),
        notes: notes))
  }
}
