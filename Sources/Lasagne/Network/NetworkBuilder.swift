/// Collects layers written one below the other, with `if` and `for` between them.
@resultBuilder
public enum NetworkBuilder {
  /// A layer.
  public static func buildExpression(_ layer: any Layer) -> [NetworkPart] { [NetworkPart(layer)] }
  /// A layer with its place.
  public static func buildExpression(_ part: NetworkPart) -> [NetworkPart] { [part] }
  /// A residual block.
  public static func buildExpression(_ block: Residual) -> [NetworkPart] { block.parts }
  /// Several layers made by a function.
  public static func buildExpression(_ parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// Layers one below the other.
  public static func buildBlock(_ parts: [NetworkPart]...) -> [NetworkPart] { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ parts: [NetworkPart]?) -> [NetworkPart] { parts ?? [] }
  /// The first branch of an `if`.
  public static func buildEither(first parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// The second branch of an `if`.
  public static func buildEither(second parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// A `for` loop.
  public static func buildArray(_ parts: [[NetworkPart]]) -> [NetworkPart] { parts.flatMap { $0 } }
}
