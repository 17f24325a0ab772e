import Foundation
import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenInitializerTests {
  @Test func `initializers have the distributions of Lasagne's`() throws {
    let generator = try Generator(seed: 20)
    let entries = try GoldenTables.entries("init.json", "initializers")
    for entry in entries {
      let initializer = try entry.initializer()
      let shape = try #require(entry["shape"]).numbers().values.map { Int($0) }
      try checkSpread(entry, initializer.spread(for: shape))
      try checkValues(entry, initializer, shape, generator)
    }
    let errors = try GoldenTables.entries("init.json", "errors")
    for entry in errors {
      let initializer = try entry.initializer()
      let shape = try #require(entry["shape"]).numbers().values.map { Int($0) }
      #expect(throws: InitializerError.self, "\(entry.name)") {
        try initializer.makeValues(shape: shape, generator: generator)
      }
    }
    let count = entries.count + errors.count
    GoldenCount.report("init", run: count, of: count)
  }

  private func checkSpread(_ entry: GoldenEntry, _ spread: Initializer.Spread) throws {
    switch (entry["distribution"]?.string, spread) {
    case ("constant", .constant(let value)):
      #expect(value == entry["value"]?.number)
    case ("uniform", .uniform(let low, let high)):
      #expect(try isClose(low, #require(entry["low"]?.number)), "\(entry.name)")
      #expect(try isClose(high, #require(entry["high"]?.number)), "\(entry.name)")
    case ("normal", .normal(let mean, let std)), ("sparse", .normal(let mean, let std)):
      #expect(try isClose(mean, #require(entry["mean"]?.number)), "\(entry.name)")
      #expect(try isClose(std, #require(entry["std"]?.number)), "\(entry.name)")
    case ("orthogonal", .normal(mean: 0, std: 1)):
      break
    default:
      Issue.record("\(entry.name) draws \(spread)")
    }
  }

  private func isClose(_ value: Double, _ recorded: Double) -> Bool {
    abs(value - recorded) <= 1e-7 * max(1, abs(recorded))
  }

  private func checkValues(
    _ entry: GoldenEntry, _ initializer: Initializer, _ shape: [Int], _ generator: Generator
  ) throws {
    let values = try initializer.makeValues(shape: shape, generator: generator)
    #expect(values.shape == shape)
    switch entry["distribution"]?.string {
    case "constant":
      #expect(try values.values().allSatisfy { Double($0) == entry["value"]?.number })
    case "uniform", "normal":
      try checkStatistics(entry, initializer, shape, generator)
    case "sparse":
      let counts = try values.equal(0).not().converted(to: .float32).sum(axes: [0])
      let expected = try #require(entry["nonzero_per_column"]?.number)
      #expect(try counts.values(as: Double.self).allSatisfy { $0 == expected })
    default:
      try checkOrthogonality(entry, values)
    }
  }

  // Many draws of the shape, since one holds too few numbers to tell.
  private func checkStatistics(
    _ entry: GoldenEntry, _ initializer: Initializer, _ shape: [Int], _ generator: Generator
  ) throws {
    var numbers: [Double] = []
    while numbers.count < 40_000 {
      numbers += try initializer.makeValues(shape: shape, generator: generator)
        .values(as: Double.self)
    }
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    let std = try #require(entry["std"]?.number)
    #expect(abs(mean - (entry["mean"]?.number ?? 0)) < 6 * std / count.squareRoot())
    #expect(abs(deviation - std) < 0.02 * std)
    if let low = entry["low"]?.number, let high = entry["high"]?.number {
      #expect(numbers.allSatisfy { $0 >= low - 1e-6 && $0 <= high + 1e-6 })
    }
  }

  private func checkOrthogonality(_ entry: GoldenEntry, _ values: Tensor) throws {
    let rows = Int(try #require(entry["rows"]?.number))
    let columns = Int(try #require(entry["columns"]?.number))
    let gram = try #require(entry["gram"]?.number)
    let matrix = try values.reshaped([rows, columns])
    let product =
      try rows >= columns
      ? matrix.transposed().matmul(matrix) : matrix.matmul(matrix.transposed())
    let difference = try product - Tensor.eye(min(rows, columns)) * gram
    #expect(try difference.absolute().max().item() < 1e-5)
  }
}

extension GoldenEntry {
  fileprivate func initializer() throws -> Initializer {
    try decode(Initializer.self, name: name, arguments: arguments)
  }
}
