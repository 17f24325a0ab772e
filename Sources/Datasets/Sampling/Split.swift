/// Divides samples into a training and a validation part.
///
/// Each part lists its samples in ascending order, and equal arguments give equal parts.
public enum Split {
  /// Puts `fraction` of every class into the validation part.
  ///
  /// Each class gives `fraction` of its samples, rounded to the nearest whole number, halves up; a
  /// class with two samples or more keeps at least one in the training part and, where the fraction
  /// is above 0, gives at least one.
  public static func stratified(
    labels: [Int], fraction: Double, seed: UInt64
  ) -> (train: [Int], validation: [Int]) {
    var members: [Int: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    var validation: [Int] = []
    for label in members.keys.sorted() {
      var indices = members[label] ?? []
      var generator = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(label)))
      generator.shuffle(&indices)
      var count = share(of: indices.count, fraction)
      if indices.count > 1, fraction > 0, fraction < 1 {
        count = min(max(count, 1), indices.count - 1)
      }
      validation += indices.prefix(count)
    }
    return parts(of: labels.count, validation)
  }

  /// Puts `fraction` of all samples into the validation part, rounded to the nearest number.
  public static func random(
    count: Int, fraction: Double, seed: UInt64
  ) -> (train: [Int], validation: [Int]) {
    var indices = Array(0..<max(0, count))
    var generator = SplitMix64(seed: seed)
    generator.shuffle(&indices)
    return parts(of: indices.count, Array(indices.prefix(share(of: indices.count, fraction))))
  }

  private static func share(of count: Int, _ fraction: Double) -> Int {
    guard fraction > 0 else { return 0 }
    return Int((Double(count) * min(fraction, 1)).rounded())
  }

  private static func parts(
    of count: Int, _ validation: [Int]
  ) -> (train: [Int], validation: [Int]) {
    var isValidation = [Bool](repeating: false, count: count)
    for index in validation { isValidation[index] = true }
    let indices = 0..<count
    return (indices.filter { !isValidation[$0] }, indices.filter { isValidation[$0] })
  }
}
