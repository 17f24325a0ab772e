import Foundation
import Tensors

/// Samples laid out in a plane so that those near each other stay near each other: t-SNE.
///
/// Van der Maaten and Hinton, Visualizing data using t-SNE, 2008, with all pairs of samples and no
/// approximation; begun from the principal components, which keeps the large distances meaningful
/// and leaves nothing to chance (Kobak and Berens, The art of using t-SNE for single-cell
/// transcriptomics, 2019).
public struct NeighbourEmbedding: Sendable {
  /// How an embedding is made.
  public struct Settings: Equatable, Sendable {
    /// About how many neighbours each sample has; at most a third of the others.
    public var perplexity = 30.0
    /// How many steps are made.
    public var iterations = 750
    /// In how many of the first steps neighbours attract each other more.
    public var exaggeratedIterations = 250
    /// How much more.
    public var exaggeration = 12.0

    /// The usual settings.
    public init() {}
  }

  /// Where each sample lies: all first coordinates, then all second ones.
  public let coordinates: [[Double]]
  /// How much the neighbourhoods in the plane differ from those of the samples: the
  /// Kullback–Leibler divergence, in nats.
  public let divergence: Double

  /// Lays out samples in rows, `[samples, features]`, of which there must be four.
  ///
  /// - Throws: `TensorError` where the samples are no matrix or hold what is not a number.
  public init(_ samples: Tensor, settings: Settings = Settings()) throws(TensorError) {
    let start = try PrincipalComponents(samples, count: 2).coordinates
    let affinities = try Self.affinities(samples, perplexity: settings.perplexity)
    var layout = Layout(start: start)
    let field = try Field(affinities)
    for iteration in 0..<settings.iterations {
      let isEarly = iteration < settings.exaggeratedIterations
      let gradient = try field.gradient(
        layout.places, exaggeration: isEarly ? settings.exaggeration : 1)
      layout.move(
        against: gradient, momentum: isEarly ? 0.5 : 0.8,
        rate: max(50, Double(layout.count) / settings.exaggeration / 4))
    }
    coordinates = layout.axes
    divergence = try field.divergence(layout.places)
  }

  /// How near each sample is to each other, in equal parts from both: symmetric, 0 on the diagonal,
  /// with the sum 1.
  static func affinities(_ samples: Tensor, perplexity: Double) throws(TensorError) -> Tensor {
    let centered = try PrincipalComponents.centered(samples)
    let count = centered.shape[0]
    guard count >= 4 else {
      throw TensorError(
        operation: "NeighbourEmbedding", message: "at least 4 samples are needed",
        shapes: [samples.shape])
    }
    let squares = try centered.squared().sum(axes: [1], keepAxes: true)
    let distances = try
      (squares + squares.transposed() - centered.matmul(centered.transposed()) * 2)
      .maximum(0)
    // A unit in which no power under- or overflows.
    let mean = try distances.mean().item()
    let scaled = try distances * (mean > 0 ? 1 / mean : 1)
    let others = try 1 - Tensor.eye(count, dataType: .float64)
    let wanted = Foundation.log(min(perplexity, Double(count - 1) / 3))
    var bounds = [(low: Double, high: Double)](repeating: (0, .infinity), count: count)
    var sharpness = [Double](repeating: 1, count: count)
    var near = others
    for _ in 0..<64 {
      let column = try Tensor(HostArray(sharpness, shape: [count, 1]))
      near = try (scaled * column * -1).exponential() * others
      let sums = try near.sum(axes: [1], keepAxes: true).maximum(1e-300)
      let weighted = try (near * scaled).sum(axes: [1], keepAxes: true) / sums
      let entropies = try (sums.log() + weighted * column).values(as: Double.self)
      near = try near / sums
      var isDone = true
      for row in 0..<count where abs(entropies[row] - wanted) > 1e-6 {
        isDone = false
        if entropies[row] > wanted {
          bounds[row].low = sharpness[row]
          sharpness[row] =
            bounds[row].high.isFinite
            ? (bounds[row].low + bounds[row].high) / 2 : sharpness[row] * 2
        } else {
          bounds[row].high = sharpness[row]
          sharpness[row] = (bounds[row].low + bounds[row].high) / 2
        }
      }
      if isDone { break }
    }
    return try (near + near.transposed()) * (0.5 / Double(count))
  }
}

/// The samples' places in the plane and how they move.
private struct Layout {
  let count: Int
  /// Sample by sample, both coordinates.
  private(set) var places: [Double]
  private var speeds: [Double]
  private var gains: [Double]

  init(start: [[Double]]) {
    count = start[0].count
    let spread = (start[0].reduce(0) { $0 + $1 * $1 } / Double(max(1, count))).squareRoot()
    let scale = spread > 0 ? 1e-4 / spread : 0
    places = (0..<(2 * count)).map { start[$0 % 2][$0 / 2] * scale }
    speeds = [Double](repeating: 0, count: 2 * count)
    gains = [Double](repeating: 1, count: 2 * count)
  }

  /// The first coordinates, then the second ones.
  var axes: [[Double]] {
    (0..<2).map { axis in stride(from: axis, to: places.count, by: 2).map { places[$0] } }
  }

  mutating func move(against gradient: [Double], momentum: Double, rate: Double) {
    for index in places.indices {
      // Whoever keeps its way becomes faster (Jacobs 1988, as in the paper).
      let turns = (gradient[index] > 0) == (speeds[index] > 0)
      gains[index] = max(0.01, turns ? gains[index] * 0.8 : gains[index] + 0.2)
      speeds[index] = momentum * speeds[index] - rate * gains[index] * gradient[index]
      places[index] += speeds[index]
    }
    for axis in 0..<2 {
      let all = stride(from: axis, to: places.count, by: 2)
      let mean = all.reduce(0) { $0 + places[$1] } / Double(max(1, count))
      for index in all { places[index] -= mean }
    }
  }
}

/// What pulls the samples together and pushes them apart.
private struct Field {
  private let affinities: Tensor
  private let others: Tensor
  private let count: Int

  init(_ affinities: Tensor) throws(TensorError) {
    count = affinities.shape[0]
    self.affinities = try affinities.converted(to: .float32)
    others = try 1 - Tensor.eye(count)
  }

  /// `1 / (1 + distance²)` of each pair, 0 on the diagonal.
  private func nearness(_ points: Tensor) throws(TensorError) -> Tensor {
    let squares = try points.squared().sum(axes: [1], keepAxes: true)
    let distances = try points.matmul(points.transposed())
    try distances.multiplyInPlace(-2)
    try distances.addInPlace(squares)
    try distances.addInPlace(squares.transposed() + 1)
    let near = try distances.maximum(1).reciprocal()
    try near.multiplyInPlace(others)
    return near
  }

  private func points(_ places: [Double]) throws(TensorError) -> Tensor {
    try Tensor(HostArray(places.map { Float($0) }, shape: [count, 2]))
  }

  /// The derivative of the divergence by each coordinate, equation 5 of the paper.
  func gradient(_ places: [Double], exaggeration: Double) throws(TensorError) -> [Double] {
    let points = try points(places)
    let near = try nearness(points)
    let pull = try near * (-1 / max(1e-30, near.sum().item()))
    try pull.addInPlace(affinities, scale: exaggeration)
    try pull.multiplyInPlace(near)
    let along = try pull.sum(axes: [1], keepAxes: true) * points - pull.matmul(points)
    return try (along * 4).values(as: Double.self)
  }

  func divergence(_ places: [Double]) throws(TensorError) -> Double {
    let near = try nearness(points(places)).converted(to: .float64)
    let share = try near * (1 / max(1e-300, near.sum().item()))
    let precise = try affinities.converted(to: .float64)
    return try (precise * (precise.maximum(1e-300).log() - share.maximum(1e-300).log())).sum()
      .item()
  }
}
