import Records
import Testing

@testable import Lasagne

/// How two networks differ, layer by layer.
@Suite struct NetworkDifferenceTests {
  private func network(@NetworkBuilder _ layers: () throws -> [NetworkPart]) throws -> Network {
    try Network("net", input: [1, 8, 8], layers)
  }

  @Test func `a network does not differ from itself`() throws {
    for entry in Zoo.entries {
      let network = try entry.network()
      #expect(network.difference(from: network).isEmpty, "\(entry.name)")
    }
  }

  @Test func `a changed setting is told with both values, defaults too, and what follows from it`()
    throws
  {
    let before = try network {
      Conv2DLayer(4, filterSize: 3)
      DenseLayer(10)
    }
    let after = try network {
      Conv2DLayer(4, filterSize: 5, pad: .same)
      DenseLayer(10)
    }
    let difference = after.difference(from: before)
    #expect(difference.added.isEmpty && difference.removed.isEmpty && difference.fields.isEmpty)
    #expect(
      difference.changed == [
        .init(
          layer: "conv1", formerName: nil,
          fields: [
            .init(field: "filterSize", from: "3", to: "5"),
            .init(field: "pad", from: "0", to: "same"),
            .init(field: "output shape", from: "[?, 4, 6, 6]", to: "[?, 4, 8, 8]"),
          ])
      ])
    // 4·(9 + 1) + 4·36·10 + 10 and 4·(25 + 1) + 4·64·10 + 10.
    #expect(difference.parametersFrom == 1490 && difference.parametersTo == 2674)
  }

  @Test func `layers that came and went are told, and who reads others now`() throws {
    let before = try network {
      DenseLayer(10, name: "a")
      DropoutLayer(name: "drop")
      DenseLayer(5, name: "out")
    }
    let after = try network {
      DenseLayer(10, name: "a")
      BatchNormLayer(name: "norm")
      DenseLayer(5, name: "out")
    }
    let difference = after.difference(from: before)
    #expect(
      difference.added.map(\.layer) == ["norm"] && difference.removed.map(\.layer) == ["drop"])
    #expect(difference.removed[0].type == "DropoutLayer")
    #expect(
      difference.changed == [
        .init(
          layer: "out", formerName: nil,
          fields: [.init(field: "incomings", from: "drop", to: "norm")])
      ])
  }

  @Test func `a layer under a new name is the same, and what reads it has not changed`() throws {
    let before = try network {
      DenseLayer(10, name: "a")
      DenseLayer(5, name: "out")
    }
    let after = try network {
      DenseLayer(10, name: "hidden")
      DenseLayer(5, name: "scores")
    }
    let difference = after.difference(from: before)
    #expect(difference.added.isEmpty && difference.removed.isEmpty)
    #expect(difference.changed.map(\.layer) == ["hidden", "scores"])
    #expect(difference.changed.map(\.formerName) == ["a", "out"])
    let fields = difference.changed.flatMap(\.fields)
    #expect(fields.isEmpty)
    // The output has another name, but is the same layer.
    #expect(difference.fields.isEmpty)
  }

  @Test func `of two that could be meant, neither is taken for the other`() throws {
    let before = try network {
      DenseLayer(10, name: "a").reading("input")
      DenseLayer(10, name: "b").reading("input")
      ConcatLayer(name: "both").reading("a", "b")
    }
    let after = try network {
      DenseLayer(10, name: "c").reading("input")
      DenseLayer(10, name: "d").reading("input")
      ConcatLayer(name: "both").reading("c", "d")
    }
    let difference = after.difference(from: before)
    #expect(difference.added.map(\.layer) == ["c", "d"])
    #expect(difference.removed.map(\.layer) == ["a", "b"])
  }

  @Test func `another type is told with its settings`() throws {
    let before = try network { DenseLayer(10, name: "a") }
    let after = try network { NINLayer(10, name: "a") }
    let fields = after.difference(from: before).changed[0].fields
    #expect(fields.first == .init(field: "type", from: "DenseLayer", to: "NINLayer"))
    #expect(fields.contains(.init(field: "numLeadingAxes", from: "1", to: "–")))
    #expect(fields.contains(.init(field: "untieBiases", from: "–", to: "false")))
  }
}
