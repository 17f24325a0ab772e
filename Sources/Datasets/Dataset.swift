import Crypto
import Foundation
import Tensors

/// Why arrays make no data set, as one sentence.
public struct DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The data set's name.
  public let dataset: String
  /// What was wrong.
  public let reason: String

  /// An error about a data set.
  public init(dataset: String, reason: String) {
    self.dataset = dataset
    self.reason = reason
  }

  /// The sentence: the data set, then what was wrong with it.
  public var description: String { "\(dataset): \(reason)" }
}

/// Samples to learn from and, where they come with the data, samples to test on.
///
/// Row i of `targets` belongs to row i of `inputs`. A value: reading, splitting and training never
/// change it.
public struct Dataset: Equatable, Sendable {
  /// A label for people.
  public let name: String
  /// The samples: `[N, …]`, images as `[N, channels, height, width]`.
  public let inputs: HostArray
  /// Class numbers as int64 `[N]`, class numbers of steps or numbers to predict as `[N, …]`; nil without
  /// supervision.
  public let targets: HostArray?
  /// Samples kept apart for a final test.
  public let testInputs: HostArray?
  /// The targets of `testInputs`.
  public let testTargets: HostArray?
  /// Arrays for further inputs of networks by the names of the input layers, and those of the test as
  /// `testNAME`; each as long as the samples it belongs to.
  public let others: [String: HostArray]
  /// The names of the classes, by class number; empty when targets are not classes.
  public let classNames: [String]
  /// Where the data came from.
  public let source: String

  /// More classes than this are taken for a mistake: numbers to predict stored as integers.
  public static let mostClasses = 65_536

  /// A data set of arrays whose counts, shapes and labels are checked.
  ///
  /// Integer targets of shape `[N]` or `[N, 1]` are class numbers from 0; without class names they
  /// get their numbers as names. With class names, whole floating-point targets are class numbers too.
  public init(
    name: String, inputs: HostArray, targets: HostArray? = nil, testInputs: HostArray? = nil,
    testTargets: HostArray? = nil, others: [String: HostArray] = [:], classNames: [String] = [],
    source: String = ""
  ) throws(DatasetError) {
    let check = DatasetCheck(dataset: name)
    try check.rows(inputs, "inputs", targets, "targets")
    if let testInputs {
      try check.rows(testInputs, "testInputs", testTargets, "testTargets")
      try check.sameSamples(inputs, testInputs, "testInputs")
      guard (targets == nil) == (testTargets == nil) else {
        throw DatasetError(
          dataset: name, reason: "has targets for only one of training and test samples")
      }
    } else if testTargets != nil {
      throw DatasetError(dataset: name, reason: "has testTargets but no testInputs")
    }
    if let targets, let testTargets {
      try check.sameSamples(targets, testTargets, "testTargets")
    }
    try check.others(others, inputs, testInputs)
    let isClasses = DatasetCheck.areClasses(targets, classNames)
    let labels = isClasses ? try check.labels(targets, "targets", classNames.count) : nil
    let testLabels =
      isClasses ? try check.labels(testTargets, "testTargets", classNames.count) : nil
    if !isClasses, !classNames.isEmpty {
      try check.stepLabels(targets, "targets", classNames.count)
      try check.stepLabels(testTargets, "testTargets", classNames.count)
    }
    let highest = max(labels?.highest ?? -1, testLabels?.highest ?? -1)
    self.name = name
    self.inputs = inputs
    self.targets = labels?.array ?? targets
    self.testInputs = testInputs
    self.testTargets = testLabels?.array ?? testTargets
    self.others = others
    self.classNames =
      isClasses && classNames.isEmpty ? (0...max(0, highest)).map(String.init) : classNames
    self.source = source
  }

  /// The number of training samples.
  public var count: Int { inputs.shape[0] }

  /// The shape of one sample.
  public var sampleShape: [Int] { Array(inputs.shape.dropFirst()) }

  /// The number of classes; nil when targets are not classes.
  public var classCount: Int? { classNames.isEmpty ? nil : classNames.count }

  /// The class number of each training sample; nil when targets are not one class each.
  public var labels: [Int]? {
    guard !classNames.isEmpty, let targets, DatasetCheck.areClasses(targets, classNames) else {
      return nil
    }
    return targets.values(as: Int64.self).map { Int($0) }
  }

  /// The arrays there are, by the names `inputs`, `targets`, `testInputs`, `testTargets`, then the
  /// others in the order of their names.
  public var arrays: [(role: String, array: HostArray)] {
    let all: [(String, HostArray?)] = [
      ("inputs", inputs), ("targets", targets), ("testInputs", testInputs),
      ("testTargets", testTargets),
    ]
    return all.compactMap { role, array in array.map { (role, $0) } }
      + others.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Training and validation samples: `fraction` of every class, or of all where there are none.
  public func split(
    validationFraction fraction: Double, seed: UInt64
  ) -> (train: [Int], validation: [Int]) {
    if let labels { return Split.stratified(labels: labels, fraction: fraction, seed: seed) }
    return Split.random(count: count, fraction: fraction, seed: seed)
  }

  /// The SHA-256, in hexadecimal, of the roles, types, shapes and bytes of all arrays and of the class
  /// names.
  ///
  /// Equal data have equal fingerprints whatever they are called and wherever they came from. Reads
  /// every byte.
  public func fingerprint() -> String {
    var hash = SHA256()
    func update(_ text: String) {
      let bytes = Data(text.utf8)
      update(bytes.count)
      hash.update(data: bytes)
    }
    func update(_ number: Int) {
      var bytes = Data()
      bytes.append(number: Int64(number))
      hash.update(data: bytes)
    }
    update("lasagne dataset 1")
    for (role, array) in arrays {
      update(role)
      update(array.dataType.rawValue)
      update(array.shape.count)
      for length in array.shape { update(length) }
      update(array.data.count)
      hash.update(data: array.data)
    }
    update(classNames.count)
    for name in classNames { update(name) }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
