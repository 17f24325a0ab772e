import Datasets
import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Testing

@testable import LasagneEngine

struct ParamsTests {
  private func model(_ name: String = "m") throws -> Model {
    Model(
      name,
      network: try Network(name, input: [2]) {
        DenseLayer(2, name: "a")
        DenseLayer(3, name: "b")
      })
  }

  /// Weights of the model whose entries are given by a function of array and position.
  private func weights(_ model: Model, _ value: (Int, Int) -> Float) throws -> [HostArray] {
    try model.network.parameters.enumerated().map { index, parameter in
      let count = parameter.shape.reduce(1, *)
      return try HostArray((0..<count).map { value(index, $0) }, shape: parameter.shape)
    }
  }

  private func values(_ params: Params, _ model: Model) throws -> [Float] {
    try params.load(for: model.network).flatMap { $0.values(as: Float.self) }
  }

  @Test func `averages are the weighted sums they say, with their origin kept`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let model = try model()
    for version in 1...3 {
      try Params.save(
        weights(model) { Float(version * version) + Float($0) + Float($1) / 8 }, of: model,
        as: "run", in: bench.workspace)
    }
    func offset(_ params: Params) throws -> Float { try values(params, model)[0] }
    let references = try Params.versions(of: "run", model: "m", in: bench.workspace)
    #expect(references == ["run@1", "run@2", "run@3"])
    let mean = try Params.average(references, of: model, as: "mean", in: bench.workspace)
    // (1 + 4 + 9) / 3.
    #expect(try abs(offset(mean) - 14.0 / 3) < 1e-6)
    #expect(mean.version.mixture?.sources.map(\.reference) == references)
    #expect(mean.parent == "run@3")
    // a = 1; a = 0.75 · 1 + 0.25 · 4 = 1.75; a = 0.75 · 1.75 + 0.25 · 9 = 3.5625.
    let ema = try Params.average(
      references, of: model, method: .ema, decay: 0.75, as: "mean", in: bench.workspace)
    #expect(try offset(ema) == 3.5625)
    #expect(ema.reference == "mean@2")
    let swa = try Params.average(
      Params.versions(of: "run", model: "m", from: 1, every: 2, in: bench.workspace), of: model,
      method: .swa, as: "swa", in: bench.workspace)
    #expect(try offset(swa) == 5)
    let beyond = try Params.interpolate(
      from: "run@1", to: "run@2", fraction: 1.5, of: model, as: "line", in: bench.workspace)
    #expect(try offset(beyond) == 5.5)
    #expect(beyond.version.mixture?.sources.map(\.weight) == [-0.5, 1.5])
    // The positions within each array stay apart.
    #expect(try values(beyond, model)[1] == 5.625)
  }

  @Test func `averages that make no sense are refused`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let model = try model()
    try Params.save(weights(model) { _, _ in 0 }, of: model, as: "run", in: bench.workspace)
    for body in [
      { _ = try Params.average(["run"], of: model, as: "x", in: bench.workspace) },
      {
        _ = try Params.average(
          ["run", "run"], of: model, method: .ema, decay: 1, as: "x", in: bench.workspace)
      },
      { _ = try Params.versions(of: "run", model: "m", in: bench.workspace) },
    ] { #expect(throws: EngineError.self, performing: body) }
    #expect(throws: StorageError.self) {
      try Params.average(["run", "run@9"], of: model, as: "x", in: bench.workspace)
    }
    #expect(try bench.workspace.params.list(model: "m").map(\.name) == ["run"])
  }

  @Test func `a difference is that of a naive loop`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let model = try model()
    let first = try Params.save(
      weights(model) { Float($0 + 1) + Float($1) }, of: model, as: "run", in: bench.workspace)
    let second = try Params.save(
      weights(model) { array, position in
        Float(array + 1) + Float(position) + (array == 0 ? [0, 2, -6, 1][position] : 0)
      }, of: model, as: "run", in: bench.workspace)
    let diff = try first.difference(to: second, binCount: 4)
    #expect(diff.from == "m run@1")
    #expect(diff.tensors.map(\.name) == ["a.W", "a.b", "b.W", "b.b"])
    let changed = diff.tensors[0]
    // a = (1, 2, 3, 4), b = (1, 4, -3, 5), b - a = (0, 2, -6, 1).
    #expect(abs(changed.norm - 30.0.squareRoot()) < 1e-12)
    #expect(abs(changed.otherNorm - 51.0.squareRoot()) < 1e-12)
    #expect(abs(changed.differenceNorm - 41.0.squareRoot()) < 1e-12)
    #expect(abs(changed.relativeChange - (41.0 / 30).squareRoot()) < 1e-12)
    #expect(abs(changed.cosine - 20 / (30.0 * 51).squareRoot()) < 1e-12)
    #expect(changed.largestChange == 6)
    #expect(changed.largestChangeIndex == [1, 0])
    #expect(changed.histogram.minimum == -6)
    #expect(changed.histogram.maximum == 2)
    // Bins of width 2 from -6: -6 | | -2…0 | 0, 1, 2.
    #expect(changed.histogram.counts == [1, 0, 0, 3])
    #expect(diff.tensors[1].largestChangeIndex == [])
    #expect(diff.tensors[1].relativeChange == 0)
    #expect(abs(diff.tensors[1].cosine - 1) < 1e-12)
  }

  @Test func `differences between models name what only one has`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let model = try model()
    let other = Model(
      "o",
      network: try Network("o", input: [2]) {
        DenseLayer(3, name: "a")
        DenseLayer(3, name: "c")
      })
    let first = try Params.save(
      weights(model) { _, _ in 1 }, of: model, as: "x", in: bench.workspace)
    let second = try Params.save(
      weights(other) { _, _ in .nan }, of: other, as: "x", in: bench.workspace)
    let diff = try first.difference(to: second)
    #expect(diff.onlyInFrom == ["b.W", "b.b"])
    #expect(diff.onlyInTo == ["c.W", "c.b"])
    #expect(diff.reshaped.map(\.name) == ["a.W", "a.b"])
    #expect(diff.tensors.isEmpty)
    let nan = try Params.save(
      weights(model) { _, _ in .nan }, of: model, as: "x", in: bench.workspace)
    let tensor = try first.difference(to: nan).tensors[0]
    #expect(tensor.histogram.nonFiniteCount == 4)
    #expect(tensor.largestChangeIndex == [])
  }

  @Test func `weights of another network are loaded in part, with a report`() throws {
    let model = try model()
    func tensor(_ shape: [Int]) throws -> HostArray {
      try HostArray([Float](repeating: 7, count: shape.reduce(1, *)), shape: shape)
    }
    let tensors = [
      "net.a.W": try tensor([2, 2]), "net.a.b": try tensor([2]), "net.b.W": try tensor([2, 9]),
      "extra": try tensor([1]),
    ]
    let matching = ParamsMatching(
      except: ["a.?"], renamings: [try .init("net.*=*")])
    let part = try PartialWeights(
      tensors, for: model.network,
      matching: ParamsMatching(renamings: [try .init("net.*=*")]), source: "file")
    #expect(part.report.loaded.map(\.parameter) == ["a.W", "a.b"])
    #expect(part.report.loaded.map(\.tensor) == ["net.a.W", "net.a.b"])
    #expect(part.report.missing == ["b.b"])
    #expect(part.report.unexpected == ["extra"])
    #expect(
      part.report.mismatched == [
        .init(parameter: "b.W", tensor: "net.b.W", expected: [2, 3], found: [2, 9])
      ])
    #expect(!part.report.isComplete)
    let whole = try part.completed(for: model.network, seed: 3)
    let drawn = try Weights(initializing: model.network, seed: 3).hostArrays()
    #expect(whole[0] == (try tensor([2, 2])))
    #expect(whole[2] == drawn[2])

    let nothing = try PartialWeights(
      tensors, for: model.network, matching: matching, source: "file")
    #expect(nothing.report.skipped == ["a.W", "a.b"])
    #expect(nothing.report.unexpected == ["extra", "net.a.W", "net.a.b"])
    let error = #expect(throws: EngineError.self) {
      try nothing.completed(for: model.network, seed: 3)
    }
    #expect(error?.message.hasPrefix("Nothing of file fits the network 'm';") == true)
    #expect(throws: EngineError.self) { try ParamsMatching.Renaming("net.a.*=x") }
  }

  @Test func `two tensors that come to one name are refused`() throws {
    let model = try model()
    let one = try HostArray([1 as Float], shape: [1])
    let error = #expect(throws: EngineError.self) {
      try PartialWeights(
        ["x.b": one, "y.b": one], for: model.network,
        matching: .init(renamings: [try .init("x.*=a.*"), try .init("y.*=a.*")]), source: "file")
    }
    #expect(error?.message.contains("both come to the name 'a.b'") == true)
  }

  @Test(arguments: [
    ("conv1.W", "conv*", true), ("conv1.W", "*.W", true), ("conv1.W", "*1?W", true),
    ("conv1.W", "conv", false), ("conv1.W", "*", true), ("", "*", true), ("", "?", false),
    ("aXbXc", "a*b*c", true), ("aXbX", "a*b*c", false), ("conv1.W", "conv1.W", true),
    ("conv12.W", "conv?.W", false),
  ])
  func `patterns fit whole names`(name: String, pattern: String, fits: Bool) {
    #expect(ParamsMatching.matches(name, pattern) == fits)
  }

  @Test func `params keep their parent, and are found under a name from before`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let model = try model()
    try Params.save(
      weights(model) { _, _ in 1 }, of: model, as: "first", in: bench.workspace,
      origin: .init(step: 40))
    try Params.save(
      weights(model) { _, _ in 2 }, of: model, as: "second", in: bench.workspace,
      origin: .init(parent: "first@1"))
    try bench.workspace.params.rename(model: "m", name: "first", to: "base")
    let old = try Params.find("first", model: "m", in: bench.workspace)
    #expect(old.reference == "base@1")
    let child = try Params.find("second", model: "m", in: bench.workspace)
    #expect(child.parent == "base@1")
    #expect(child.version.branchStep == 40)
    let tree = try Params.tree(ofModel: "m", in: bench.workspace)
    #expect(tree.description == "● base@1\n↓ second@1")
  }
}
