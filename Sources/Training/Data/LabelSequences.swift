import Lasagne
import Tensors

extension SampleLayout {
  /// Targets of `ctcLoss`: a row of labels for each sample, filled with negative numbers.
  ///
  /// - Throws: `TrainingError` for labels that are no classes, and for a sample whose labels do not
  ///   fit into the times of the network's output.
  func labelSequences(
    _ array: HostArray, blank: Int, part: String
  ) throws(TrainingError) -> HostArray {
    guard outputShape.count == 2, let classCount = outputShape[1], blank < classCount else {
      let shape = outputShape.map { $0.map(String.init) ?? "any" }.joined(separator: "×")
      throw TrainingError(
        .data,
        "The network gives \(shape) numbers for each sample; ctcLoss needs a row of classes for "
          + "each time, the blank \(blank) among them.")
    }
    guard array.shape.count == 2,
      ![.float16, .bfloat16, .float32, .float64, .bool].contains(array.dataType)
    else {
      throw TrainingError(
        .data,
        "The \(part) targets are \(array.dataType.rawValue) numbers of shape \(array.shape); ctcLoss "
          + "needs a row of whole class numbers a sample, filled with -1.")
    }
    let labels = array.converted(to: .int64)
    let values = labels.values(as: Int64.self)
    let width = array.shape[1]
    for sample in 0..<array.shape[0] {
      let row = values[(sample * width)..<((sample + 1) * width)]
      let known = Array(row.prefix { $0 >= 0 })
      guard row.dropFirst(known.count).allSatisfy({ $0 < 0 }) else {
        throw TrainingError(
          .data,
          "The \(part) target of sample \(sample) has labels behind a negative number; put all "
            + "labels first.")
      }
      if let wrong = known.first(where: { $0 >= classCount || $0 == blank }) {
        throw TrainingError(
          .data,
          "The \(part) target of sample \(sample) has the label \(wrong), but labels go from 0 to "
            + "\(classCount - 1) without the blank \(blank); correct the data or widen the output.")
      }
      // Between two equal labels there has to be a blank.
      let needed = known.count + zip(known, known.dropFirst()).count { $0 == $1 }
      if let times = outputShape[0], needed > times {
        throw TrainingError(
          .data,
          "The \(part) target of sample \(sample) needs \(needed) times, but the network's output "
            + "has \(times); shorten the labels or lengthen the output.")
      }
    }
    return labels
  }
}
