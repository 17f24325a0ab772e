/// Any layer as one type that can be compared.
public struct AnyLayer: Equatable, Sendable {
  /// The layer itself.
  public let base: any Layer

  /// Wraps a layer.
  public init(_ base: any Layer) { self.base = base }

  /// The layer's type name in model files.
  public var typeName: String { type(of: base).typeName }

  /// Equal if the layers are of one type and equal.
  public static func == (first: AnyLayer, second: AnyLayer) -> Bool {
    func isEqual<Value: Layer>(_ value: Value) -> Bool { value == second.base as? Value }
    return isEqual(first.base)
  }
}
