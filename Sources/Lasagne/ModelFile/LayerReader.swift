/// Makes layers from the entries of a model file, and words what is wrong with them.
struct LayerReader {
  let registry: LayerRegistry

  /// Keys of an entry that belong to the network, not to the layer.
  static let placeKeys = ["name", "type", "incoming", "incomings"]

  /// The part that an entry describes; `position` counts from 1 for sentences.
  func part(_ entry: ModelTree, position: Int) throws(NetworkError) -> NetworkPart {
    guard case .object(let members) = entry else {
      throw NetworkError(
        "Entry \(position) of 'layers' is \(entry.shown); write a mapping like "
          + "{type: DenseLayer, numUnits: 10}.")
    }
    let name = try word("name", in: entry, position)
    let label = name ?? "Layer \(position)"
    guard let typeName = try word("type", in: entry, position) else {
      throw NetworkError(layer: label, "has no 'type'; write one, like type: DenseLayer.")
    }
    guard let type = registry.type(named: typeName) else {
      throw NetworkError(
        layer: label,
        "has the type '\(typeName)', which is not a layer: "
          + Spelling.hint(for: typeName, among: registry.names))
    }
    var settings = members.filter { !Self.placeKeys.contains($0.key) }
    if let variant = LayerVariant.all[typeName] {
      do throws(NetworkError) {
        settings = try variant.settings(settings)
      } catch {
        throw error.located(at: label, type: typeName)
      }
    }
    var layer = try decode(type, .object(settings), label)
    layer.name = name
    var part = NetworkPart(layer)
    part.incomings = try incomings(entry, label, typeName)
    return part
  }

  private func word(_ key: String, in entry: ModelTree, _ position: Int) throws(NetworkError)
    -> String?
  {
    switch entry[key] {
    case nil, .null: return nil
    case .text(let text): return text
    case .int(let number) where key == "name": return "\(number)"
    case let other?:
      throw NetworkError(
        "Entry \(position) of 'layers' has the \(key) \(other.shown), expected a word; "
          + "put it in quotes if it is one.")
    }
  }

  private func incomings(_ entry: ModelTree, _ label: String, _ type: String) throws(NetworkError)
    -> [String]?
  {
    if entry["incoming"] != nil, entry["incomings"] != nil {
      throw NetworkError(
        layer: label, type: type, "has both 'incoming' and 'incomings'; keep one of them.")
    }
    switch (entry["incoming"], entry["incomings"]) {
    case (.text(let name), _): return [name]
    case (.int(let number), _): return ["\(number)"]
    case (nil, nil), (.null, nil), (nil, .null): return nil
    case (nil, .list(let values)):
      let names = values.compactMap(\.text)
      guard names.count == values.count else {
        throw NetworkError(
          layer: label, type: type,
          "has 'incomings' that are not all names; write a list of layer names.")
      }
      return names
    case (let got?, _), (nil, let got?):
      throw NetworkError(
        layer: label, type: type,
        "reads \(got.shown), expected the name of a layer (incoming) or a list of names (incomings)."
      )
    }
  }

  // MARK: settings

  private func decode(_ type: any Layer.Type, _ settings: ModelTree, _ label: String)
    throws(NetworkError) -> any Layer
  {
    let usage = KeyUsage()
    do {
      let layer = try type.init(from: TreeDecoder(settings, usage: usage))
      if let problem = unknownKey(usage) {
        throw NetworkError(layer: label, type: type.typeName, problem)
      }
      return layer
    } catch let error as NetworkError {
      throw error.located(at: label, type: type.typeName)
    } catch let error as DecodingError {
      throw NetworkError(layer: label, type: type.typeName, problem(error, usage))
    } catch {
      throw NetworkError(layer: label, type: type.typeName, "cannot be read: \(error)")
    }
  }

  private func unknownKey(_ usage: KeyUsage) -> String? {
    guard let unknown = usage.unknownKeys().first else { return nil }
    let place = unknown.path.isEmpty ? "" : " in '\(unknown.path)'"
    guard !unknown.known.isEmpty else {
      return "has the key '\(unknown.key)'\(place), but takes no settings; remove it."
    }
    return "has no key '\(unknown.key)'\(place): "
      + Spelling.hint(for: unknown.key, among: unknown.known)
  }

  private func problem(_ error: DecodingError, _ usage: KeyUsage) -> String {
    func key(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let missing, let context):
      // A misspelt key is both unknown and missing; the misspelling is the better news.
      if let problem = unknownKey(usage) { return problem }
      let place = context.codingPath.isEmpty ? "" : " in '\(key(context))'"
      return "needs the key '\(missing.stringValue)'\(place); add it."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "has a wrong '\(key(context))': \(context.debugDescription)."
    case .dataCorrupted(let context):
      let path = key(context)
      return path.isEmpty
        ? "cannot be read: \(context.debugDescription)"
        : "has a wrong '\(path)': \(context.debugDescription)"
    @unknown default:
      return "cannot be read: \(error)"
    }
  }
}
