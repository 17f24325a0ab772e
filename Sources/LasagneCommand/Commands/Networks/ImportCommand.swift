import ArgumentParser
import Datasets
import Displays
import Foundation
import Interop
import Lasagne
import LasagneEngine
import Storage
import Tensors

/// `lasagne import FILE`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read a model or weights of other programs.",
    discussion: """
      An .onnx file gives a network and its weights. An .npz file (Lasagne's) or a .safetensors file \
      gives the weights of a network that is there, named by --model; arrays with the names of a \
      PyTorch state are turned into Lasagne's form, module by module. What is read goes to the \
      workspace, or to files where --output or --output-model names some.
      """)

  @Argument(help: "The file: .onnx, .npz or .safetensors.")
  var file: String

  @Option(
    help: """
      The network that weights are for: a model file, zoo:NAME or the name of a model. For .onnx: what \
      to call the model.
      """)
  var model: String?

  @Option(help: "What to call the params in the workspace.")
  var params = "imported"

  @Option(help: "A YAML file with lines 'layer: module' for weights of PyTorch.")
  var map: String?

  @Option(parsing: .unconditional, help: "The epsilon of PyTorch's batch normalization.")
  var batchNormEpsilon = 1e-5

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the weights to this .npz or .safetensors file.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write the network to this .yaml or .json file.", valueName: "file"))
  var outputModel: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard batchNormEpsilon >= 0, batchNormEpsilon.isFinite else {
      throw ValidationError(
        "--batch-norm-epsilon is \(batchNormEpsilon); it must be a number of 0 or more.")
    }
  }

  func run() throws {
    let source = URL(fileURLWithPath: file)
    guard FileManager.default.fileExists(atPath: source.path) else {
      throw EngineError(.unknown, "There is no file '\(file)'; check the path.")
    }
    try Backend.load()
    switch source.pathExtension.lowercased() {
    case "onnx":
      let (network, weights) = try ONNXFile.read(source)
      try keep(Model(model ?? network.name, network: network), weights, assignments: [], unused: [])
    case "npz", "safetensors": try readWeights(source)
    default:
      throw EngineError(
        .invalid,
        "'\(file)' is none that can be imported by its name; .onnx, .npz and .safetensors can be.")
    }
  }

  private func readWeights(_ source: URL) throws {
    guard let model else {
      throw EngineError(
        .invalid, "'\(file)' holds weights only; name the network they are for by --model.")
    }
    let found = try ModelReference(text: model).model(in: try? common.existing())
    if source.pathExtension.lowercased() == "safetensors" {
      let state = try Safetensors.read(source).arrays
      let isOurs = found.network.parameters.allSatisfy { state[$0.fullName] != nil }
      if map != nil || !isOurs {
        let names = try map.map { try PyTorchWeights.map(yaml: TextFile.read($0, "name map")) }
        let read = try PyTorchWeights(
          state, for: found.network, map: names ?? [:], batchNormEpsilon: batchNormEpsilon)
        return try keep(found, read.weights, assignments: read.assignments, unused: read.unused)
      }
    }
    try keep(found, WeightFile.read(source, for: found.network), assignments: [], unused: [])
  }

  private func keep(
    _ model: Model, _ weights: [HostArray], assignments: [PyTorchWeights.Assignment],
    unused: [String]
  ) throws {
    var record = Record(model: model.name, assignments: assignments, unused: unused)
    if let outputModel {
      let target = URL(fileURLWithPath: outputModel)
      let isJSON = target.pathExtension.lowercased() == "json"
      try NewFile.checkFolder(of: target)
      try AtomicFile.write(
        Data(model.network.modelFile(format: isJSON ? .json : .yaml).utf8), to: target,
        replacing: true)
      record.files.append(target.path)
    }
    if let output {
      let target = URL(fileURLWithPath: output)
      try WeightFile.write(
        weights, of: model.network, metadata: ["model": model.name], to: target)
      record.files.append(target.path)
    }
    if record.files.isEmpty {
      let workspace = try common.openOrCreate()
      let saved = try Model.save(model.network, as: model.name, in: workspace)
      record.params = try Params.save(weights, of: saved, as: params, in: workspace).reference
    }
    try show(record, model)
  }

  private func show(_ record: Record, _ model: Model) throws {
    if common.json { return try common.putJSON(record) }
    if !record.assignments.isEmpty {
      put(
        TextTable(
          [("layer", .left), ("module", .left), ("found by", .left)],
          rows: record.assignments.map { [$0.layer, $0.module, $0.reason.rawValue] }))
      if !record.unused.isEmpty { put("Not used: \(record.unused.joined(separator: ", ")).") }
    }
    let parameters = NumberText.grouped(model.network.parameterCount)
    let place =
      record.params.map { "as params \($0) of \(model.name)" }
      ?? "to \(record.files.joined(separator: " and "))"
    put("Read \(file) \(place): \(model.network.layers.count) layers, \(parameters) parameters.")
  }

  private struct Record: Encodable {
    var model: String
    var params: String?
    var files: [String] = []
    var assignments: [PyTorchWeights.Assignment]
    var unused: [String]
  }
}
