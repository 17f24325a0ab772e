import Datasets
import Foundation
import Lasagne
import Tensors

/// Runs one case and collects what does not agree, one line each.
struct GoldenRun {
  let golden: GoldenCase
  private(set) var problems: [String] = []

  init(_ golden: GoldenCase) { self.golden = golden }

  /// The problems of the whole case: structure, both modes, predictions from files.
  static func problems(_ golden: GoldenCase) -> [String] {
    var run = GoldenRun(golden)
    do {
      try run.all()
    } catch {
      run.problems.append("\(error)")
    }
    return run.problems.map { "\(golden.name): \($0)" }
  }

  private mutating func all() throws {
    let network = try golden.network()
    try structure(network)
    try pass(network, suffix: "", deterministic: true)
    if golden.has("output_train.npy") {
      try pass(network, suffix: "_train", deterministic: false)
    }
    let again = try Network(modelFile: network.modelFile())
    check(again == network, "YAML of the network reads back as another network")
    let json = try Network(modelFile: network.modelFile(format: .json))
    check(json == network, "JSON of the network reads back as another network")
  }

  private mutating func structure(_ network: Network) throws {
    let facts = golden.facts
    let parameters = network.parameters
    check(
      Self.agree(parameters.map(\.fullName), facts.paramNames),
      "names \(parameters.map(\.fullName))")
    check(parameters.map(\.shape) == facts.paramShapes, "shapes \(parameters.map(\.shape))")
    check(
      parameters.map { $0.tags.map(\.rawValue).sorted() } == facts.paramTags.map { $0.sorted() },
      "tags \(parameters.map(\.tags))")
    check(
      try network.outputShape() == facts.outputShape,
      "output shape differs from \(facts.outputShape)")
    for (layer, shape) in facts.layerOutputShapes {
      let ours = try network.outputShape(of: layer)
      check(ours == shape, "output shape of \(layer) is \(ours), expected \(shape)")
    }
  }

  /// Whether names are those of Lasagne; where it has one twice, ours puts the place before it.
  private static func agree(_ names: [String], _ recorded: [String]) -> Bool {
    var known: Set<String> = []
    return names.count == recorded.count
      && zip(names, recorded).allSatisfy { ours, theirs in
        known.insert(theirs).inserted ? ours == theirs : ours.hasSuffix(".\(theirs)")
      }
  }

  private mutating func pass(_ network: Network, suffix: String, deterministic: Bool) throws {
    let weights = try Weights(golden.numbered("params.npz"), for: network)
    let wanted = try golden.byInput("input_grad\(suffix).npy", "input_grads\(suffix).npz", network)
    var inputs: [String: Tensor] = [:]
    for (name, array) in try golden.byInput("input.npy", "inputs.npz", network) {
      let tensor = try network.tensor(array, for: name, weights: weights)
      if wanted[name] != nil { try tensor.setRequiresGradient(true) }
      inputs[name] = tensor
    }
    let forward = try network.forward(
      inputs, weights: weights, mode: ForwardMode(isDeterministic: deterministic))
    try compare(forward.output, golden.array("output\(suffix).npy"), "output\(suffix)")

    let trainable = weights.trainable
    let names = wanted.keys.sorted()
    let gradients = try Tensor.gradients(
      of: forward.output, withRespectTo: trainable + names.compactMap { inputs[$0] },
      cotangent: Tensor(golden.array("cotangent.npy")))
    let recorded = try golden.numbered("grads\(suffix).npz")
    check(recorded.count == trainable.count, "\(trainable.count) gradients")
    for (index, array) in recorded.enumerated() where index < trainable.count {
      try compare(gradients[index], array, "gradient\(suffix) of \(golden.facts.gradNames[index])")
    }
    for (index, name) in names.enumerated() {
      guard let array = wanted[name] else { continue }
      try compare(gradients[trainable.count + index], array, "input gradient\(suffix) of \(name)")
    }
    if !deterministic, golden.has("params_after_train.npz") {
      try forward.applyUpdates()
      for (index, array) in try golden.numbered("params_after_train.npz").enumerated() {
        try compare(
          weights.tensors[index], array, "\(weights.parameters[index].fullName) after training")
      }
    }
  }

  // MARK: comparing

  private mutating func check(_ isTrue: Bool, _ problem: @autoclosure () -> String) {
    if !isTrue { problems.append(problem()) }
  }

  private mutating func compare(_ actual: Tensor, _ recorded: HostArray, _ what: String) throws {
    guard actual.shape == recorded.shape else {
      problems.append("\(what) has shape \(actual.shape), recorded \(recorded.shape)")
      return
    }
    let excess = zip(try actual.values(as: Double.self), recorded.values(as: Double.self)).map {
      abs($0 - $1) - golden.facts.atol - golden.facts.rtol * abs($1)
    }
    let outside = excess.filter { !($0 <= 0) }
    check(
      outside.isEmpty,
      "\(what): \(outside.count) of \(excess.count) numbers beyond the tolerance, worst by "
        + "\(outside.max() ?? .nan)")
  }
}
