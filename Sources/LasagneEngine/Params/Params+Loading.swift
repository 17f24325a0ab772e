import Datasets
import Foundation
import Lasagne
import Records
import Storage
import Tensors

/// Weights for a part of a network, with what became of each tensor.
public struct PartialWeights: Equatable, Sendable {
  /// The numbers by the network's full parameter names; only those that were loaded.
  public let arrays: [String: HostArray]
  /// What became of each tensor.
  public let report: LoadReport

  /// Takes from named tensors what fits a network.
  ///
  /// - Parameter source: What the report calls the tensors' origin.
  /// - Throws: `EngineError` if two tensors come to one name.
  public init(
    _ tensors: [String: HostArray], for network: Network,
    matching: ParamsMatching = ParamsMatching(), source: String
  ) throws(EngineError) {
    var byParameter: [String: String] = [:]
    for tensor in tensors.keys.sorted() {
      let parameter = matching.parameterName(of: tensor)
      if let other = byParameter.updateValue(tensor, forKey: parameter) {
        throw EngineError(
          .invalid,
          "The tensors '\(other)' and '\(tensor)' of \(source) both come to the name "
            + "'\(parameter)'; change the name map.")
      }
    }
    var report = LoadReport(source: source)
    var arrays: [String: HostArray] = [:]
    for parameter in network.parameters {
      let name = parameter.fullName
      guard matching.wants(name) else {
        report.skipped.append(name)
        continue
      }
      guard let tensor = byParameter.removeValue(forKey: name), let array = tensors[tensor] else {
        report.missing.append(name)
        continue
      }
      guard array.shape == parameter.shape else {
        report.mismatched.append(
          .init(parameter: name, tensor: tensor, expected: parameter.shape, found: array.shape))
        continue
      }
      report.loaded.append(.init(parameter: name, tensor: tensor))
      arrays[name] = array.converted(to: .float32)
    }
    report.unexpected = byParameter.values.sorted()
    self.arrays = arrays
    self.report = report
  }

  /// All weights of the network, in its order: what was not loaded is drawn by its initializers.
  ///
  /// - Throws: `EngineError` if nothing was loaded, `TensorError` if the initializers fail.
  public func completed(for network: Network, seed: UInt64) throws -> [HostArray] {
    guard !arrays.isEmpty else {
      throw EngineError(
        .invalid,
        "Nothing of \(report.source) fits the network '\(network.name)'; compare the names in the "
          + "load report and give a name map.")
    }
    let drawn = try Weights(initializing: network, seed: seed, device: .cpu).hostArrays()
    return zip(network.parameters, drawn).map { arrays[$0.fullName] ?? $1 }
  }
}

extension Params {
  /// The tensors by name.
  ///
  /// - Throws: `FileFormatError` if the file cannot be read.
  public func tensors() throws -> [String: HostArray] {
    try Safetensors.read(file).arrays
  }

  /// What of these weights fits a network, also of another model.
  ///
  /// - Throws: `EngineError` if the matching is ambiguous, `FileFormatError` if the file cannot be
  ///   read.
  public func loadPart(
    for network: Network, matching: ParamsMatching = ParamsMatching()
  ) throws -> PartialWeights {
    try PartialWeights(
      tensors(), for: network, matching: matching, source: "\(model) \(reference)")
  }
}

extension WeightFile {
  /// What of a `.safetensors` or `.npz` file fits a network, by name.
  ///
  /// - Throws: `EngineError` if it is neither or the matching is ambiguous, `FileFormatError` if it
  ///   cannot be read.
  public static func readPart(
    _ file: URL, for network: Network, matching: ParamsMatching = ParamsMatching()
  ) throws -> PartialWeights {
    let tensors: [String: HostArray]
    switch file.pathExtension.lowercased() {
    case "safetensors": tensors = try Safetensors.read(file).arrays
    case "npz":
      tensors = Dictionary(
        try Npz.read(file).map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
    default:
      throw EngineError(
        .invalid,
        "Weights are read from .safetensors and .npz files; '\(file.lastPathComponent)' is neither."
      )
    }
    return try PartialWeights(
      tensors, for: network, matching: matching, source: file.lastPathComponent)
  }
}
