import Foundation
import Lasagne
import Tensors

/// One layer on its way to ONNX: what it reads, its parameters, and where nodes go.
///
/// Each kind of layer has a method here, in the file of its kind, that adds its nodes and gives the name
/// of its output.
struct LayerExport {
  let node: NetworkNode
  /// The values it reads, in the order `forward` gets them.
  let inputs: [String]
  /// Their shapes; nil where a length is known only at run time.
  let shapes: [Shape]
  /// The shape of its output.
  let output: Shape
  /// The full names of its parameters by their names within the layer.
  let parameterNames: [String: String]
  /// All arrays of the network by full name.
  let arrays: [String: HostArray]
  let graph: GraphBuilder

  var x: String { inputs[0] }
  var shape: Shape { shapes[0] }

  /// Adds a node with one output.
  func op(
    _ type: String, _ inputs: [String], _ attributes: ONNXAttribute...
  ) -> String {
    op(type, inputs, attributes)
  }

  /// Adds a node with one output.
  func op(_ type: String, _ inputs: [String], _ attributes: [ONNXAttribute]) -> String {
    let name = graph.name("\(node.name)/\(type)")
    graph.add(type, inputs, attributes, outputs: [name])
    return name
  }

  // MARK: constants

  /// A constant list of whole numbers.
  func ints(_ values: [Int]) throws -> String {
    try constant(HostArray(values.map(Int64.init), shape: [values.count]), "ints \(values)", "ints")
  }

  /// A constant whole number.
  func int(_ value: Int) throws -> String {
    try constant(HostArray([Int64(value)], shape: []), "int \(value)", "int")
  }

  /// A constant number.
  func number(_ value: Double) throws -> String {
    try constant(HostArray([Float(value)], shape: []), "number \(value)", "number")
  }

  private func constant(_ array: HostArray, _ key: String, _ wish: String) throws -> String {
    graph.constant(array, key: key, wish: "constant/\(wish)")
  }

  /// A constant of this layer.
  func constant(_ values: [Double], shape: [Int], _ what: String) throws -> String {
    let array = try HostArray(values.map(Float.init), shape: shape)
    return graph.constant(array, key: "\(node.name) \(what)", wish: "\(node.name)/\(what)")
  }

  // MARK: parameters

  func has(_ name: String) -> Bool { parameterNames[name] != nil }

  /// The values of a parameter.
  func array(_ name: String) throws -> HostArray {
    guard let full = parameterNames[name], let array = arrays[full] else {
      throw InteropError(node, "has no parameter '\(name)' to be written.")
    }
    return array.converted(to: .float32)
  }

  /// A parameter as a constant, as it is or in another arrangement, which `form` names.
  func parameter(
    _ name: String, form: String = "", _ arrange: (Tensor) throws -> Tensor = { $0 }
  ) throws -> String {
    let full = parameterNames[name] ?? name
    let stored = try array(name)
    let array = form.isEmpty ? stored : try arrange(Tensor(stored)).hostArray()
    return graph.constant(array, key: "parameter \(full) \(form)", wish: full)
  }

  /// A parameter in another shape.
  func parameter(_ name: String, shape: [Int]) throws -> String {
    try parameter(name, form: "\(shape)") { try $0.reshaped(shape) }
  }

  /// A parameter that is the same along some axes, with lengths of 1 there.
  func parameter(_ name: String, across axes: [Int]) throws -> String {
    var lengths = try array(name).shape.makeIterator()
    return try parameter(
      name, shape: shape.indices.map { axes.contains($0) ? 1 : lengths.next() ?? 1 })
  }

  // MARK: shapes

  /// One length of a shape that a value gets.
  enum Length {
    case fixed(Int)
    /// The length that the value has on this axis now.
    case axis(Int)
    /// What is left.
    case rest
  }

  /// A value in another shape; `from` is the one it has.
  func reshaped(_ value: String, from: Shape, to lengths: [Length]) throws -> String {
    var sizes: [Int] = []
    for (place, length) in lengths.enumerated() {
      switch length {
      case .fixed(let length): sizes.append(length)
      case .axis(let axis): sizes.append(from[axis] ?? (axis == place ? 0 : -1))
      case .rest: sizes.append(-1)
      }
    }
    if sizes.filter({ $0 == -1 }).count <= 1 {
      return op("Reshape", [value, try ints(sizes)])
    }
    // More than one length is known only at run time: they are read from the value itself.
    let shape = op("Shape", [value])
    let parts = try lengths.enumerated().map { place, length in
      if case .axis(let axis) = length, from[axis] == nil {
        return op("Gather", [shape, try ints([axis])], .int("axis", 0))
      }
      return try ints([sizes[place]])
    }
    return op("Reshape", [value, op("Concat", parts, .int("axis", 0))])
  }

  /// The known lengths of the axes after the first two; throws where one is not known.
  func knownPlaces(_ shape: Shape) throws -> [Int] {
    let lengths = shape.dropFirst(2)
    guard lengths.allSatisfy({ $0 != nil }) else {
      throw InteropError(
        node,
        "cannot be exported for an input of shape \(shape.text), whose size is open; give the input "
          + "layer numbers there.")
    }
    return lengths.compactMap { $0 }
  }

  /// Entries of an axis from one place to before another.
  func sliced(_ value: String, axis: Int, from start: Int, to end: Int) throws -> String {
    op("Slice", [value, try ints([start]), try ints([end]), try ints([axis])])
  }

  /// A value with new axes of length 1.
  func unsqueezed(_ value: String, _ axes: [Int]) throws -> String {
    op("Unsqueeze", [value, try ints(axes)])
  }

  /// A value without axes of length 1.
  func squeezed(_ value: String, _ axes: [Int]) throws -> String {
    op("Squeeze", [value, try ints(axes)])
  }

  /// A value with its axes in another order.
  func permuted(_ value: String, _ axes: [Int]) -> String {
    axes == Array(axes.indices) ? value : op("Transpose", [value], .ints("perm", axes))
  }
}
