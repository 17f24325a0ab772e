import Foundation
import Lasagne

// Layers over sequences, however long these are.
extension LayerExport {
  func attention(_ layer: MultiHeadAttentionLayer) throws -> String {
    let (sources, mask) = layer.roles(inputs)
    let lengths = layer.roles(shapes)
    let width = try array("W_query").shape[1] / layer.numHeads
    func heads(_ value: String, _ shape: Shape, _ map: String) throws -> String {
      let mapped = try mapped(value, map)
      let split = try reshaped(
        mapped, from: shape, to: [.axis(0), .axis(1), .fixed(layer.numHeads), .fixed(width)])
      return permuted(split, [0, 2, 1, 3])
    }
    let queries = try heads(sources.query, lengths.sources.query, "query")
    let keys = try heads(sources.key, lengths.sources.key, "key")
    let values = try heads(sources.value, lengths.sources.value, "value")
    let scaled = op("Mul", [queries, try number(1 / Double(width).squareRoot())])
    var scores = op("MatMul", [scaled, permuted(keys, [0, 1, 3, 2])])
    let visible = try visible(
      layer, mask, lengths.mask, queries: sources.query, keys: sources.key)
    if let visible { scores = op("Where", [visible, scores, try number(-1e30)]) }
    var weights = op("Softmax", [scores], .int("axis", 3))
    if let visible, mask != nil { weights = op("Where", [visible, weights, try number(0)]) }
    let joined = permuted(op("MatMul", [weights, values]), [0, 2, 1, 3])
    return try mapped(
      op("Reshape", [joined, try ints([0, 0, layer.numHeads * width])]), "output")
  }

  private func mapped(_ value: String, _ map: String) throws -> String {
    let product = op("MatMul", [value, try parameter("W_\(map)")])
    return has("b_\(map)") ? op("Add", [product, try parameter("b_\(map)")]) : product
  }

  /// Which keys each query sees, or nil where it sees all.
  private func visible(
    _ layer: MultiHeadAttentionLayer, _ mask: String?, _ shape: Shape?, queries: String,
    keys: String
  ) throws -> String? {
    var visible: String?
    if let mask, let shape {
      let isGiven = op("Not", [op("Equal", [mask, try number(0)])])
      visible = try unsqueezed(isGiven, shape.count == 2 ? [1, 2] : [1])
    }
    guard layer.causal else { return visible }
    let rows = try unsqueezed(steps(of: queries), [0, 1, 3])
    let columns = try unsqueezed(steps(of: keys), [0, 1, 2])
    let earlier = op("LessOrEqual", [columns, rows])
    return visible.map { op("And", [$0, earlier]) } ?? earlier
  }

  /// 0, 1, 2, … for the steps of a sequence.
  private func steps(of value: String) throws -> String {
    let count = op("Gather", [op("Shape", [value]), try int(1)], .int("axis", 0))
    return op("Range", [try int(0), count, try int(1)])
  }

  func positions() throws -> String {
    let W = try parameter("W")
    if try array("W").shape[0] == shape[1] { return op("Add", [x, W]) }
    let count = op("Gather", [op("Shape", [x]), try ints([1])], .int("axis", 0))
    return op("Add", [x, op("Slice", [W, try ints([0]), count, try ints([0])])])
  }

  func waves(_ layer: SinusoidalPositionLayer) throws -> String {
    let features = shape[2] ?? 0
    let pairs = (features + 1) / 2
    let rates = (0..<pairs).map { exp(-2 * log(layer.base) / Double(features) * Double($0)) }
    if let steps = shape[1] {
      let values = (0..<steps).flatMap { step in
        (0..<features).map { feature in
          let angle = Double(step) * rates[feature / 2]
          return feature.isMultiple(of: 2) ? sin(angle) : cos(angle)
        }
      }
      return op("Add", [x, try constant(values, shape: [steps, features], "waves")])
    }
    let places = op("Cast", [try steps(of: x)], .int("to", Int(ONNXCode.float)))
    let angles = op(
      "Mul", [try unsqueezed(places, [1]), try constant(rates, shape: [1, pairs], "rates")])
    let both = op(
      "Concat",
      [try unsqueezed(op("Sin", [angles]), [2]), try unsqueezed(op("Cos", [angles]), [2])],
      .int("axis", 2))
    let waves = op("Reshape", [both, try ints([0, 2 * pairs])])
    return op("Add", [x, try sliced(waves, axis: 1, from: 0, to: features)])
  }
}
