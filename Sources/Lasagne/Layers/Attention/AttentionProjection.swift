/// The weights of one of the four linear maps of a `MultiHeadAttentionLayer`.
public struct AttentionProjection: Equatable, Hashable, Sendable {
  /// The weights, of shape (inputs, outputs).
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?

  /// A map with a bias that begins at 0 unless told otherwise.
  public init(W: ParameterSource = .glorotUniform(), b: ParameterSource? = .constant(0)) {
    self.W = W
    self.b = b
  }

  /// `W_query` and `b_query`, if that is what the map is called.
  func parameters(_ map: String, from inputs: Int, to outputs: Int) -> [ParameterSpec] {
    var specs = [ParameterSpec("W_\(map)", shape: [inputs, outputs], source: W)]
    if let b {
      specs.append(ParameterSpec("b_\(map)", shape: [outputs], source: b, tags: [.trainable]))
    }
    return specs
  }
}

extension AttentionProjection: Codable {
  /// Reads `{W: …, b: …}`; what is left out has its default, `b: null` is no bias.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    let (hasW, hasB) = (container.contains(NameKey("W")), container.contains(NameKey("b")))
    self.init()
    if hasW { W = try container.decode(ParameterSource.self, forKey: NameKey("W")) }
    if hasB { b = try container.decodeIfPresent(ParameterSource.self, forKey: NameKey("b")) }
  }

  /// Writes what `init(from:)` reads, defaults left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    let defaults = AttentionProjection()
    if W != defaults.W { try container.encode(W, forKey: NameKey("W")) }
    if b != defaults.b { try container.encode(b, forKey: NameKey("b")) }
  }
}
