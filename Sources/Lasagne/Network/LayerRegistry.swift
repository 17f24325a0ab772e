import Synchronization

/// The layer types that model files may name, by type name.
///
/// All of the library's own are in it; a layer of one's own is added once, before the first file that
/// names it is read: `LayerRegistry.shared.register(Squash.self)`.
public final class LayerRegistry: Sendable {
  /// The registry of this process.
  public static let shared = LayerRegistry(LayerRegistry.standardTypes)

  private let types: Mutex<[String: any Layer.Type]>

  init(_ types: [any Layer.Type]) {
    var table = Dictionary(types.map { ($0.typeName, $0) }, uniquingKeysWith: { $1 })
    for (alias, type) in Self.aliases { table[alias] = type }
    for (name, variant) in LayerVariant.all { table[name] = variant.type }
    self.types = Mutex(table)
  }

  /// Adds layer types under their type names; one of the same name is replaced.
  public func register(_ types: any Layer.Type...) { register(types) }

  /// Adds layer types under their type names; one of the same name is replaced.
  public func register(_ types: [any Layer.Type]) {
    self.types.withLock { table in
      for type in types { table[type.typeName] = type }
    }
  }

  /// The layer type of this name.
  public func type(named name: String) -> (any Layer.Type)? { types.withLock { $0[name] } }

  /// Every name a model file may use, sorted.
  public var names: [String] { types.withLock { $0.keys.sorted() } }
}
