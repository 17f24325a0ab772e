import Foundation
import Lasagne
import LasagneEngine
import Storage

/// What a person names where a model is asked for: a file, a network of the laboratory, or a model
/// of the workspace.
struct ModelReference {
  let text: String

  private var isFile: Bool {
    let kinds = ["yaml", "yml", "json"]
    return text.contains("/")
      || kinds.contains(URL(fileURLWithPath: text).pathExtension.lowercased())
  }

  /// The model; it need not be in the workspace.
  func model(in workspace: Workspace?) throws -> Model {
    if isFile {
      let network = try read(URL(fileURLWithPath: text))
      return Model(network.name, network: network)
    }
    if let network = LaboratoryContent.model(text) { return Model(text, network: network) }
    let stored = workspace?.models.names() ?? []
    if let workspace, stored.contains(text) { return try Model.load(text, from: workspace) }
    let names = LaboratoryContent.modelNames + stored
    let hint =
      closestName(to: text, among: names).map { "did you mean '\($0)'?" }
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

  private func read(_ file: URL) throws -> Network {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EngineError(.unknown, "There is no model file '\(text)'; check the path.")
    }
    guard let content = try? String(contentsOf: file, encoding: .utf8) else {
      throw EngineError(.invalid, "The model file '\(text)' cannot be read as text.")
    }
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
      let file = URL(fileURLWithPath: text)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw EngineError(.unknown, "There is no file of weights '\(text)'; check the path.")
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
