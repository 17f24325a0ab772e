import Foundation
import Tensors
import Testing

@testable import Lasagne

/// What holds for every layer type that model files may name.
@Suite struct LayerCatalogueTests {
  @Test func `every registered layer type is in the catalogue`() {
    let listed = LayerCatalogue.entries.map { ObjectIdentifier($0.type) }
    let missing = LayerRegistry.standardTypes.filter { !listed.contains(ObjectIdentifier($0)) }
    #expect(missing.isEmpty)
  }

  @Test func `every setting of every layer stands in a file of the catalogue`() throws {
    var used: [String: Set<String>] = [:]
    for entry in LayerCatalogue.entries {
      guard case .list(let layers) = try ModelTree.parse(entry.file, .yaml)["layers"] else {
        Issue.record("no layers in \(entry.file)")
        continue
      }
      for case .object(let members) in layers {
        guard let type = members.first(where: { $0.key == "type" })?.value.text else { continue }
        used[type, default: []].formUnion(members.map(\.key))
      }
    }
    for type in LayerRegistry.standardTypes {
      let unused = Set(Self.keys(type)).subtracting(used[type.typeName] ?? [])
      #expect(unused.isEmpty, "\(type)")
    }
  }

  @Test(arguments: LayerCatalogue.entries)
  func `a layer in a file and in Swift are equal, and a file gives itself`(
    entry: CatalogueEntry
  ) throws {
    guard entry.type != ExpressionLayer.self else { return try checkNoFile(entry) }
    let network = try Network(modelFile: entry.file)
    #expect(try network == entry.build())
    #expect(network.layers.contains { type(of: $0.layer.base) == entry.type })
    for format in [ModelFileFormat.yaml, .json] {
      let text = try network.modelFile(format: format)
      let again = try Network(modelFile: text, format: format)
      #expect(again == network)
      #expect(try again.modelFile(format: format) == text)
    }
    let coded = try JSONDecoder().decode(Network.self, from: JSONEncoder().encode(network))
    #expect(coded == network)
  }

  /// The one layer that files do not hold: it is refused both ways.
  private func checkNoFile(_ entry: CatalogueEntry) throws {
    let sentence = "computes a function written in Swift, which no model file holds"
    #expect {
      try Network(modelFile: entry.file)
    } throws: {
      "\($0)".contains(sentence)
    }
    #expect {
      try entry.build().modelFile()
    } throws: {
      "\($0)".contains(sentence)
    }
  }

  @Test(arguments: LayerCatalogue.entries, [false, true])
  func `a layer's gradients agree with differences`(
    entry: CatalogueEntry, isTraining: Bool
  ) throws {
    let network = try entry.build()
    let report = try GradientCheck(isTraining: isTraining).report(on: network)
    #expect(report.passes, "\(report)")
    let names = network.parameters.filter(\.isTrainable).map(\.fullName)
    let inputs = network.inputs.filter { !entry.withoutGradient.contains($0) }
    #expect(Set(report.tensors.map(\.name)) == Set(names + inputs))
    for tensor in report.tensors {
      let isFlat = tensor.largestGradient < 1e-12
      #expect(isFlat == (entry.flat[tensor.name] != nil), "\(tensor.name)")
    }
  }

  @Test func `a misspelt key of any layer names the closest`() {
    for type in LayerRegistry.standardTypes {
      for key in Self.keys(type) where key.count > 1 {
        let file = """
          lasagne: 1
          layers: [{name: layer, type: \(type.typeName), \(key)\(key.suffix(1)): 1}]
          """
        #expect("\(type), \(key)") {
          try Network(modelFile: file)
        } throws: {
          "\($0)".hasSuffix("has no key '\(key)\(key.suffix(1))': did you mean '\(key)'?")
        }
      }
    }
  }

  /// The model-file keys of a layer type.
  private static func keys(_ type: any Layer.Type) -> [String] {
    func keys<Described: DescribedLayer>(_ type: Described.Type) -> [String] {
      type.settings.map(\.key)
    }
    return (type as? any DescribedLayer.Type).map { keys($0) } ?? []
  }
}
