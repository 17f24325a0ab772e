import Datasets
import Tensors

/// The arrays a run learns from, in host memory or mapped from files; first axis: the samples.
///
/// Inputs are unsigned bytes or floats. Targets are class numbers (any whole-number type, one a
/// sample) or floats (probabilities of the classes, or values to fit).
public struct TrainingData: Equatable, Sendable {
  /// One input a row, for training.
  public var inputs: HostArray
  /// One target a row, for training.
  public var targets: HostArray
  /// Inputs for validation; `nil` holds out a part of the training samples.
  public var validationInputs: HostArray?
  /// Targets for validation.
  public var validationTargets: HostArray?
  /// Inputs for the test at the end; `nil` makes no test.
  public var testInputs: HostArray?
  /// Targets for the test at the end.
  public var testTargets: HostArray?
  /// Arrays for a network's input layers beside the first, each by the name of its layer; those of
  /// other parts by the names that ``Part/arrayName(_:)`` gives them.
  public var others: [String: HostArray] = [:]
  /// Where the arrays lie while a run goes on; by default each run has its own.
  public var arrays: any DeviceArrays = OwnArrays()

  /// Makes the data of a run from its arrays.
  public init(
    inputs: HostArray, targets: HostArray, validationInputs: HostArray? = nil,
    validationTargets: HostArray? = nil, testInputs: HostArray? = nil,
    testTargets: HostArray? = nil, others: [String: HostArray] = [:]
  ) {
    self.inputs = inputs
    self.targets = targets
    self.validationInputs = validationInputs
    self.validationTargets = validationTargets
    self.testInputs = testInputs
    self.testTargets = testTargets
    self.others = others
  }
}

extension TrainingData {
  /// Whether two runs learn from the same numbers, wherever these lie.
  public static func == (left: TrainingData, right: TrainingData) -> Bool {
    left.inputs == right.inputs && left.targets == right.targets
      && left.validationInputs == right.validationInputs
      && left.validationTargets == right.validationTargets
      && left.testInputs == right.testInputs && left.testTargets == right.testTargets
      && left.others == right.others
  }
}

extension TrainingData {
  /// The arrays of a data set; its test samples are used at the end of the run.
  ///
  /// - Throws: `TrainingError` if the data set has no targets.
  public init(_ dataset: Dataset) throws(TrainingError) {
    guard let targets = dataset.targets else {
      throw TrainingError(
        .data,
        "The data '\(dataset.name)' has inputs but no targets; training needs a target for each.")
    }
    self.init(
      inputs: dataset.inputs, targets: targets, testInputs: dataset.testInputs,
      testTargets: dataset.testTargets, others: dataset.others)
  }
}
