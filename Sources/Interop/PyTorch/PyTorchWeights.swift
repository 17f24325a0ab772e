import Foundation
import Lasagne
import Tensors
import Yams

/// The weights of a PyTorch state (saved as safetensors) as those of an equal network.
///
/// Modules are found by a map, by the layer's name, by their shapes where only one fits, and by their
/// numbers where a row of equal modules (`layers.0`, `layers.2`, …) meets as many equal layers. What is
/// left open is an error that names the choices.
public struct PyTorchWeights: Equatable, Sendable {
  /// Why a module was taken for a layer.
  public enum Reason: String, Codable, Sendable {
    case map, name, shape, order
  }

  /// Which module a layer's weights come from.
  public struct Assignment: Equatable, Codable, Sendable {
    /// The layer's name.
    public let layer: String
    /// The module's path.
    public let module: String
    /// Why.
    public let reason: Reason
  }

  /// The weights in Lasagne's order.
  public let weights: [HostArray]
  /// Where they come from, in the network's order.
  public let assignments: [Assignment]
  /// The modules that no layer took.
  public let unused: [String]

  /// Finds the module of each layer and converts its arrays.
  ///
  /// `map` gives modules by layer; `batchNormEpsilon` is that of PyTorch's batch normalization, which
  /// its files do not hold. Throws `InteropError`.
  public init(
    _ state: [String: HostArray], for network: Network, map: [String: String] = [:],
    batchNormEpsilon: Double = 1e-5
  ) throws {
    var search = try PyTorchSearch(
      modules: PyTorchModule.all(state), network: network, epsilon: batchNormEpsilon)
    try search.take(map: map)
    try search.takeNames()
    try search.takeShapes()
    var arrays: [String: HostArray] = [:]
    var assignments: [Assignment] = []
    for conversion in search.conversions {
      let layer = conversion.node.name
      guard let (module, reason) = search.taken[layer] else { throw search.open(conversion) }
      assignments.append(Assignment(layer: layer, module: module.name, reason: reason))
      for (local, array) in try conversion.parameters(module) {
        arrays["\(layer).\(local)"] = array
      }
    }
    weights = try network.parameters.map { parameter in
      guard let array = arrays[parameter.fullName], array.shape == parameter.shape else {
        throw InteropError(
          "The file has no \(parameter.fullName) of shape \(parameter.shape) for the layer "
            + "'\(parameter.layer)'.")
      }
      return array.converted(to: .float32)
    }
    self.assignments = assignments
    let used = Set(assignments.map(\.module))
    unused = search.modules.map(\.name).filter { !used.contains($0) }
  }

  /// A map from the text of a YAML file: `layer: module`, one a line.
  public static func map(yaml text: String) throws -> [String: String] {
    guard text.utf8.count < 4 << 20 else {
      throw InteropError("The name map is larger than 4 MB; is it another file?")
    }
    do {
      return try YAMLDecoder().decode([String: String].self, from: text)
    } catch {
      throw InteropError("The name map cannot be read; write lines like 'conv1: features.0'.")
    }
  }
}

/// Finds modules for layers.
struct PyTorchSearch {
  let modules: [PyTorchModule]
  /// The layers that have parameters of their own.
  let conversions: [PyTorchConversion]
  var taken: [String: (module: PyTorchModule, reason: PyTorchWeights.Reason)] = [:]

  init(modules: [PyTorchModule], network: Network, epsilon: Double) throws {
    self.modules = modules
    let shapes = Dictionary(
      network.parameters.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    conversions = try network.orderedLayers.compactMap { node in
      let own = try network.parameterNames(of: node.name).compactMapValues { name in
        shapes[name].flatMap { $0.layer == node.name ? $0.shape : nil }
      }
      guard !own.isEmpty else { return nil }
      let conversion = PyTorchConversion(node: node, shapes: own, epsilon: epsilon)
      guard conversion.expected != nil else {
        throw InteropError(
          node, "has no counterpart among PyTorch's modules; set its weights in code.")
      }
      return conversion
    }
  }

  mutating func take(map: [String: String]) throws {
    for (layer, name) in map.sorted(by: { $0.key < $1.key }) {
      guard let conversion = conversions.first(where: { $0.node.name == layer }) else {
        throw InteropError(
          "The name map names a layer '\(layer)' with weights of its own, which the network does not "
            + "have: " + Spelling.hint(for: layer, among: conversions.map(\.node.name)))
      }
      let found = modules.first { $0.name == name || $0.name == "\(name).l0" }
      guard let module = found else {
        throw InteropError(
          "The name map gives '\(layer)' the module '\(name)', which the file does not have: "
            + Spelling.hint(for: name, among: modules.map(\.name)))
      }
      guard conversion.fits(module) else {
        throw InteropError(
          "The name map gives '\(layer)' the module '\(name)' with \(text(of: module)); the layer needs "
            + "\(text(of: conversion)).")
      }
      taken[layer] = (module, .map)
    }
  }

  /// Layers called as their module is, dots and underscores being the same.
  mutating func takeNames() throws {
    for conversion in waiting {
      let name = plain(conversion.node.name)
      let found = free.filter { plain($0.name) == name && conversion.fits($0) }
      if found.count == 1 { taken[conversion.node.name] = (found[0], .name) }
    }
  }

  private func plain(_ name: String) -> String { name.replacing(".", with: "_").lowercased() }

  /// Modules that alone fit a layer, and rows of equal modules for as many equal layers.
  mutating func takeShapes() throws {
    var groups: [[PyTorchConversion]] = []
    for conversion in waiting {
      let fitting = free.filter(conversion.fits).map(\.name)
      let place = groups.firstIndex { free.filter($0[0].fits).map(\.name) == fitting }
      if let place { groups[place].append(conversion) } else { groups.append([conversion]) }
    }
    for group in groups {
      let fitting = free.filter(group[0].fits)
      guard fitting.count == group.count else { continue }
      let isRow = Set(fitting.map(\.pattern)).count == 1
      guard group.count == 1 || isRow else { continue }
      for (conversion, module) in zip(group, fitting) {
        taken[conversion.node.name] = (module, group.count == 1 ? .shape : .order)
      }
    }
  }

  /// Why a layer has no module.
  func open(_ conversion: PyTorchConversion) -> InteropError {
    let fitting = free.filter(conversion.fits).map(\.name)
    guard fitting.isEmpty else {
      return InteropError(
        "Several modules fit the layer '\(conversion.node.name)': "
          + "\(fitting.prefix(6).joined(separator: ", ")); say which in a name map, "
          + "'\(conversion.node.name): \(fitting[0])'.")
    }
    return InteropError(
      "No module of the file fits the layer '\(conversion.node.name)' (\(conversion.node.typeName)), "
        + "which needs \(text(of: conversion)); is it of another network?")
  }

  private var waiting: [PyTorchConversion] { conversions.filter { taken[$0.node.name] == nil } }

  private var free: [PyTorchModule] {
    let names = Set(taken.values.map(\.module.name))
    return modules.filter { !names.contains($0.name) }
  }

  private func text(of module: PyTorchModule) -> String {
    Self.text(module.arrays.mapValues(\.shape))
  }

  private func text(of conversion: PyTorchConversion) -> String {
    Self.text(conversion.expected ?? [:])
  }

  private static func text(_ shapes: [String: [Int]]) -> String {
    shapes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
