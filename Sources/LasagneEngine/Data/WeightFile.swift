import Datasets
import Foundation
import Lasagne
import Tensors

/// Files that hold a network's weights: `.safetensors` by name, `.npz` in Lasagne's order.
public enum WeightFile {
  /// Reads the weights of a network, in its order.
  ///
  /// - Throws: `FileFormatError` if the file cannot be read, `EngineError` if it does not hold what
  ///   the network needs.
  public static func read(_ file: URL, for network: Network) throws -> [HostArray] {
    switch file.pathExtension.lowercased() {
    case "npz": return try matched(Npz.numberedArrays(file), for: network, file)
    case "safetensors": return try matched(Safetensors.read(file).arrays, for: network, file)
    default:
      throw EngineError(
        .invalid,
        "Weights are read from .safetensors and .npz files; '\(file.lastPathComponent)' is neither."
      )
    }
  }

  /// Writes a network's weights, given in its order; `metadata` goes into `.safetensors` only.
  ///
  /// - Throws: `FileFormatError` if the file cannot be written.
  public static func write(
    _ arrays: [HostArray], of network: Network, metadata: [String: String] = [:], to file: URL
  ) throws {
    switch file.pathExtension.lowercased() {
    case "npz":
      let named = arrays.enumerated().map { ("arr_\($0.offset)", $0.element) }
      try Npz.write(named, to: file)
    case "safetensors":
      try content(arrays, of: network, metadata).write(to: file)
    default:
      throw EngineError(
        .invalid,
        "Weights are written to .safetensors and .npz files; '\(file.lastPathComponent)' is neither."
      )
    }
  }

  /// A network's weights as the bytes of a safetensors file.
  static func safetensors(
    _ arrays: [HostArray], of network: Network, metadata: [String: String]
  ) throws -> Data {
    try content(arrays, of: network, metadata).data()
  }

  private static func content(
    _ arrays: [HostArray], of network: Network, _ metadata: [String: String]
  ) -> Safetensors {
    let names = network.parameters.map(\.fullName)
    let named = Dictionary(zip(names, arrays), uniquingKeysWith: { first, _ in first })
    return Safetensors(arrays: named, metadata: metadata)
  }

  private static func matched(
    _ arrays: [HostArray], for network: Network, _ file: URL
  ) throws -> [HostArray] {
    let parameters = network.parameters
    guard arrays.count == parameters.count else {
      throw EngineError(
        .invalid,
        "'\(file.lastPathComponent)' holds \(arrays.count) arrays, but the network "
          + "'\(network.name)' has \(parameters.count) parameters.")
    }
    for (array, parameter) in zip(arrays, parameters) where array.shape != parameter.shape {
      throw wrongShape(array, parameter.fullName, parameter.shape, file)
    }
    return arrays
  }

  private static func matched(
    _ arrays: [String: HostArray], for network: Network, _ file: URL
  ) throws -> [HostArray] {
    try network.parameters.map { parameter in
      guard let array = arrays[parameter.fullName] else {
        throw EngineError(
          .invalid,
          "'\(file.lastPathComponent)' holds no '\(parameter.fullName)', which the network "
            + "'\(network.name)' needs; is it of another model?")
      }
      guard array.shape == parameter.shape else {
        throw wrongShape(array, parameter.fullName, parameter.shape, file)
      }
      return array
    }
  }

  private static func wrongShape(
    _ array: HostArray, _ name: String, _ shape: [Int], _ file: URL
  ) -> EngineError {
    EngineError(
      .invalid,
      "'\(file.lastPathComponent)' holds '\(name)' with shape \(array.shape); the network needs "
        + "\(shape).")
  }
}
