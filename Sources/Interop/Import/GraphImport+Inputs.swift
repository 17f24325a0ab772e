import Lasagne
import Tensors

// What nodes read.
extension GraphImport {
  /// The value a node reads; nil where the input is left out.
  func optional(_ node: ImportedNode, _ index: Int) throws -> Value? {
    guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { return nil }
    guard let value = values[node.inputs[index]] else {
      throw node.problem(
        "reads '\(node.inputs[index].prefix(80))', which is no input, no constant and not given by a "
          + "node before it.")
    }
    return value
  }

  /// The value a node reads.
  func value(_ node: ImportedNode, _ index: Int) throws -> Value {
    guard let value = try optional(node, index) else {
      throw node.problem("has no input \(index), which it needs.")
    }
    return value
  }

  /// What a node reads, which must be computed from the network's inputs.
  func flow(_ node: ImportedNode, _ index: Int = 0) throws -> Flow {
    guard case .flow(let flow) = try value(node, index) else {
      throw node.problem(
        "computes with constants only in input \(index); fold them before exporting.")
    }
    return flow
  }

  /// A constant a node reads; nil where the input is left out.
  func optionalConstant(_ node: ImportedNode, _ index: Int) throws -> HostArray? {
    switch try optional(node, index) {
    case nil: return nil
    case .constant(let array): return array
    case .lengths(let lengths):
      let known = lengths.compactMap { if case .known(let length) = $0 { length } else { nil } }
      if known.count == lengths.count {
        return try HostArray(known.map(Int64.init), shape: [known.count])
      }
    default: break
    }
    throw node.problem("needs a constant as input \(index), got one that is computed.")
  }

  /// A constant a node reads.
  func constant(_ node: ImportedNode, _ index: Int) throws -> HostArray {
    guard let array = try optionalConstant(node, index) else {
      throw node.problem("has no input \(index), which it needs.")
    }
    return array
  }

  /// Whole numbers that a node has as an attribute or, in newer operator sets, as an input.
  func ints(_ node: ImportedNode, _ name: String, input: Int) throws -> [Int]? {
    if let values = node.ints(name) { return values }
    return try optionalConstant(node, input)?.values(as: Int64.self).map { Int($0) }
  }
}
