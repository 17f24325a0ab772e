/// The versions of one model's weights as a tree: what was made from what.
///
/// A flat list in the order of a drawing, each version after the one it was made from.
public struct ParamsTree: Codable, Equatable, Sendable {
  /// One version in the tree.
  public struct Node: Codable, Equatable, Sendable {
    /// `name@version`.
    public var reference: String
    /// What it was made from and is in the tree; `nil` for a root.
    public var parent: String?
    /// What it was made from, where that is gone.
    public var lostParent: String?
    /// How many forks lie above it.
    public var depth: Int
    /// What is known of it.
    public var version: ParamsVersion
  }

  /// The model.
  public var model: String
  /// The versions, each before those that were made from it.
  public var nodes: [Node]

  /// The tree of a model's params.
  ///
  /// - Parameter includesArchived: Whether archived versions are in it too; without them, those
  ///   made from one hang where it hung.
  public init(model: String, records: [ParamsRecord], includesArchived: Bool = true) {
    self.model = model
    var versions: [String: ParamsVersion] = [:]
    var order: [String] = []
    for record in records where record.model == model {
      for version in record.versions {
        versions[record.reference(version)] = version
        order.append(record.reference(version))
      }
    }
    func isShown(_ reference: String) -> Bool {
      includesArchived || versions[reference]?.archivedAt == nil
    }
    /// The nearest version above that is shown.
    func shownParent(_ reference: String) -> String? {
      var seen: Set<String> = [reference]
      var next = versions[reference]?.parent
      while let parent = next, versions[parent] != nil, seen.insert(parent).inserted {
        if isShown(parent) { return parent }
        next = versions[parent]?.parent
      }
      return nil
    }

    let shown = order.filter(isShown).sorted { left, right in
      let a = (versions[left]?.createdAt ?? 0, left)
      let b = (versions[right]?.createdAt ?? 0, right)
      return a < b
    }
    var parents: [String: String] = [:]
    var children: [String: [String]] = [:]
    for reference in shown {
      parents[reference] = shownParent(reference)
      if let parent = parents[reference] { children[parent, default: []].append(reference) }
    }

    nodes = []
    var placed: Set<String> = []
    // Roots first; a circle, which only a damaged record can hold, is cut at its oldest version.
    for start in shown.filter({ parents[$0] == nil }) + shown {
      var waiting = [(reference: start, parent: String?.none, depth: 0)]
      while let next = waiting.popLast() {
        guard let version = versions[next.reference], placed.insert(next.reference).inserted else {
          continue
        }
        let lost = version.parent.flatMap { versions[$0] == nil ? $0 : nil }
        nodes.append(
          Node(
            reference: next.reference, parent: next.parent, lostParent: lost, depth: next.depth,
            version: version))
        let below = children[next.reference] ?? []
        for child in below.reversed() {
          waiting.append((child, next.reference, next.depth + (below.count > 1 ? 1 : 0)))
        }
      }
    }
  }
}

extension ParamsTree: CustomStringConvertible {
  /// The tree as lines of text: forks are indented, an unforked history stays in its column.
  public var description: String {
    lines { $0.reference }.joined(separator: "\n")
  }

  /// One line a version, with what `label` says of it.
  public func lines(label: (Node) -> String) -> [String] {
    var counts: [String: Int] = [:]
    for node in nodes { if let parent = node.parent { counts[parent, default: 0] += 1 } }
    var left = counts
    /// What stands before the lines below a version.
    var indents: [String: String] = [:]
    return nodes.map { node in
      guard let parent = node.parent else {
        indents[node.reference] = ""
        return "● " + label(node)
      }
      let indent = indents[parent] ?? ""
      guard counts[parent, default: 1] > 1 else {
        indents[node.reference] = indent
        return indent + "↓ " + label(node)
      }
      left[parent, default: 1] -= 1
      let isLast = left[parent] == 0
      indents[node.reference] = indent + (isLast ? "   " : "│  ")
      return indent + (isLast ? "└─ " : "├─ ") + label(node)
    }
  }
}
