import Datasets
import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Training

/// The samples of a data set, to look at.
public struct DataView: Sendable {
  /// What is known of the data set.
  public let record: DataRecord
  private let workspace: Workspace

  /// Opens a data set of a workspace.
  ///
  /// - Throws: `EngineError` if there is none of this name.
  public init(_ name: String, in workspace: Workspace) throws {
    record = try DataRecord.find(name, in: workspace)
    self.workspace = workspace
  }

  /// An array of the data set; its bytes are read when they are used.
  ///
  /// - Throws: `EngineError` if it has none of this name, `FileFormatError` if it cannot be read.
  public func array(_ name: String) throws -> HostArray {
    guard let found = record.arrays.first(where: { $0.name == name }) else {
      throw EngineError.unknown(
        "array of the data '\(record.name)'", name, among: record.arrays.map(\.name))
    }
    return try Npy.read(workspace.data.arrayURL(found, of: record.name))
  }

  /// The name of the array of targets beside one of inputs.
  private static func targets(of inputs: String) -> String {
    inputs.hasSuffix("Inputs")
      ? inputs.dropLast("Inputs".count) + "Targets" : inputs == "inputs" ? "targets" : ""
  }

  /// The class numbers that belong to an array of inputs; `nil` where there are none.
  public func labels(of inputs: String) throws -> [Int]? {
    guard let found = record.arrays.first(where: { $0.name == Self.targets(of: inputs) }),
      found.shape.dropFirst().allSatisfy({ $0 == 1 }), !found.dataType.contains("float")
    else { return nil }
    return try array(found.name).values(as: Int64.self).map { Int($0) }
  }

  /// The name of a class, else its number.
  public func className(_ label: Int) -> String {
    record.classNames.indices.contains(label) ? record.classNames[label] : String(label)
  }

  /// Some samples of an array, by their class where one is given.
  ///
  /// - Parameters:
  ///   - from: How many of those that fit are left out at the beginning.
  ///   - count: How many follow at most.
  public func samples(
    of inputs: String, label: Int? = nil, from: Int = 0, count: Int = 60
  ) throws -> DataSamples {
    let array = try array(inputs)
    let labels = try labels(of: inputs)
    let total = array.shape.first ?? 0
    if label != nil, labels == nil {
      throw EngineError(.invalid, "The array '\(inputs)' has no classes to choose by.")
    }
    let fitting =
      label.map { wanted in (labels ?? []).indices.filter { labels?[$0] == wanted } }
      ?? Array(0..<total)
    let chosen = fitting.dropFirst(max(0, from)).prefix(max(0, count))
    let shape = Array(array.shape.dropFirst())
    // Rows of a table are shown as numbers, all else as pictures.
    let isText = isText(inputs, array)
    let isTable = isText || shape.count <= 1 && shape.reduce(1, *) <= 64
    let rows = try isTable ? array.rows(Array(chosen)) : nil
    let width = shape.reduce(1, *)
    let values = rows?.values(as: Double.self)
    return DataSamples(
      array: inputs, total: total, fitting: fitting.count, shape: shape, isTable: isTable,
      samples: chosen.enumerated().map { place, index in
        DataSamples.Sample(
          index: index, label: labels?[index],
          name: isText
            ? values.map { text($0[(place * width)..<((place + 1) * width)]) }
            : labels.map { className($0[index]) },
          values: isText ? nil : values.map { Array($0[(place * width)..<((place + 1) * width)]) })
      })
  }

  /// Whether samples are rows of characters: whole numbers with a target for each, and classes that
  /// are named after characters.
  private func isText(_ inputs: String, _ array: HostArray) -> Bool {
    let targets = record.arrays.first { $0.name == Self.targets(of: inputs) }
    return array.shape.count == 2 && !array.dataType.isFloatingPoint
      && targets?.shape == array.shape && targets?.dataType.contains("float") == false
      && !record.classNames.isEmpty
      && record.classNames.allSatisfy { $0.unicodeScalars.count == 1 }
  }

  /// The characters of a row, each of which shows.
  private func text(_ numbers: ArraySlice<Double>) -> String {
    let shown = ["\n": "⏎", "\r": "␍", "\t": "⇥"]
    return numbers.map { number in
      let name = className(Int(number))
      return shown[name] ?? name
    }.joined()
  }

  /// Samples of an array as images of their own numbers.
  ///
  /// - Throws: `EngineError` where a sample is no image or is not there.
  public func images(of name: String, at indices: [Int]) throws -> ImageStack {
    let array = try array(name)
    let total = array.shape.first ?? 0
    guard indices.allSatisfy({ (0..<total).contains($0) }) else {
      throw EngineError(
        .unknown, "The array '\(name)' has samples 0 to \(total - 1) only.")
    }
    let size = try Self.imageSize(Array(array.shape.dropFirst()), of: name)
    return ImageStack(
      key: name, step: 0, time: record.createdAt, count: indices.count, channels: size.channels,
      height: size.height, width: size.width,
      values: try array.rows(indices).values(as: Float.self))
  }

  /// The numbers that are black and white in pictures of an array; `nil` where that is for the
  /// samples to say.
  public func range(of name: String) -> ClosedRange<Double>? {
    record.arrays.first { $0.name == name }?.dataType == "uint8" ? 0...255 : nil
  }

  /// Samples as a network would get them in some epochs: for each sample a row, as it is and then
  /// once for each epoch, scaled as in training.
  ///
  /// - Throws: `TrainingError` where the augmentation cannot be used or does not fit the samples.
  public func augmented(
    _ inputs: String, at indices: [Int], epochs: Int, by recipe: Recipe
  ) throws -> ImageStack {
    let array = try array(inputs)
    let shape = Array(array.shape.dropFirst())
    let size = try Self.imageSize(shape, of: inputs)
    let sample = [size.channels, size.height, size.width]
    // Augmentations see shapes and classes of a network; which layers follow is nothing to them.
    let network = try Network("augmentation", input: sample) {
      DenseLayer(max(2, record.classNames.count), nonlinearity: .softmax)
    }
    var recipe = recipe
    recipe.objectives = nil
    var plain = recipe
    plain.augmentation = []
    let before = try SampleView(array, network: network, recipe: plain)
    let after = try SampleView(array, network: network, recipe: recipe)
    guard indices.allSatisfy({ (0..<before.count).contains($0) }) else {
      throw EngineError(
        .unknown, "The array '\(inputs)' has samples 0 to \(before.count - 1) only.")
    }
    var columns = [try before.augmented(indices, epoch: 0).values(as: Float.self)]
    for epoch in 0..<epochs {
      columns.append(try after.augmented(indices, epoch: epoch).values(as: Float.self))
    }
    let width = sample.reduce(1, *)
    var values: [Float] = []
    for row in indices.indices {
      for column in columns { values += column[(row * width)..<((row + 1) * width)] }
    }
    return ImageStack(
      key: inputs, step: 0, time: record.createdAt, count: indices.count * columns.count,
      channels: size.channels, height: size.height, width: size.width, values: values)
  }

  static func imageSize(
    _ shape: [Int], of name: String
  ) throws -> (channels: Int, height: Int, width: Int) {
    switch shape.count {
    case 3 where shape[0] == 1 || shape[0] == 3: return (shape[0], shape[1], shape[2])
    // Further channels stand one below the other.
    case 3: return (1, shape[0] * shape[1], shape[2])
    case 2: return (1, shape[0], shape[1])
    case 1: return (1, 1, shape[0])
    default:
      throw EngineError(
        .invalid, "A sample of the array '\(name)' has shape \(shape), which is no picture.")
    }
  }
}

/// Samples of an array, as a page lists them.
public struct DataSamples: Codable, Equatable, Sendable {
  /// One sample.
  public struct Sample: Codable, Equatable, Sendable {
    /// Its place in the array.
    public var index: Int
    /// Its class; `nil` where there are none.
    public var label: Int?
    /// The name of its class, or the text that it is.
    public var name: String?
    /// Its numbers, where it is a row of a table.
    public var values: [Double]?
  }

  /// The array.
  public var array: String
  /// How many samples it has.
  public var total: Int
  /// How many of them fit what was asked.
  public var fitting: Int
  /// The shape of a sample.
  public var shape: [Int]
  /// Whether a sample is a row of numbers and no picture.
  public var isTable: Bool
  /// The samples.
  public var samples: [Sample]
}
