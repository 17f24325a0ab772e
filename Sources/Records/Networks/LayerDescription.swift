/// A type of layer as a person chooses it: what it is for, and what can be set.
public struct LayerDescription: Codable, Equatable, Sendable {
  /// The name in model files: `Conv2DLayer`.
  public var type: String
  /// The group it is offered in: `Convolution`.
  public var group: String
  /// What it is for, as one sentence.
  public var summary: String
  /// What automatic names begin with: `conv`.
  public var prefix: String
  /// How many layers it has to read.
  public var leastIncomings: Int
  /// How many layers it may read; `nil` for any number.
  public var mostIncomings: Int?
  /// What can be set, in the order in which files have it.
  public var settings: [SettingDescription]

  /// Makes a description from its parts.
  public init(
    type: String, group: String, summary: String, prefix: String, leastIncomings: Int,
    mostIncomings: Int?, settings: [SettingDescription]
  ) {
    self.type = type
    self.group = group
    self.summary = summary
    self.prefix = prefix
    self.leastIncomings = leastIncomings
    self.mostIncomings = mostIncomings
    self.settings = settings
  }
}

/// One setting of a ``LayerDescription``.
public struct SettingDescription: Codable, Equatable, Sendable {
  /// How a person is asked for it.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A whole number.
    case wholeNumber
    /// Any number.
    case number
    /// On or off.
    case flag
    /// One of some words.
    case choice
    /// The name of a layer.
    case layer
    /// A function, which may have arguments.
    case nonlinearity
    /// Where the first numbers of a parameter come from.
    case source
    /// A number or one for each axis, or a word.
    case sizes
    /// Anything else, as a file has it.
    case value
  }

  /// The key in model files.
  public var key: String
  /// How a person is asked for it.
  public var kind: Kind
  /// Whether every file must have it.
  public var isRequired: Bool
  /// Whether `null` is a value of it.
  public var allowsNull: Bool
  /// The value where a file leaves it out.
  public var standard: JSONValue?
  /// The words it may be, where there are such.
  public var words: [String]
  /// What it is for, as one sentence.
  public var help: String

  /// Makes a description from its parts.
  public init(
    key: String, kind: Kind, isRequired: Bool, allowsNull: Bool, standard: JSONValue?,
    words: [String], help: String
  ) {
    self.key = key
    self.kind = kind
    self.isRequired = isRequired
    self.allowsNull = allowsNull
    self.standard = standard
    self.words = words
    self.help = help
  }
}
