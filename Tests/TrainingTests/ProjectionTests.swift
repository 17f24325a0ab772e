import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct ProjectionTests {
  /// Numbers without a pattern, the same every time.
  private func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
    (0..<count).map {
      Double(DerivedSeed.seed(seed, for: .look, counter: $0) >> 11) / 0x1p53 - 0.5
    }
  }

  private func matrix(_ values: [Double], _ rows: Int) throws -> Tensor {
    try Tensor(HostArray(values, shape: [rows, values.count / rows]))
  }

  @Test func `the components of four corners are the sides of their rectangle`() throws {
    // Corners of a rectangle of 6 by 2 around (1, 1): variances 9 and 1 along the axes.
    let components = try PrincipalComponents(
      matrix([4, 2, 4, 0, -2, 2, -2, 0], 4), count: 2)
    #expect(components.coordinates[0].map(abs).allSatisfy { abs($0 - 3) < 1e-12 })
    #expect(components.coordinates[1].map(abs).allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(abs(components.shares[0] - 0.9) < 1e-12 && abs(components.shares[1] - 0.1) < 1e-12)
    let first = components.coordinates[0]
    #expect(first[0] * first[1] > 0 && first[2] * first[3] > 0 && first[0] * first[2] < 0)
  }

  /// The two largest eigenvalues of the samples' covariance and their vectors, by turning pairs of
  /// axes until none are related (Jacobi), and where the samples lie along them.
  private func byJacobi(_ values: [Double], rows: Int) -> (shares: [Double], places: [[Double]]) {
    let width = values.count / rows
    let means = (0..<width).map { column in
      (0..<rows).reduce(0) { $0 + values[$1 * width + column] } / Double(rows)
    }
    let centered = values.indices.map { values[$0] - means[$0 % width] }
    var matrix = (0..<width).map { a in
      (0..<width).map { b in
        (0..<rows).reduce(0) { $0 + centered[$1 * width + a] * centered[$1 * width + b] }
      }
    }
    var vectors = (0..<width).map { a in (0..<width).map { a == $0 ? 1.0 : 0 } }
    for _ in 0..<60 {
      for p in 0..<width {
        for q in (p + 1)..<width where abs(matrix[p][q]) > 1e-15 {
          let angle = 0.5 * atan2(2 * matrix[p][q], matrix[q][q] - matrix[p][p])
          let (c, s) = (cos(angle), sin(angle))
          for k in 0..<width {
            let (a, b) = (matrix[k][p], matrix[k][q])
            (matrix[k][p], matrix[k][q]) = (c * a - s * b, s * a + c * b)
          }
          for k in 0..<width {
            let (a, b) = (matrix[p][k], matrix[q][k])
            (matrix[p][k], matrix[q][k]) = (c * a - s * b, s * a + c * b)
            let (d, e) = (vectors[k][p], vectors[k][q])
            (vectors[k][p], vectors[k][q]) = (c * d - s * e, s * d + c * e)
          }
        }
      }
    }
    let order = (0..<width).sorted { matrix[$0][$0] > matrix[$1][$1] }
    let total = (0..<width).reduce(0) { $0 + matrix[$1][$1] }
    return (
      order.prefix(2).map { matrix[$0][$0] / total },
      order.prefix(2).map { axis in
        (0..<rows).map { row in
          (0..<width).reduce(0) { $0 + centered[row * width + $1] * vectors[$1][axis] }
        }
      }
    )
  }

  @Test(arguments: [(30, 5), (6, 9)])
  func `the components are the covariance's eigenvectors`(rows: Int, width: Int) throws {
    var values = noise(rows * width)
    for index in values.indices { values[index] *= Double(index % width + 1) }
    let found = try PrincipalComponents(matrix(values, rows), count: 2)
    let expected = byJacobi(values, rows: rows)
    for component in 0..<2 {
      #expect(abs(found.shares[component] - expected.shares[component]) < 1e-9)
      let places = found.coordinates[component]
      let others = expected.places[component]
      let sign = zip(places, others).reduce(0) { $0 + $1.0 * $1.1 } < 0 ? -1.0 : 1
      #expect(zip(places, others).allSatisfy { abs($0 - sign * $1) < 1e-8 })
      #expect((places.max { abs($0) < abs($1) } ?? 0) > 0)
    }
  }

  @Test func `samples that do not differ lie on one spot`() throws {
    let same = try PrincipalComponents(matrix([1, 2, 1, 2, 1, 2], 3), count: 3)
    #expect(same.coordinates == [[0, 0, 0], [0, 0, 0], [0, 0, 0]])
    #expect(same.shares == [0, 0, 0])
    #expect(throws: TensorError.self) {
      try PrincipalComponents(matrix([1, .nan, 3, 4], 2), count: 1)
    }
  }

  /// The affinities as the paper's equations 1 and 2 say them, sample by sample.
  private func affinities(_ values: [Double], rows: Int, perplexity: Double) -> [[Double]] {
    let width = values.count / rows
    func distance(_ a: Int, _ b: Int) -> Double {
      (0..<width).reduce(0) {
        let gap = values[a * width + $1] - values[b * width + $1]
        return $0 + gap * gap
      }
    }
    var near = [[Double]](repeating: [Double](repeating: 0, count: rows), count: rows)
    for row in 0..<rows {
      var (low, high) = (0.0, 1e6)
      for _ in 0..<200 {
        let sharpness = (low + high) / 2
        let parts = (0..<rows).map { $0 == row ? 0 : exp(-sharpness * distance(row, $0)) }
        let total = parts.reduce(0, +)
        near[row] = parts.map { total > 0 ? $0 / total : 0 }
        let entropy = near[row].reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
        if exp(entropy) > perplexity { low = sharpness } else { high = sharpness }
      }
    }
    return (0..<rows).map { a in
      (0..<rows).map { b in (near[a][b] + near[b][a]) / Double(2 * rows) }
    }
  }

  private func divergence(_ near: [[Double]], _ places: [[Double]]) -> Double {
    let count = near.count
    func closeness(_ a: Int, _ b: Int) -> Double {
      let x = places[0][a] - places[0][b]
      let y = places[1][a] - places[1][b]
      return a == b ? 0 : 1 / (1 + x * x + y * y)
    }
    var total = 0.0
    for a in 0..<count { for b in 0..<count { total += closeness(a, b) } }
    var sum = 0.0
    for a in 0..<count {
      for b in 0..<count where near[a][b] > 0 {
        sum += near[a][b] * log(near[a][b] * total / closeness(a, b))
      }
    }
    return sum
  }

  /// Three clouds of ten samples in four dimensions, far from each other.
  private var clouds: [Double] {
    noise(120).enumerated().map { index, value in
      value + (index % 4 == index / 40 ? 8 : 0)
    }
  }

  @Test func `affinities are those of the paper's equations`() throws {
    let found = try NeighbourEmbedding.affinities(matrix(clouds, 30), perplexity: 5)
      .values(as: Double.self)
    let expected = affinities(clouds, rows: 30, perplexity: 5)
    #expect(abs(found.reduce(0, +) - 1) < 1e-9)
    for a in 0..<30 {
      for b in 0..<30 { #expect(abs(found[a * 30 + b] - expected[a][b]) < 1e-6) }
    }
  }

  @Test func `neighbours stay neighbours, and the divergence is what it is called`() throws {
    var settings = NeighbourEmbedding.Settings()
    settings.perplexity = 5
    settings.iterations = 400
    let found = try NeighbourEmbedding(matrix(clouds, 30), settings: settings)
    let near = affinities(clouds, rows: 30, perplexity: 5)
    #expect(abs(found.divergence - divergence(near, found.coordinates)) < 1e-3)
    settings.iterations = 5
    let early = try NeighbourEmbedding(matrix(clouds, 30), settings: settings)
    #expect(found.divergence < early.divergence)
    for sample in 0..<30 {
      let order = (0..<30).filter { $0 != sample }.sorted { first, second in
        func distance(_ other: Int) -> Double {
          hypot(
            found.coordinates[0][other] - found.coordinates[0][sample],
            found.coordinates[1][other] - found.coordinates[1][sample])
        }
        return distance(first) < distance(second)
      }
      #expect(order.prefix(5).allSatisfy { $0 / 10 == sample / 10 })
    }
    // A small step aside along the way down leads down: it is a minimum of its neighbourhood.
    var moved = found.coordinates
    moved[0][3] += 0.5
    #expect(divergence(near, moved) > divergence(near, found.coordinates))
    let again = try NeighbourEmbedding(matrix(clouds, 30), settings: settings)
    #expect(again.coordinates == early.coordinates)
  }

  @Test func `a choice of samples is drawn by its seed, each at most once`() {
    let all = Array(100..<400)
    let some = SampleChoice(40, of: all, seed: 3).samples
    #expect(some.count == 40 && Set(some).count == 40 && some == some.sorted())
    #expect(some.allSatisfy(all.contains))
    #expect(SampleChoice(40, of: all, seed: 3).samples == some)
    #expect(SampleChoice(40, of: all, seed: 4).samples != some)
    #expect(SampleChoice(300, of: all, seed: 3).samples == all)
    // Each sample comes in about as often as any other: 40 in 300, 400 times.
    var counts = [Int: Int]()
    for seed in 0..<400 {
      for sample in SampleChoice(40, of: all, seed: UInt64(seed)).samples {
        counts[sample, default: 0] += 1
      }
    }
    #expect(counts.count == 300 && counts.values.allSatisfy { (20...95).contains($0) })
  }
}
