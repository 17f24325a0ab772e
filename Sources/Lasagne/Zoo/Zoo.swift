/// Ready networks, each a function with the few arguments that matter.
///
/// ```swift
/// let network = try Zoo.resnet(input: [3, 32, 32], depth: 56, classes: 100)
/// ```
/// They are written as one's own network would be, from the same layers and helpers: read them as
/// examples. `Zoo.entries` lists them for programs that choose one by its name.
public enum Zoo {
  /// Every network of the zoo, the simplest first.
  public static let entries: [ZooEntry] = [
    mlpEntry, lenetEntry, vggEntry, ninEntry, inceptionEntry, resnetEntry, densenetEntry,
    unetEntry, autoencoderEntry, siameseEntry, spatialTransformerEntry, lstmClassifierEntry,
    gruClassifierEntry, charLanguageModelEntry, transformerClassifierEntry, visionTransformerEntry,
  ]

  /// The network of this name; throws one sentence with the closest name where there is none.
  public static func entry(_ name: String) throws(NetworkError) -> ZooEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw NetworkError(
        "There is no network '\(name)' in the zoo: "
          + Spelling.hint(for: name, among: entries.map(\.name)))
    }
    return entry
  }

  /// Refuses an input of another number of axes (without the batch).
  static func checkInput(
    _ input: [Int], _ axes: [String], of network: String
  ) throws(NetworkError) {
    guard input.count == axes.count, input.allSatisfy({ $0 > 0 }) else {
      throw NetworkError(
        "The network '\(network)' needs an input of \(axes.count) lengths of at least 1 "
          + "(\(axes.joined(separator: ", "))), got \(input).")
    }
  }

  /// Refuses an argument out of range.
  static func checkCount(
    _ count: Int, _ argument: String, in range: ClosedRange<Int> = 1...NetworkLimits.length,
    of network: String
  ) throws(NetworkError) {
    guard range.contains(count) else {
      let bound =
        count < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
      throw NetworkError("The network '\(network)' needs \(argument) to be \(bound), got \(count).")
    }
  }

  /// How many layers a network may have on each other.
  static let depths = 1...10_000

  /// The axes of images, as sentences name them.
  static let imageAxes = ["channels", "rows", "columns"]
}
