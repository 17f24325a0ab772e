import LasagneEngine
import Records

/// Which projection is wanted.
public struct ProjectionRequest: Equatable, Sendable {
  /// The part of the data; the first there is where it is `nil`.
  public var part: String?
  /// The layer.
  public var layer: String
  /// How its numbers become two.
  public var method: Projection.Method
  /// How many samples at most.
  public var count: Int
  /// What they are drawn by.
  public var seed: Int

  /// Makes a request from its parts.
  public init(
    part: String? = nil, layer: String, method: Projection.Method = .pca,
    count: Int = Projection.usualSamples, seed: Int = 0
  ) {
    self.part = part
    self.layer = layer
    self.method = method
    self.count = count
    self.seed = seed
  }
}

extension EngineSource {
  /// How much of the input each layer of a session's network sees.
  public func capacity(ofSession id: String) async throws -> CapacityReport {
    _ = try await session(id)
    return try await translated { try engine.capacity(ofSession: id) }
  }

  /// Samples in a plane by what a layer gives for them.
  public func projection(
    ofSession id: String, _ wanted: ProjectionRequest
  ) async throws -> Projection {
    _ = try await session(id)
    return try await translated {
      let look = try await self.look(id)
      let part = try self.part(wanted.part, of: look)
      let key =
        "projection \(id) \(look.step) \(part) \(wanted.layer) \(wanted.method) \(wanted.count) "
        + "\(wanted.seed)"
      return try await looks.result(key) {
        try look.projection(
          of: wanted.layer, part: part, by: wanted.method, count: wanted.count, seed: wanted.seed)
      }
    }
  }

  /// The samples that excite some channels of a layer most; all channels are looked at at once.
  public func strongestInputs(
    ofSession id: String, part: String?, layer: String, from: Int, count: Int
  ) async throws -> StrongestInputs {
    _ = try await session(id)
    return try await translated {
      let look = try await self.look(id)
      let part = try self.part(part, of: look)
      let all = try await looks.result("strongest \(id) \(look.step) \(part) \(layer)") {
        try look.strongestInputs(of: layer, part: part)
      }
      return all.units(from: from, count: count)
    }
  }
}
