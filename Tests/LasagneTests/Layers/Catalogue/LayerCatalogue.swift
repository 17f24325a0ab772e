import Lasagne
import Testing

/// Every layer type with small networks that use all its settings, written twice: as a model file and in
/// Swift.
enum LayerCatalogue {
  static let entries =
    plain + convolutions + pooling + shapes + merges + recurrent + special + later
}

/// One network of the catalogue.
struct CatalogueEntry: CustomTestStringConvertible, Sendable {
  /// The type of layer it stands for.
  let type: any Layer.Type
  /// The lines of the model file's layers.
  let lines: [String]
  /// The same network in Swift.
  let build: @Sendable () throws -> Network
  /// Inputs that hold no measurements: indices, masks.
  var withoutGradient: Set<String> = []
  /// What the output does not depend on, with the reason: its gradient is 0.
  var flat: [String: String] = [:]

  var testDescription: String { "\(type): \(lines.last ?? "")" }

  /// The model file.
  var file: String {
    "lasagne: 1\nname: net\nlayers:\n" + lines.map { "  - {\($0)}\n" }.joined()
  }

  /// A layer that reads an input of a shape (the batch left out), and its settings as a file has them.
  static func one<Kind: Layer>(
    _ input: Shape, _ settings: String, _ layer: Kind
  ) -> CatalogueEntry {
    let lengths = input.map { $0.map(String.init) ?? "null" }
    let shape = (["null"] + lengths).joined(separator: ", ")
    let end = settings.isEmpty ? "" : ", \(settings)"
    return CatalogueEntry(
      type: Kind.self,
      lines: [
        "name: input, type: InputLayer, shape: [\(shape)]",
        "name: layer, type: \(Kind.typeName)\(end)",
      ],
      build: { try Network("net", input: input) { layer.named("layer") } })
  }

  /// A network of several layers.
  static func graph<Kind: Layer>(
    _ type: Kind.Type, _ lines: [String],
    @NetworkBuilder _ layers: @escaping @Sendable () throws -> [NetworkPart]
  ) -> CatalogueEntry {
    CatalogueEntry(type: type, lines: lines, build: { try Network("net", layers) })
  }

  /// The same entry with inputs that hold no measurements.
  func withoutGradient(by inputs: String...) -> CatalogueEntry {
    var copy = self
    copy.withoutGradient = Set(inputs)
    return copy
  }

  /// The same entry with a parameter that changes nothing.
  func flat(_ parameter: String, because reason: String) -> CatalogueEntry {
    var copy = self
    copy.flat[parameter] = reason
    return copy
  }
}
