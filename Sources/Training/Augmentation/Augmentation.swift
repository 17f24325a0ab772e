import Lasagne

/// One way in which samples are changed before a network learns from them.
///
/// All but ``normalise(mean:deviation:)`` are for training only. What happens to a sample is a pure
/// function of the recipe's seed, the epoch and the sample, never of its batch. Images are
/// `channels × rows × columns`.
public enum Augmentation: Equatable, Hashable, Sendable {
  /// A border of zeros is added and a part of the old size cut out, anywhere.
  case randomCrop(padding: Int)
  /// Left and right are exchanged, with a probability.
  case horizontalFlip(probability: Double = 0.5)
  /// Top and bottom are exchanged, with a probability.
  case verticalFlip(probability: Double = 0.5)
  /// The image is moved by up to so many rows and columns either way; zeros come in.
  case shift(rows: Int, columns: Int)
  /// `(x - mean) / deviation`, one number a channel or one for all; also where nothing is trained.
  case normalise(mean: [Double], deviation: [Double])
  /// A sample and its target are mixed with another's: `λ · x + (1 - λ) · x'`, λ drawn from
  /// Beta(α, α).
  ///
  /// Zhang et al., mixup: Beyond Empirical Risk Minimization, 2018.
  case mixup(alpha: Double = 0.2)
  /// A square of so many rows and columns around a random point is set to zero.
  ///
  /// DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
  case cutout(size: Int)

  /// Every name a recipe may use.
  public static let names = [
    "randomCrop", "horizontalFlip", "verticalFlip", "shift", "normalise", "mixup", "cutout",
  ]

  /// The name without arguments.
  public var name: String {
    switch self {
    case .randomCrop: "randomCrop"
    case .horizontalFlip: "horizontalFlip"
    case .verticalFlip: "verticalFlip"
    case .shift: "shift"
    case .normalise: "normalise"
    case .mixup: "mixup"
    case .cutout: "cutout"
    }
  }

  /// Whether it needs samples of channels, rows and columns.
  var needsImages: Bool {
    switch self {
    case .randomCrop, .horizontalFlip, .verticalFlip, .shift, .cutout: true
    case .normalise, .mixup: false
    }
  }
}

extension Augmentation {
  /// Checks the arguments.
  ///
  /// - Throws: `TrainingError` that names the first one that cannot be used.
  func validate() throws(TrainingError) {
    func require(_ isFine: Bool, _ expected: String) throws(TrainingError) {
      if !isFine {
        throw TrainingError(.recipe, "The recipe's augmentation '\(name)' needs \(expected).")
      }
    }
    switch self {
    case .randomCrop(let padding):
      try require((1...4096).contains(padding), "a padding from 1 to 4096, got \(padding)")
    case .horizontalFlip(let probability), .verticalFlip(let probability):
      try require(
        (0...1).contains(probability), "a probability from 0 to 1, got \(probability)")
    case .shift(let rows, let columns):
      try require(
        (0...4096).contains(rows) && (0...4096).contains(columns) && rows + columns > 0,
        "rows and columns from 0 to 4096, not both 0, got \(rows) and \(columns)")
    case .normalise(let mean, let deviation):
      try require(
        !mean.isEmpty && mean.count == deviation.count,
        "as many means as deviations, got \(mean.count) and \(deviation.count)")
      try require(
        mean.allSatisfy(\.isFinite) && deviation.allSatisfy { $0.isFinite && $0 > 0 },
        "finite means and deviations above 0")
    case .mixup(let alpha):
      try require(alpha.isFinite && alpha > 0, "an alpha above 0, got \(alpha)")
    case .cutout(let size):
      try require((1...4096).contains(size), "a size from 1 to 4096, got \(size)")
    }
  }
}

extension Augmentation: Codable {
  /// Reads a name, or a name with arguments like `{randomCrop: {padding: 4}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("augmentation", known: Self.names, from: decoder)
    func needed<Value: Decodable>(_ argument: String, _ example: String) throws -> Value {
      guard let value: Value = try named.value(argument) else {
        throw named.failure(
          "The augmentation '\(named.name)' needs its \(argument), like \(example).")
      }
      return value
    }
    switch named.name {
    case "randomCrop":
      try named.checkArguments("padding")
      self = .randomCrop(padding: try needed("padding", "{padding: 4}"))
    case "horizontalFlip":
      try named.checkArguments("probability")
      self = .horizontalFlip(probability: try named.value("probability", default: 0.5))
    case "verticalFlip":
      try named.checkArguments("probability")
      self = .verticalFlip(probability: try named.value("probability", default: 0.5))
    case "shift":
      try named.checkArguments("rows", "columns")
      self = .shift(
        rows: try named.value("rows", default: 0), columns: try named.value("columns", default: 0))
    case "normalise":
      try named.checkArguments("mean", "deviation")
      let example = "{mean: [0.1307], deviation: [0.3081]}"
      self = .normalise(
        mean: try needed("mean", example), deviation: try needed("deviation", example))
    case "mixup":
      try named.checkArguments("alpha")
      self = .mixup(alpha: try named.value("alpha", default: 0.2))
    default:
      try named.checkArguments("size")
      self = .cutout(size: try needed("size", "{size: 8}"))
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .horizontalFlip(let probability), .verticalFlip(let probability):
      return try NamedArgumentsWriter.write(
        name, [("probability", probability, 0.5)], to: encoder)
    case .mixup(let alpha):
      return try NamedArgumentsWriter.write(name, [("alpha", alpha, 0.2)], to: encoder)
    default: break
    }
    var writer = NamedArgumentsWriter(name, to: encoder)
    switch self {
    case .randomCrop(let padding): try writer.argument("padding", padding)
    case .shift(let rows, let columns):
      try writer.argument("rows", rows)
      try writer.argument("columns", columns)
    case .normalise(let mean, let deviation):
      try writer.argument("mean", mean)
      try writer.argument("deviation", deviation)
    case .cutout(let size): try writer.argument("size", size)
    case .horizontalFlip, .verticalFlip, .mixup: break
    }
  }
}
