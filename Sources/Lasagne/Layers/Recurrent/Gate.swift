/// The weights and the nonlinearity of one gate of an `LSTMLayer` or a `GRULayer`.
public struct Gate: Equatable, Hashable, Sendable {
  /// The weights of the input.
  public var WIn: ParameterSource
  /// The weights of the hidden state.
  public var WHid: ParameterSource
  /// The peephole: weights of the cell's state; nil for gates that do not look at it.
  public var WCell: ParameterSource?
  /// The bias.
  public var b: ParameterSource
  /// What is applied to the gate's sum.
  public var nonlinearity: Nonlinearity

  /// A gate with Lasagne's defaults.
  public init(
    WIn: ParameterSource = .normal(std: 0.1), WHid: ParameterSource = .normal(std: 0.1),
    WCell: ParameterSource? = .normal(std: 0.1), b: ParameterSource = .constant(0),
    nonlinearity: Nonlinearity = .sigmoid
  ) {
    self.WIn = WIn
    self.WHid = WHid
    self.WCell = WCell
    self.b = b
    self.nonlinearity = nonlinearity
  }

  /// The default of an LSTM's cell input and a GRU's update of the state: tanh, no peephole.
  public static var cell: Gate { Gate(WCell: nil, nonlinearity: .tanh) }

  /// The same gate with the given peephole.
  func with(WCell: ParameterSource?) -> Gate {
    var copy = self
    copy.WCell = WCell
    return copy
  }

  /// The parameters of the input, the state and the bias: `W_in_to_ingate`, `W_hid_to_ingate`,
  /// `b_ingate`.
  func parameters(_ gate: String, features: Int, units: Int) -> [ParameterSpec] {
    [
      ParameterSpec("W_in_to_\(gate)", shape: [features, units], source: WIn),
      ParameterSpec("W_hid_to_\(gate)", shape: [units, units], source: WHid),
      ParameterSpec("b_\(gate)", shape: [units], source: b, tags: [.trainable]),
    ]
  }
}

extension Gate: Codable {
  private static let keys = ["WIn", "WHid", "WCell", "b", "nonlinearity"]

  /// Reads `{WIn: …, WHid: …, WCell: …, b: …, nonlinearity: …}`; what is left out has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    let isPresent = Self.keys.map { container.contains(NameKey($0)) }
    self.init()
    func read<Value: Decodable>(_ index: Int, _ value: inout Value) throws {
      if isPresent[index] {
        value = try container.decode(Value.self, forKey: NameKey(Self.keys[index]))
      }
    }
    try read(0, &WIn)
    try read(1, &WHid)
    try read(2, &WCell)
    try read(3, &b)
    try read(4, &nonlinearity)
  }

  /// Writes what `init(from:)` reads; the nonlinearity always, as its default depends on the gate.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    let defaults = Gate()
    if WIn != defaults.WIn { try container.encode(WIn, forKey: NameKey("WIn")) }
    if WHid != defaults.WHid { try container.encode(WHid, forKey: NameKey("WHid")) }
    if let WCell, WCell != defaults.WCell { try container.encode(WCell, forKey: NameKey("WCell")) }
    if b != defaults.b { try container.encode(b, forKey: NameKey("b")) }
    try container.encode(nonlinearity, forKey: NameKey("nonlinearity"))
  }
}
