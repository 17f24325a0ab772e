import Tensors

/// What must hold for arrays to be a data set.
struct DatasetCheck {
  let dataset: String

  private func failure(_ reason: String) -> DatasetError {
    DatasetError(dataset: dataset, reason: reason)
  }

  /// Samples must be there, and each must have one target.
  func rows(
    _ inputs: HostArray, _ inputsName: String, _ targets: HostArray?, _ targetsName: String
  ) throws(DatasetError) {
    guard let count = inputs.shape.first else {
      throw failure("has a single number as \(inputsName), expected an array of samples")
    }
    guard count > 0, inputs.count > 0 else {
      throw failure("has no samples: the shape of \(inputsName) is \(inputs.shape)")
    }
    guard let targets else { return }
    guard let targetCount = targets.shape.first, targetCount == count else {
      throw failure(
        "has \(count) \(inputsName) but \(targets.shape.first ?? 0) \(targetsName), expected as "
          + "many")
    }
    guard targets.count > 0 else {
      throw failure("has empty \(targetsName): their shape is \(targets.shape)")
    }
  }

  /// Further arrays must have one row for each sample they belong to, and names of their own.
  func others(
    _ others: [String: HostArray], _ inputs: HostArray, _ testInputs: HostArray?
  ) throws(DatasetError) {
    for (name, array) in others.sorted(by: { $0.key < $1.key }) {
      guard !["inputs", "targets", "testInputs", "testTargets"].contains(name) else {
        throw failure("has two arrays called \(name)")
      }
      let beginning = name.dropFirst("test".count)
      let plain = beginning.prefix(1).lowercased() + beginning.dropFirst()
      let isTest = name.hasPrefix("test") && (others[plain] ?? others[String(beginning)]) != nil
      guard let samples = isTest ? testInputs : inputs else {
        throw failure("has \(name) but no testInputs")
      }
      try rows(samples, isTest ? "testInputs" : "inputs", array, name)
    }
  }

  /// Training and test samples must have the same shape.
  func sameSamples(
    _ first: HostArray, _ second: HostArray, _ secondName: String
  ) throws(DatasetError) {
    // [N] and [N, 1] hold the same targets.
    let shapes = [first, second].map { array in
      array.shape.count == 2 && array.shape[1] == 1 ? [] : Array(array.shape.dropFirst())
    }
    guard shapes[0] == shapes[1] else {
      throw failure(
        "has \(secondName) of shape \(second.shape), expected [N"
          + first.shape.dropFirst().map { ", \($0)" }.joined() + "]")
    }
  }

  /// Whether targets are class numbers: one number a sample, whole or with classes named.
  static func areClasses(_ targets: HostArray?, _ classNames: [String]) -> Bool {
    guard let targets else { return false }
    let isColumn = targets.shape.count == 1 || targets.shape.count == 2 && targets.shape[1] == 1
    return isColumn && (!targets.dataType.isFloatingPoint || !classNames.isEmpty)
  }

  /// Class numbers of steps must be those of named classes, or negative where nothing is to be learned.
  func stepLabels(
    _ targets: HostArray?, _ name: String, _ classes: Int
  ) throws(DatasetError) {
    guard let targets, !targets.dataType.isFloatingPoint else { return }
    let values = targets.values(as: Int64.self)
    let width = max(1, values.count / max(1, targets.shape.first ?? 1))
    guard let place = values.firstIndex(where: { $0 >= Int64(classes) }) else { return }
    throw failure(
      "has label \(values[place]) in row \(place / width), step \(place % width) of \(name), "
        + "expected 0 to \(classes - 1), or -1 for none")
  }

  /// Class numbers as int64 `[N]`, each checked to lie in `0..<classes` (0 classes: any number).
  func labels(
    _ targets: HostArray?, _ name: String, _ classes: Int
  ) throws(DatasetError) -> (array: HostArray, highest: Int)? {
    guard let targets else { return nil }
    if targets.dataType.isFloatingPoint {
      let values = targets.values(as: Double.self)
      if let row = values.firstIndex(where: { $0 != $0.rounded() || !$0.isFinite }) {
        throw failure(
          "has label \(values[row]) in row \(row) of \(name), expected whole numbers")
      }
    }
    let values = targets.values(as: Int64.self)
    let limit = Int64(classes == 0 ? Dataset.mostClasses : classes)
    if let row = values.firstIndex(where: { $0 < 0 || $0 >= limit }) {
      let advice =
        classes == 0 ? "; numbers to predict that are no classes must be floating point" : ""
      throw failure(
        "has label \(values[row]) in row \(row) of \(name), expected 0 to \(limit - 1)\(advice)")
    }
    do {
      return (try HostArray(values, shape: [values.count]), Int(values.max() ?? -1))
    } catch {
      throw failure(error.message)
    }
  }
}
