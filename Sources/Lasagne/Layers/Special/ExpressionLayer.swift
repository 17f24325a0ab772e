import Tensors

/// Applies a function written in Swift.
///
/// Two such layers are equal only if one is a copy of the other, and no model file can hold them: for
/// that, write a layer type of your own (``Layer``) and register it.
public struct ExpressionLayer: Layer {
  /// What shape the function's output has.
  public enum OutputShape: Sendable {
    /// That of the input.
    case sameAsInput
    /// Found by running the function on zeros: lengths that change with an unknown length are unknown.
    case automatic
    /// This one.
    case fixed(Shape)
    /// What a function makes of the input's shape.
    case computed(@Sendable (Shape) throws(NetworkError) -> Shape)
  }

  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  private let expression: Expression

  /// A layer that applies a function; it must not keep tensors or change them.
  public init(
    outputShape: OutputShape = .sameAsInput, name: String? = nil,
    _ function: @escaping @Sendable (Tensor) throws(TensorError) -> Tensor
  ) {
    self.name = name
    expression = Expression(function: function, outputShape: outputShape)
  }

  /// Never succeeds: files hold no functions.
  public init(from decoder: any Decoder) throws {
    throw NetworkError(
      "computes a function written in Swift, which no model file holds; build this network in Swift, or "
        + "write a layer type of your own and register it.")
  }

  /// Never succeeds: files hold no functions.
  public func encode(to encoder: any Encoder) throws {
    throw NetworkError(
      "it computes a function written in Swift, which no model file holds; write a layer type of your "
        + "own and register it.")
  }

  /// The shape of the output; throws where the function refuses zeros of the input's shape.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    switch expression.outputShape {
    case .sameAsInput: return inputs[0]
    case .fixed(let shape): return shape
    case .computed(let function): return try function(inputs[0])
    case .automatic:
      let (first, second) = (try probe(inputs[0], 2), try probe(inputs[0], 3))
      return zip(first, second).map { $0 == $1 ? $0 : nil }
    }
  }

  private func probe(_ shape: Shape, _ length: Int) throws(NetworkError) -> [Int] {
    do {
      return try withoutGradients { () throws(TensorError) in
        try expression.function(.zeros(shape.map { $0 ?? length })).shape
      }
    } catch {
      throw NetworkError(
        "cannot tell the shape of its output, as its function refuses zeros of shape "
          + "\(shape.text): \(error)")
    }
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try expression.function(inputs[0])
  }

  /// Equal if one is a copy of the other.
  public static func == (first: ExpressionLayer, second: ExpressionLayer) -> Bool {
    first.name == second.name && first.expression === second.expression
  }
}

/// A function that can be told from others.
private final class Expression: Sendable {
  let function: @Sendable (Tensor) throws(TensorError) -> Tensor
  let outputShape: ExpressionLayer.OutputShape

  init(
    function: @escaping @Sendable (Tensor) throws(TensorError) -> Tensor,
    outputShape: ExpressionLayer.OutputShape
  ) {
    self.function = function
    self.outputShape = outputShape
  }
}
