import ArgumentParser
import Displays
import Foundation
import Interop
import Lasagne
import LasagneEngine
import Storage
import Tensors

/// `lasagne export MODEL`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model for other programs: ONNX, npz, safetensors, Swift code.",
    discussion: """
      An .onnx file holds the network and its weights, as it predicts: random layers stand still, and \
      batch normalization uses its averages. An .npz file holds the weights in Lasagne's order \
      (arr_0, arr_1, …), a .safetensors file by name, a .swift file the code that builds the network.
      """)

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Option(
    help: """
      Weights: an .npz or .safetensors file, or params of the model (name[@version]); without it \
      the weights are fresh ones.
      """)
  var params: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write: .onnx, .npz, .safetensors or .swift.", valueName: "file"))
  var output: String

  @Option(parsing: .unconditional, help: "What fresh weights are made from.")
  var seed: UInt64 = 1

  @OptionGroup var common: CommonOptions

  func run() throws {
    let target = URL(fileURLWithPath: output)
    let kinds = ["onnx", "npz", "safetensors", "swift"]
    guard kinds.contains(target.pathExtension.lowercased()) else {
      throw EngineError(
        .invalid,
        "The file '\(output)' is none that can be exported to by its name; end it in .onnx, .npz, "
          + ".safetensors or .swift.")
    }
    let workspace = try? common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    if target.pathExtension.lowercased() == "swift" {
      try NewFile.checkFolder(of: target)
      try AtomicFile.write(
        Data(try model.network.swiftCode().utf8), to: target, replacing: true)
      return try tell(model, target)
    }
    try Backend.load()
    let weights: [HostArray]
    if let params {
      let file = try ParamsReference(text: params).file(for: model, in: workspace)
      weights = try WeightFile.read(file, for: model.network)
    } else {
      weights = try Weights(initializing: model.network, seed: seed).hostArrays()
    }
    if target.pathExtension.lowercased() == "onnx" {
      let data = try ONNXFile.data(model.network, weights: weights)
      try NewFile.checkFolder(of: target)
      try AtomicFile.write(data, to: target, replacing: true)
    } else {
      try WeightFile.write(
        weights, of: model.network, metadata: ["model": model.name], to: target)
    }
    try tell(model, target)
  }

  private func tell(_ model: Model, _ target: URL) throws {
    if common.json {
      try common.putJSON(["output": target.path, "model": model.name])
    } else {
      let bytes = (try? target.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
      put("Wrote \(model.name) to \(output) (\(NumberText.bytes(bytes))).")
    }
  }
}

/// Files that a command makes.
enum NewFile {
  /// Refuses a file whose folder is not there.
  static func checkFolder(of file: URL) throws {
    var isFolder: ObjCBool = false
    let folder = file.deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw EngineError(
        .invalid, "The file '\(file.path)' cannot be written: there is no folder '\(folder)'.")
    }
  }
}
