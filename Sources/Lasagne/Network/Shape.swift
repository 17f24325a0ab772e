/// The length of each axis of a tensor; `nil` where it is known only at run time (the batch).
public typealias Shape = [Int?]

extension [Int?] {
  /// The shape as sentences show it: `[?, 3, 28, 28]`.
  public var text: String { "[" + map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" }

  /// The number of entries, or nil where a length is unknown.
  package var entryCount: Int? {
    var product = 1
    for length in self {
      guard let length else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }

  /// Whether a tensor of the given shape may stand where this shape is expected.
  func accepts(_ shape: [Int]) -> Bool {
    count == shape.count && zip(self, shape).allSatisfy { $0 == nil || $0 == $1 }
  }
}
