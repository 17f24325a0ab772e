/// Chooses parameters by their tags: some must be there, some must not.
public struct TagFilter: Equatable, Sendable {
  /// The tags a parameter must have.
  public var required: Set<ParameterTag>
  /// The tags a parameter must not have.
  public var forbidden: Set<ParameterTag>

  /// A filter; without tags it lets every parameter pass.
  public init(required: Set<ParameterTag> = [], forbidden: Set<ParameterTag> = []) {
    self.required = required
    self.forbidden = forbidden
  }

  /// The parameters penalties are meant for: weights, not biases.
  public static let regularizable = TagFilter(required: [.regularizable])

  /// Whether a parameter with these tags passes.
  public func accepts(_ tags: Set<ParameterTag>) -> Bool {
    required.isSubset(of: tags) && forbidden.isDisjoint(with: tags)
  }
}
