/// Sizes beyond any machine's memory, refused before arithmetic on them could overflow.
enum NetworkLimits {
  /// The longest axis.
  static let length = 1 << 31
  /// The most entries of one parameter.
  static let entries = 1 << 42
}
