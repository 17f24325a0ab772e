import Tensors

/// Chooses parameters by their tags: some must be there, some must not.
public struct TagFilter<Tag: Hashable & Sendable>: Equatable, Sendable {
  /// The tags a parameter must have.
  public var required: Set<Tag>
  /// The tags a parameter must not have.
  public var forbidden: Set<Tag>

  /// A filter; without tags it lets every parameter pass.
  public init(required: Set<Tag> = [], forbidden: Set<Tag> = []) {
    self.required = required
    self.forbidden = forbidden
  }

  /// Whether a parameter with these tags passes.
  public func accepts(_ tags: Set<Tag>) -> Bool {
    required.isSubset(of: tags) && forbidden.isDisjoint(with: tags)
  }
}

/// The penalty of those parameters of a network that pass the filter, for Lasagne's
/// `regularize_network_params`; 0 where none passes.
public func regularizeParameters<Tag>(
  _ parameters: [(tensor: Tensor, tags: Set<Tag>)], _ penalty: Penalty, filter: TagFilter<Tag>
) throws(TensorError) -> Tensor {
  try applyPenalty(parameters.filter { filter.accepts($0.tags) }.map(\.tensor), penalty)
}
