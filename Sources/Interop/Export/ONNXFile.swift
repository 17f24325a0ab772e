import Foundation
import Lasagne
import SwiftProtobuf
import Tensors

/// Networks as ONNX models, for programs that run them, and ONNX models as networks.
///
/// Format: https://onnx.ai/onnx/repo-docs/IR.html.
public enum ONNXFile {
  /// The operator set that is written: the oldest with all that is used.
  static let operatorSet = 17
  /// What protobuf can hold in one file.
  static let largestFile = 2_000_000_000

  /// A network with its weights (in Lasagne's order) as a model that predicts.
  ///
  /// Random layers stand still and batch normalization uses its averages. Lengths that are open in the
  /// network stay open in the file. Throws `InteropError` where ONNX has no counterpart for a layer.
  public static func data(_ network: Network, weights: [HostArray]) throws -> Data {
    try check(weights, for: network)
    let names = network.parameters.map(\.fullName)
    let graph = GraphBuilder()
    var model = ONNXModel()
    model.irVersion = 8
    model.producerName = "lasagne"
    var operators = ONNXOperatorSet()
    operators.version = Int64(operatorSet)
    model.opsetImport = [operators]
    model.graph.name = network.name

    var given: [String: String] = [:]
    for input in network.inputs {
      given[input] = graph.name(input)
      model.graph.input.append(try info(input, of: network))
    }
    let outputs = network.outputs.map { graph.name($0 + (given[$0] == nil ? "" : "_output")) }
    var export = NetworkExport(
      network: network,
      arrays: Dictionary(zip(names, weights), uniquingKeysWith: { first, _ in first }), graph: graph
    )
    try export.run(given: given)
    for (layer, name) in zip(network.outputs, outputs) {
      graph.add("Identity", [try export.value(of: layer)], [], outputs: [name])
      model.graph.output.append(
        ONNXValueInfo(
          name, type: ONNXCode.float, shape: try network.outputShape(of: layer),
          unknown: { openLength($0, of: layer) }))
    }
    guard graph.byteCount < largestFile else {
      throw InteropError(
        "The weights of '\(network.name)' take \(graph.byteCount) bytes; an ONNX file holds at most "
          + "\(largestFile), write safetensors instead.")
    }
    model.graph.node = graph.all
    model.graph.initializer = graph.initializers
    return try model.serializedData()
  }

  /// The length of the batch has one name everywhere; others have that of their layer.
  private static func openLength(_ axis: Int, of layer: String) -> String {
    axis == 0 ? "batch" : "\(layer)_\(axis)"
  }

  private static func info(_ input: String, of network: Network) throws -> ONNXValueInfo {
    let readers = network.layers.filter { $0.dependencies.contains(input) }
    let isIndices = readers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == input
    }
    return ONNXValueInfo(
      input, type: isIndices ? ONNXCode.int64 : ONNXCode.float,
      shape: try network.outputShape(of: input), unknown: { openLength($0, of: input) })
  }

  private static func check(_ weights: [HostArray], for network: Network) throws {
    let parameters = network.parameters
    guard weights.count == parameters.count else {
      throw InteropError(
        "The network '\(network.name)' has \(parameters.count) parameters, got \(weights.count) "
          + "arrays; give one array per parameter, in Lasagne's order.")
    }
    for (array, parameter) in zip(weights, parameters) where array.shape != parameter.shape {
      throw InteropError(
        "\(parameter.fullName) has the shape \(array.shape), expected \(parameter.shape); are these "
          + "the weights of another network?")
    }
  }
}

extension ONNXFile {
  /// A network and its weights (in Lasagne's order) from an ONNX file.
  ///
  /// Throws `InteropError`, one sentence that names the node, where the file is damaged, too large, or
  /// does what no layer here does.
  public static func read(
    _ data: Data, path: String = "ONNX data"
  ) throws -> (network: Network, weights: [HostArray]) {
    let (model, operatorSet) = try ONNXReader.model(data, path: path)
    do {
      let name = model.graph.name.isEmpty ? "network" : String(model.graph.name.prefix(120))
      return try GraphImport.network(model.graph, called: name, operatorSet: operatorSet)
    } catch let error as TensorError {
      throw InteropError("\(path): holds arrays that cannot be used: \(error)")
    }
  }

  /// A network and its weights (in Lasagne's order) from an ONNX file.
  public static func read(_ file: URL) throws -> (network: Network, weights: [HostArray]) {
    let size = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
    guard let size, size.isRegularFile == true else {
      throw InteropError("There is no ONNX file '\(file.path)'; check the path.")
    }
    guard (size.fileSize ?? 0) <= largestFile else {
      throw InteropError(
        "\(file.path): has \(size.fileSize ?? 0) bytes, more than an ONNX file can.")
    }
    return try read(Data(contentsOf: file, options: .alwaysMapped), path: file.path)
  }
}
