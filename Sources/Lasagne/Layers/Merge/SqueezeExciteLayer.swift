import Tensors

/// Squeeze and excitation (Hu, Shen & Sun 2018): each channel times a gate that sees all channels.
///
/// The mean of every channel over all positions goes through two dense maps,
/// `gate(nonlinearity(mean · W_squeeze + b_squeeze) · W_excite + b_excite)`. Parameters in order:
/// W_squeeze (channels, hidden), b_squeeze, W_excite (hidden, channels), b_excite.
public struct SqueezeExciteLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// How many times fewer numbers there are between the two maps than channels, at least one.
  public var ratio: Int
  /// The weights of the first map.
  public var WSqueeze: ParameterSource
  /// The bias of the first map; nil: none.
  public var bSqueeze: ParameterSource?
  /// The weights of the second map.
  public var WExcite: ParameterSource
  /// The bias of the second map; nil: none.
  public var bExcite: ParameterSource?
  /// What is applied between the two maps.
  public var nonlinearity: Nonlinearity
  /// What makes the gates of the second map's numbers.
  public var gate: Nonlinearity

  /// A layer with the paper's settings.
  public init(
    ratio: Int = 16, WSqueeze: ParameterSource = .glorotUniform(),
    bSqueeze: ParameterSource? = .constant(0), WExcite: ParameterSource = .glorotUniform(),
    bExcite: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    gate: Nonlinearity = .sigmoid, name: String? = nil
  ) {
    self.name = name
    self.ratio = ratio
    self.WSqueeze = WSqueeze
    self.bSqueeze = bSqueeze
    self.WExcite = WExcite
    self.bExcite = bExcite
    self.nonlinearity = nonlinearity
    self.gate = gate
  }

  /// The layer with every default.
  public init() { self.init(ratio: 16) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<SqueezeExciteLayer>] {
    [
      .optional("ratio", \.ratio), .optional("WSqueeze", \.WSqueeze),
      .optional("bSqueeze", \.bSqueeze), .optional("WExcite", \.WExcite),
      .optional("bExcite", \.bExcite), .optional("nonlinearity", \.nonlinearity),
      .optional("gate", \.gate),
    ]
  }

  /// What sets it apart in a few words.
  public var detail: String { "ratio \(ratio)" }

  private func channels(_ input: Shape) throws(NetworkError) -> Int {
    guard input.count >= 3, let channels = input[1] else {
      throw NetworkError(
        "needs an input of at least 3 axes (batch, channels, positions) with a known number of "
          + "channels, got \(input.text).")
    }
    return channels
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard ratio > 0 else { throw NetworkError("needs a ratio of at least 1, got \(ratio).") }
    _ = try channels(inputs[0])
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let channels = try channels(inputs[0])
    let hidden = max(1, channels / ratio)
    var specs = [ParameterSpec("W_squeeze", shape: [channels, hidden], source: WSqueeze)]
    if let bSqueeze {
      specs.append(
        ParameterSpec("b_squeeze", shape: [hidden], source: bSqueeze, tags: [.trainable]))
    }
    specs.append(ParameterSpec("W_excite", shape: [hidden, channels], source: WExcite))
    if let bExcite {
      specs.append(
        ParameterSpec("b_excite", shape: [channels], source: bExcite, tags: [.trainable]))
    }
    return specs
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    func map(_ x: Tensor, _ name: String) throws(TensorError) -> Tensor {
      let W = try context.parameter("W_\(name)")
      guard let b = context.optionalParameter("b_\(name)") else { return try x.matmul(W) }
      return try Tensor.addmm(b, x, W)
    }
    let means = try input.mean(axes: Array(2..<input.rank))
    let hidden = try nonlinearity(map(means, "squeeze"))
    let gates = try gate(map(hidden, "excite"))
    let ones = [Int](repeating: 1, count: input.rank - 2)
    return try input * gates.reshaped(gates.shape + ones)
  }
}
