import Foundation
import Records
import Tensors
import Testing

@testable import Lasagne

/// The catalogue of layers that a person chooses from.
@Suite struct LayerDescriptionTests {
  private let descriptions = LayerRegistry(LayerRegistry.standardTypes).descriptions

  @Test func `every layer that a file can hold is offered once, with help for each setting`() {
    let offered = descriptions.map(\.type)
    let known = LayerRegistry.standardTypes.map { $0.typeName }.filter { $0 != "ExpressionLayer" }
    #expect(Set(offered) == Set(known) && offered.count == known.count)
    for layer in descriptions {
      #expect(LayerHelp.groups.contains(layer.group), "\(layer.type)")
      #expect(layer.summary.hasSuffix("."), "\(layer.type)")
      for setting in layer.settings {
        #expect(setting.help != "A setting of this layer.", "\(layer.type).\(setting.key)")
        #expect(setting.isRequired == (setting.standard == nil), "\(layer.type).\(setting.key)")
      }
    }
  }

  @Test func `settings are asked for by their kind, with their defaults`() throws {
    let conv = try #require(descriptions.first { $0.type == "Conv2DLayer" })
    #expect(conv.group == "Convolution" && conv.leastIncomings == 1 && conv.mostIncomings == 1)
    let settings = Dictionary(uniqueKeysWithValues: conv.settings.map { ($0.key, $0) })
    #expect(
      settings["numFilters"]?.kind == .wholeNumber && settings["numFilters"]?.isRequired == true)
    #expect(settings["pad"]?.words == ["valid", "same", "full"])
    #expect(settings["pad"]?.standard == .number(0))
    #expect(settings["nonlinearity"]?.kind == .nonlinearity)
    #expect(settings["nonlinearity"]?.standard == .string("rectify"))
    #expect(settings["b"]?.kind == .source && settings["b"]?.allowsNull == true)
    #expect(settings["W"]?.allowsNull == false)
    #expect(settings["flipFilters"]?.kind == .flag)
    let merge = try #require(descriptions.first { $0.type == "ElemwiseMergeLayer" })
    #expect(merge.mostIncomings == nil)
    #expect(merge.settings[0].words == ["add", "sub", "mul", "maximum", "minimum"])
    let input = try #require(descriptions.first)
    #expect(input.type == "InputLayer" && input.mostIncomings == 0)
    let recurrent = try #require(descriptions.first { $0.type == "LSTMLayer" })
    #expect(recurrent.settings.first { $0.key == "maskInput" }?.kind == .layer)
  }

  /// The help is written twice, as documentation is gone at run time: here the two are compared.
  @Test func `help says what the documentation says`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Lasagne/Layers")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var sentences: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      var comment: [String] = []
      for line in try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        let text = line.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("///") {
          comment.append(String(text.dropFirst(3)).trimmingCharacters(in: .whitespaces))
        } else {
          let first = comment.prefix { !$0.isEmpty }.joined(separator: " ")
          sentences.insert(
            first.replacing("`", with: "").replacing(/\bnil\b/, with: "null"))
          comment = []
        }
      }
    }
    for layer in descriptions {
      #expect(sentences.contains(layer.summary), "\(layer.type): \(layer.summary)")
      for setting in layer.settings {
        #expect(sentences.contains(setting.help), "\(layer.type).\(setting.key): \(setting.help)")
      }
    }
  }

  @Test func `a layer of one's own is offered last`() throws {
    struct Doubled: DescribedLayer {
      var name: String?
      var times = 2
      static var settings: [LayerSetting<Doubled>] { [.optional("times", \.times)] }
      func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
        inputs[0]
      }
    }
    let registry = LayerRegistry(LayerRegistry.standardTypes)
    registry.register(Doubled.self)
    let own = try #require(registry.descriptions.last)
    #expect(own.type == "Doubled" && own.group == "Your own")
    #expect(own.settings.map(\.key) == ["times"] && own.settings[0].standard == .number(2))
  }
}
