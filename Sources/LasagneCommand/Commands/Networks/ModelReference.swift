import Foundation
import Lasagne
import LasagneEngine
import Storage

/// What a person names where a model is asked for: a file, a network of the zoo (`zoo:lenet`) or of
/// the laboratory, or a model of the workspace.
struct ModelReference {
  /// What the help of commands says of it.
  static let help = "A model file, a ready network (zoo:lenet), or the name of a model."

  let text: String

  private var isFile: Bool {
    let kinds = ["yaml", "yml", "json"]
    return text.contains("/")
      || kinds.contains(URL(fileURLWithPath: text).pathExtension.lowercased())
  }

  /// The model; it need not be in the workspace.
  func model(in workspace: Workspace?) throws -> Model {
    if isFile {
      let network = try read()
      return Model(network.name, network: network)
    }
    if text.hasPrefix("zoo:") {
      let network = try Zoo.entry(String(text.dropFirst(4))).network()
      return Model(network.name, network: network)
    }
    if let network = LaboratoryContent.model(text) { return Model(text, network: network) }
    let stored = workspace?.models.names() ?? []
    if let workspace, stored.contains(workspace.models.current(text)) {
      return try Model.load(text, from: workspace)
    }
    let names = LaboratoryContent.modelNames + stored
    let ready = Zoo.entries.first { $0.name.lowercased() == text.lowercased() }
    let hint =
      ready.map { "did you mean 'zoo:\($0.name)'?" }
      ?? Spelling.closestMatch(to: text, among: names).map { "did you mean '\($0)'?" }
      ?? (names.isEmpty
        ? "name a model file, such as lenet.yaml."
        : "there are \(names.sorted().joined(separator: ", ")), or name a model file.")
    throw EngineError(.unknown, "There is no model '\(text)': \(hint)")
  }

  /// The model, kept in the workspace so that sessions find it.
  func registered(in workspace: Workspace) throws -> Model {
    let model = try model(in: workspace)
    return try Model.save(model.network, as: model.name, in: workspace)
  }

  private func read() throws -> Network {
    let content = try TextFile.read(text, "model file")
    do {
      return try Network(modelFile: content)
    } catch {
      throw EngineError(.invalid, "The model file '\(text)' cannot be used: \(error)")
    }
  }
}

/// What a person names where weights are asked for: a file, or params of the workspace.
struct ParamsReference {
  let text: String

  /// The file, and what it is called in the workspace if it is there.
  func file(for model: Model, in workspace: Workspace?) throws -> URL {
    let kinds = ["npz", "safetensors"]
    if text.contains("/") || kinds.contains(URL(fileURLWithPath: text).pathExtension.lowercased()) {
      var isFolder: ObjCBool = false
      let file = URL(fileURLWithPath: text)
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
        throw EngineError(.unknown, "There is no file of weights '\(text)'; check the path.")
      }
      if isFolder.boolValue {
        throw EngineError(
          .invalid, "'\(text)' is a folder; give an .npz or .safetensors file of weights.")
      }
      return file
    }
    guard let workspace else {
      throw EngineError(
        .unknown,
        "There is no workspace with params '\(text)'; name one with --workspace.")
    }
    return try Params.find(text, model: model.name, in: workspace).file
  }
}

/// Text files that people write.
enum TextFile {
  /// A file's text; `what` names it in the sentences.
  static func read(_ path: String, _ what: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw EngineError(.unknown, "There is no \(what) '\(path)'; check the path.")
    }
    if isFolder.boolValue {
      throw EngineError(.invalid, "The \(what) '\(path)' is a folder; give a file in it.")
    }
    // A text of gigabytes is no model and no recipe.
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size <= 64 << 20 else {
      throw EngineError(.invalid, "The \(what) '\(path)' is larger than 64 MB; is it another file?")
    }
    guard let text = try? String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) else {
      throw EngineError(.invalid, "The \(what) '\(path)' cannot be read as text.")
    }
    return text
  }
}
