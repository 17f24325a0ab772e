/// A shape or an argument that an initializer cannot work with, in one sentence.
public struct InitializerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Lasagne's name of the initializer.
  public let initializer: String
  /// The shape that was asked for.
  public let shape: [Int]
  /// The sentence.
  public let description: String
}
