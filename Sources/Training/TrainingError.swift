/// Why a recipe, data or a checkpoint cannot be used, or why a run ended; the description is one
/// sentence.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong.
  public enum Kind: String, Equatable, Sendable {
    /// A field of the recipe.
    case recipe
    /// The arrays, or how they fit the network.
    case data
    /// A checkpoint, or how it fits the network.
    case checkpoint
    /// The loss became infinite or not a number.
    case nonFiniteLoss
    /// A variable of the environment.
    case environment
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// What was found, what was expected, what to do.
  public let description: String

  /// Makes an error from its sentence.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
