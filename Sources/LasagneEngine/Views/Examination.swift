import Foundation
import Lasagne
import Records
import Tensors
import Training

/// How a network classifies the samples of a part of its data.
public struct Examination: Codable, Equatable, Sendable {
  /// One sample and what became of it.
  public struct Case: Codable, Equatable, Sendable {
    /// Its place in the array.
    public var index: Int
    /// Its class.
    public var label: Int
    /// The class the network gives it.
    public var predicted: Int
    /// The network's output for the class it gives.
    public var output: Double
    /// The network's output for the class it has.
    public var outputOfLabel: Double
  }

  /// The figures of one class.
  public struct ClassFigures: Codable, Equatable, Sendable {
    /// The class.
    public var label: Int
    /// Its name.
    public var name: String
    /// How many samples have it.
    public var count: Int
    /// The share of the samples given this class that have it; `nil` where none is given it.
    public var precision: Double?
    /// The share of the samples of this class that are given it; `nil` where there are none.
    public var recall: Double?
    /// The harmonic mean of the two; `nil` where one is missing.
    public var f1: Double?
  }

  /// Updates that made the weights.
  public var step: Int
  /// The part of the data: `test`, `validation`.
  public var part: String
  /// The parts that there are.
  public var parts: [String]
  /// The name of the data set.
  public var data: String
  /// The array of inputs.
  public var array: String
  /// How many samples were looked at.
  public var count: Int
  /// The share of samples that are classified as they are.
  public var accuracy: Double
  /// The names of the classes.
  public var classNames: [String]
  /// How many samples of each class (rows) are given each class (columns).
  public var matrix: [[Int]]
  /// The figures of each class.
  public var classes: [ClassFigures]
  /// The wrong ones of which the network is surest, the surest first.
  public var worst: [Case]
}

/// What a network gives for each sample of a part, kept to answer questions about it.
public struct Judgement: Sendable {
  /// How many of the worst errors are listed.
  public static let worstCount = 60

  private let look: (step: Int, parts: [String], data: String, classNames: [String])
  private let part: String
  private let array: String
  private let cases: [Examination.Case]
  private let classCount: Int

  /// Runs the network over a part; takes as long as that takes, on the calling thread.
  ///
  /// - Throws: `EngineError` where the part has no classes, `TrainingError` where the data do not fit.
  public init(_ look: SessionLook, part name: String) throws {
    let part = try look.part(name)
    try Backend.load()
    // The sessions have the machine; whoever looks takes one thread.
    Backend.setThreadCount(1)
    let isWhole = part.indices.count == part.inputs.shape.first
    let inputs = try isWhole ? part.inputs : part.inputs.rows(part.indices)
    let evaluator = Evaluator(
      network: look.network, weights: try Weights(look.weights, for: look.network),
      recipe: look.recipe)
    let outputs = try evaluator.predict(inputs)
    guard outputs.shape.count == 2, outputs.shape[1] > 1 else {
      throw EngineError(
        .invalid,
        "The network '\(look.network.name)' gives \(outputs.shape.dropFirst()) numbers a sample, not "
          + "one for each of several classes; there is nothing to confuse.")
    }
    let width = outputs.shape[1]
    let values = outputs.values(as: Float.self)
    var cases: [Examination.Case] = []
    cases.reserveCapacity(part.indices.count)
    for (row, index) in part.indices.enumerated() {
      var best = 0
      for column in 1..<width where values[row * width + column] > values[row * width + best] {
        best = column
      }
      let label = part.labels[index]
      guard (0..<width).contains(label) else { continue }
      cases.append(
        Examination.Case(
          index: index, label: label, predicted: best,
          output: Double(values[row * width + best]),
          outputOfLabel: Double(values[row * width + label])))
    }
    self.cases = cases
    self.part = name
    array = part.array
    classCount = width
    self.look = (
      look.step, look.parts, look.data.record.name, (0..<width).map(look.data.className)
    )
  }

  /// Updates that made the weights.
  public var step: Int { look.step }

  /// The summary.
  public var examination: Examination {
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for one in cases { matrix[one.label][one.predicted] += 1 }
    func surer(_ one: Examination.Case, _ other: Examination.Case) -> Bool {
      (one.output - one.outputOfLabel, other.index)
        > (other.output - other.outputOfLabel, one.index)
    }
    let wrong = cases.filter { $0.label != $0.predicted }.sorted(by: surer)
    let figures = (0..<classCount).map { label in
      let right = Double(matrix[label][label])
      let have = matrix[label].reduce(0, +)
      let given = matrix.reduce(0) { $0 + $1[label] }
      let precision = given > 0 ? right / Double(given) : nil
      let recall = have > 0 ? right / Double(have) : nil
      let f1: Double? =
        if let precision, let recall {
          precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        } else {
          nil
        }
      return Examination.ClassFigures(
        label: label, name: look.classNames[label], count: have, precision: precision,
        recall: recall, f1: f1)
    }
    let right = cases.count - wrong.count
    return Examination(
      step: look.step, part: part, parts: look.parts, data: look.data, array: array,
      count: cases.count, accuracy: cases.isEmpty ? 0 : Double(right) / Double(cases.count),
      classNames: look.classNames, matrix: matrix, classes: figures,
      worst: Array(wrong.prefix(Self.worstCount)))
  }

  /// The samples of one class that are given another (or the same), the surest first.
  ///
  /// - Parameters:
  ///   - label: The class they have; any where it is `nil`.
  ///   - predicted: The class they are given; any where it is `nil`.
  public func cases(label: Int?, predicted: Int?, limit: Int = 200) -> [Examination.Case] {
    Array(
      cases.filter { $0.label == label ?? $0.label && $0.predicted == predicted ?? $0.predicted }
        .sorted { ($0.output, $1.index) > ($1.output, $0.index) }.prefix(limit))
  }
}
