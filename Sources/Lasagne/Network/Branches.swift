/// Branches that all read the layer before them, and the layer that joins their ends.
///
/// A branch without layers passes on what all of them read. `.named` gives the joining layer its name.
/// ```swift
/// merge(ConcatLayer()) {
///   branch { NINLayer(16) }
///   branch {
///     NINLayer(8)
///     Conv2DLayer(16, filterSize: 3, pad: .same)
///   }
/// }
/// ```
public func merge(
  _ layer: any Layer, @BranchBuilder _ branches: () throws -> [Branch]
) rethrows -> [NetworkPart] {
  [NetworkPart].forked(try branches().map(\.parts)) + [NetworkPart(layer)]
}

/// One of the ways through a ``merge(_:_:)``; without layers it passes on what it reads.
public func branch(
  @NetworkBuilder _ layers: () throws -> [NetworkPart]
) rethrows -> Branch {
  Branch(parts: try layers())
}

/// One of the ways through a ``merge(_:_:)``.
public struct Branch {
  let parts: [NetworkPart]
}

/// Collects branches written one below the other, with `if` and `for` between them.
@resultBuilder
public enum BranchBuilder {
  /// A branch.
  public static func buildExpression(_ branch: Branch) -> [Branch] { [branch] }
  /// Branches one below the other.
  public static func buildBlock(_ branches: [Branch]...) -> [Branch] { branches.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ branches: [Branch]?) -> [Branch] { branches ?? [] }
  /// The first way of an `if`.
  public static func buildEither(first branches: [Branch]) -> [Branch] { branches }
  /// The second way of an `if`.
  public static func buildEither(second branches: [Branch]) -> [Branch] { branches }
  /// A `for` loop.
  public static func buildArray(_ branches: [[Branch]]) -> [Branch] { branches.flatMap { $0 } }
}

extension [NetworkPart] {
  /// Branches that begin at the same place; the part after them reads the ends of all.
  static func forked(_ branches: [[NetworkPart]]) -> [NetworkPart] {
    let ways = branches.flatMap { [NetworkPart(.begins)] + $0 + [NetworkPart(.ends)] }
    return [NetworkPart(.opens)] + ways + [NetworkPart(.closes)]
  }
}

/// A step on the way through a fork: what the next layer reads.
enum ForkStep {
  /// Remembers what the branches read.
  case opens
  /// Goes back there for the next branch.
  case begins
  /// Remembers where a branch has come.
  case ends
  /// Goes on with the ends of all branches.
  case closes
}

/// A fork that is being walked through.
struct Fork {
  /// What the branches read.
  let origin: [String]
  /// Where those walked have ended.
  var ends: [String] = []
}
