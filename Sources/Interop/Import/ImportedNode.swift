import Foundation
import Tensors

/// One node of an ONNX graph, with its attributes by name.
struct ImportedNode {
  let type: String
  let name: String
  let inputs: [String]
  let outputs: [String]
  private let attributes: [String: ONNXAttribute]

  init(_ node: ONNXNode) throws {
    type = node.opType
    name = node.name
    inputs = node.input
    outputs = node.output
    var attributes: [String: ONNXAttribute] = [:]
    for attribute in node.attribute { attributes[attribute.name] = attribute }
    self.attributes = attributes
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      throw problem("is of the domain '\(node.domain)', which is not known here.")
    }
  }

  /// What sentences call it: `the node 'fc1' (Gemm)`.
  var label: String {
    let shown = name.isEmpty ? outputs.first ?? "" : name
    return "The node '\(shown.prefix(80))' (\(type.prefix(40)))"
  }

  /// An error of this node; the text continues its name.
  func problem(_ text: String) -> InteropError { InteropError("\(label) \(text)") }

  func has(_ name: String) -> Bool { attributes[name] != nil }

  func int(_ name: String, _ fallback: Int) -> Int {
    attributes[name].map { Int($0.i) } ?? fallback
  }

  /// A number, as the shortest decimal that means the stored one: 0.1, not 0.100000001490116.
  func float(_ name: String, _ fallback: Double) -> Double {
    attributes[name].map { Double($0.f.description) ?? Double($0.f) } ?? fallback
  }

  func text(_ name: String, _ fallback: String) -> String {
    attributes[name].map { String(decoding: $0.s, as: UTF8.self) } ?? fallback
  }

  func ints(_ name: String) -> [Int]? { attributes[name]?.ints.map { Int($0) } }

  /// Whole numbers, of which there must be a certain number.
  func ints(_ name: String, count: Int, else value: Int) throws -> [Int] {
    guard let values = ints(name) else { return [Int](repeating: value, count: count) }
    guard values.count == count, values.allSatisfy({ $0.magnitude < 1 << 31 }) else {
      throw problem("has \(values.count) numbers in '\(name)', expected \(count).")
    }
    return values
  }

  func texts(_ name: String) -> [String]? {
    attributes[name]?.strings.map { String(decoding: $0, as: UTF8.self) }
  }

  func floats(_ name: String) -> [Float]? { attributes[name]?.floats }

  func array(_ name: String) throws -> HostArray? {
    guard let attribute = attributes[name], attribute.hasT else { return nil }
    return try ONNXReader.array(attribute.t, "an array of \(label)")
  }

  /// Refuses an attribute whose value is not the one that is understood.
  func require(_ name: String, _ value: Int) throws {
    guard int(name, value) == value else {
      throw problem("has \(name) \(int(name, value)); only \(value) can be read.")
    }
  }
}
