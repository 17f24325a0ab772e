import Foundation
import Records
import Tensors

extension DataView {
  /// The mean of all samples of an array as an image, and after it the mean of each class where
  /// there are classes, in the order of their numbers; from every sample.
  ///
  /// A class without a sample has a mean of what is not a number.
  ///
  /// - Throws: `EngineError` where a sample is no image.
  public func meanImages(of name: String) throws -> ImageStack {
    let array = try array(name)
    let shape = Array(array.shape.dropFirst())
    let size = try Self.imageSize(shape, of: name)
    let labels = try labels(of: name)
    // More classes than a person can look at are not drawn one by one.
    let highest = labels?.max() ?? 0
    let classes = labels == nil || highest >= 200 || labels?.min() ?? 0 < 0 ? 0 : highest + 1
    let width = max(1, shape.reduce(1, *))
    let total = array.shape.first ?? 0
    try Backend.load()
    Backend.setThreadCount(1)
    var sums = try Tensor.zeros([classes + 1, width], dataType: .float64)
    var counts = [Double](repeating: 0, count: classes + 1)
    let step = max(1, (1 << 20) / width)
    for start in stride(from: 0, to: total, by: step) {
      let rows = Array(start..<min(total, start + step))
      var belongs = [Double](repeating: 0, count: (classes + 1) * rows.count)
      for (place, row) in rows.enumerated() {
        belongs[place] = 1
        counts[0] += 1
        guard classes > 0, let label = labels?[row] else { continue }
        belongs[(label + 1) * rows.count + place] = 1
        counts[label + 1] += 1
      }
      let samples = try Tensor(try array.rows(rows)).reshaped([rows.count, width])
        .converted(to: .float64)
      let matrix = try Tensor(HostArray(belongs, shape: [classes + 1, rows.count]))
      sums = try sums + matrix.matmul(samples)
    }
    let means = try sums / Tensor(HostArray(counts, shape: [classes + 1, 1]))
    return ImageStack(
      key: name, step: 0, time: record.createdAt, count: classes + 1, channels: size.channels,
      height: size.height, width: size.width, values: try means.values(as: Float.self))
  }
}
