import Foundation
import Lasagne
import Records
import Storage
import Training

/// What a search starts from: a network and a recipe, into which the values of each trial are put.
struct SearchBase {
  /// Where a value goes.
  private enum Place {
    case recipe([String])
    /// That of the update rule, whichever it is.
    case momentum
    case argument
    case layer(String, [String])
  }

  private let entry: ZooEntry?
  private let model: Model
  private let recipe: JSONValue
  private let places: [String: Place]

  /// Finds the network and the places of all fields; a given model need not be in the workspace.
  init(_ search: Search, model given: Model? = nil, in workspace: Workspace) throws {
    if search.model.hasPrefix("zoo:") {
      let entry = try Zoo.entry(String(search.model.dropFirst(4)))
      let network = try entry.network()
      self.entry = entry
      model = Model(network.name, network: network)
    } else {
      entry = nil
      model = try given ?? Model.load(search.model, from: workspace)
    }
    recipe = try Recipe(json: search.recipe).json
    var places: [String: Place] = [:]
    for field in search.space.keys.sorted() {
      places[field] = try Self.place(of: field, entry, model.network)
    }
    self.places = places
  }

  /// Whether the sessions have networks of their own.
  var variesNetwork: Bool {
    places.values.contains {
      switch $0 {
      case .argument, .layer: true
      case .recipe, .momentum: false
      }
    }
  }

  /// The name of the model that all sessions have in common.
  var modelName: String { model.name }

  /// The network of a trial.
  func network(_ values: [String: JSONValue]) throws -> Network {
    guard variesNetwork else { return model.network }
    var network = model.network
    if let entry {
      var given: [String: String] = [:]
      for (field, value) in values {
        guard case .argument = places[field] else { continue }
        given[field] = Self.text(of: value)
      }
      network = try entry.network(given)
    }
    for (field, value) in values.sorted(by: { $0.key < $1.key }) {
      guard case .layer(let layer, let path) = places[field] else { continue }
      network = try Self.changed(network, layer, path, value)
    }
    return network
  }

  /// The recipe of a trial.
  func recipe(_ values: [String: JSONValue]) throws -> Recipe {
    var json = recipe
    for (field, value) in values.sorted(by: { $0.key < $1.key }) {
      if case .recipe(let path) = places[field] { json = json.setting(path[...], to: value) }
    }
    var recipe = try Recipe(json: json)
    for (field, value) in values {
      if case .momentum = places[field] { try recipe.setLive(field, to: value) }
    }
    return recipe
  }

  private static func place(
    of field: String, _ entry: ZooEntry?, _ network: Network
  ) throws -> Place {
    let path = field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    // Dropout is both: a network that is made with it has it where it belongs.
    if let entry, entry.arguments.contains(where: { $0.name == field }) { return .argument }
    if Recipe.fields.contains(path[0]) { return .recipe(path) }
    if field == "momentum" { return .momentum }
    // Names of layers may have dots themselves.
    let layers = network.layers.map(\.name)
    let layer = layers.filter { field.hasPrefix($0 + ".") }.max { $0.count < $1.count }
    if let layer {
      let setting = field.dropFirst(layer.count + 1)
      return .layer(layer, setting.split(separator: ".").map(String.init))
    }
    if path.count > 1, !path[0].isEmpty {
      throw EngineError(
        .invalid,
        "The search tries '\(field)', but the network '\(network.name)' has no layer '\(path[0])': "
          + Spelling.hint(for: path[0], among: layers))
    }
    let known = (entry?.arguments.map(\.name) ?? []) + Recipe.fields + ["momentum"]
    throw EngineError(
      .invalid,
      "The search tries '\(field)', which is neither a field of the recipe nor "
        + (entry.map { "an argument of the network '\($0.name)': " }
          ?? "a setting of a layer (layer.setting): ")
        + Spelling.hint(for: field, among: known))
  }

  /// A value as the arguments of a network of the zoo are written.
  private static func text(of value: JSONValue) -> String {
    switch value {
    case .bool(let isOn): isOn ? "yes" : "no"
    case .array(let values): values.map(\.plainText).joined(separator: ",")
    default: value.plainText
    }
  }

  /// A network with another setting of one of its layers, by way of its model file.
  private static func changed(
    _ network: Network, _ name: String, _ path: [String], _ value: JSONValue
  ) throws -> Network {
    let file = try network.modelFile(format: .json)
    let tree = try JSONDecoder().decode(JSONValue.self, from: Data(file.utf8))
    guard case .array(var layers) = tree["layers"],
      let index = layers.firstIndex(where: { $0["name"]?.string == name }), !path.isEmpty
    else {
      throw EngineError(
        .invalid,
        "The search sets \(([name] + path).joined(separator: ".")), but the network "
          + "'\(network.name)' has no such setting with these values.")
    }
    layers[index] = layers[index].setting(path[...], to: value)
    let changed = tree.setting(["layers"], to: .array(layers))
    let text = String(decoding: try JSONEncoder().encode(changed), as: UTF8.self)
    return try Network(modelFile: text, format: .json)
  }
}

extension Search {
  /// Refuses what no engine could carry out, for a model that the workspace need not have yet.
  package func check(_ model: Model?, in workspace: Workspace) throws {
    let base = try SearchBase(self, model: model, in: workspace)
    let data = try TrainingData(data, in: workspace)
    for values in try trials() {
      try located(at: values) {
        try data.check(against: base.network(values), recipe: base.recipe(values))
      }
    }
  }

  /// Has errors say with which values they came.
  func located(at values: [String: JSONValue], _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      let text = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.plainText)" }
      throw EngineError(.invalid, "With \(text.joined(separator: ", ")): \(error)")
    }
  }
}

extension JSONValue {
  /// The value with the member at a path set; what is no object on the way becomes one.
  func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
    guard let key = path.first else { return value }
    var members: [String: JSONValue] = [:]
    if case .object(let known) = self { members = known }
    members[key] = (members[key] ?? .null).setting(path.dropFirst(), to: value)
    return .object(members)
  }
}
