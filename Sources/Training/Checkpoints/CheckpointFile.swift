import Datasets
import Foundation
import Tensors

extension Checkpoint {
  private struct Description: Codable {
    var version = 1
    var recipe: Recipe
    var attempt: Int
    var fingerprint: [String: String]
    var trainingCount: Int
    // Left out where empty, as in files of earlier versions.
    var frozen: [String]?
    var obeyed: [Int]?
    var position: Position
    var epochTotals: Totals
    var reportTotals: Totals
    var state: RunState
  }

  private static let metadataKey = "lasagne.checkpoint"
  private static let weightPrefix = "weights/"
  private static let statePrefix = "update/"
  private static let keptPrefix = "kept/"

  /// All arrays under the names they have in a file.
  public func arrays() -> [String: HostArray] {
    var arrays: [String: HostArray] = [:]
    for (name, array) in weights { arrays[Self.weightPrefix + name] = array }
    for (name, array) in updateState { arrays[Self.statePrefix + name] = array }
    for (name, array) in kept { arrays[Self.keptPrefix + name] = array }
    return arrays
  }

  /// All but the arrays, as the metadata of a file.
  public func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let description = Description(
      recipe: recipe, attempt: attempt, fingerprint: fingerprint, trainingCount: trainingCount,
      frozen: frozen.isEmpty ? nil : frozen, obeyed: obeyed.isEmpty ? nil : obeyed,
      position: position, epochTotals: epochTotals, reportTotals: reportTotals, state: state)
    return [Self.metadataKey: String(decoding: try encoder.encode(description), as: UTF8.self)]
  }

  /// Puts a checkpoint together again from the arrays and the metadata of a file.
  ///
  /// - Throws: `TrainingError` where they are not those of a checkpoint.
  public init(arrays: [String: HostArray], metadata: [String: String]) throws(TrainingError) {
    guard let text = metadata[Self.metadataKey] else {
      throw TrainingError(
        .checkpoint,
        "The file is not a checkpoint: its metadata has no '\(Self.metadataKey)'; "
          + "choose a file from a session's checkpoints folder.")
    }
    let description: Description
    do {
      description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
    } catch {
      throw TrainingError(
        .checkpoint, "The checkpoint's description cannot be read (\(error)); use another one.")
    }
    guard description.version == 1 else {
      throw TrainingError(
        .checkpoint,
        "The checkpoint has version \(description.version), this program reads version 1; "
          + "use the program that wrote it.")
    }
    self.init(
      recipe: description.recipe, weights: KeptWeights.part(arrays, Self.weightPrefix),
      updateState: KeptWeights.part(arrays, Self.statePrefix),
      kept: KeptWeights.part(arrays, Self.keptPrefix), attempt: description.attempt,
      fingerprint: description.fingerprint, trainingCount: description.trainingCount,
      frozen: description.frozen ?? [], obeyed: description.obeyed ?? [],
      position: description.position, epochTotals: description.epochTotals,
      reportTotals: description.reportTotals, state: description.state)
  }

  /// Reads a checkpoint from a safetensors file.
  public init(contentsOf url: URL) throws {
    let file = try Safetensors.read(url)
    try self.init(arrays: file.arrays, metadata: file.metadata)
  }

  /// Writes the checkpoint as a safetensors file.
  public func write(to url: URL) throws {
    try Safetensors(arrays: arrays(), metadata: try metadata()).write(to: url)
  }
}
