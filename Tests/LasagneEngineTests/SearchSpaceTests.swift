import LasagneEngine
import Records
import Testing

/// Which combinations a search tries; no session is started.
struct SearchSpaceTests {
  private func search(
    _ space: [String: SearchValues], _ method: SearchMethod = .grid
  ) -> Search {
    Search("space", model: "tiny", data: "bars", space: space, method: method)
  }

  private func numbers(_ field: String, _ trials: [[String: JSONValue]]) -> [Double] {
    trials.compactMap { $0[field]?.number }
  }

  @Test func `a grid has every combination once, the last field changing fastest`() throws {
    let trials = try search([
      "b": .choice([.string("x"), .string("y")]), "a": .integers(1...3),
      "c": .choice([.bool(true)]),
    ]).trials()
    let expected = [1.0, 2, 3].flatMap { a in
      ["x", "y"].map { ["a": .number(a), "b": .string($0), "c": JSONValue.bool(true)] }
    }
    #expect(trials == expected)
  }

  @Test func `points of a range are evenly apart, those of a logarithmic one by their ratio`()
    throws
  {
    let linear = numbers("r", try search(["r": .linear(0...1, points: 5)]).trials())
    #expect(linear == [0, 0.25, 0.5, 0.75, 1])
    let rates = numbers("r", try search(["r": .logarithmic(1e-4...1e-1, points: 4)]).trials())
    #expect(zip(rates, [1e-4, 1e-3, 1e-2, 1e-1]).allSatisfy { abs($0 / $1 - 1) < 1e-12 })
    #expect(rates.first == 1e-4 && rates.last == 1e-1)
    let sizes = SearchValues.integers(1...8, isLogarithmic: true, points: 4)
    #expect(numbers("r", try search(["r": sizes]).trials()) == [1, 2, 4, 8])
    // Points that fall on the same whole number count once.
    #expect(
      numbers("r", try search(["r": .integers(1...3, points: 9)]).trials()) == [1, 2, 3])
  }

  @Test func `random trials are a pure function of the seed`() throws {
    let space: [String: SearchValues] = [
      "batchSize": .integers(16...64), "learningRate": .logarithmic(1e-4...1e-1),
      "update": .choice([.string("sgd"), .string("adam"), .string("rmsprop")]),
    ]
    let trials = try search(space, .random(trials: 20, seed: 7)).trials()
    // By SplitMix64 and the formulas of the ranges, worked out in another language.
    let expected: [(Double, Double, String)] = [
      (45, 0.0016886455342038722, "rmsprop"), (37, 0.00029497299354016345, "sgd"),
      (40, 0.03745526702124749, "sgd"),
    ]
    for (trial, (size, rate, update)) in zip(trials, expected) {
      #expect(trial["batchSize"] == .number(size))
      #expect(abs((trial["learningRate"]?.number ?? 0) / rate - 1) < 1e-12)
      #expect(trial["update"] == .string(update))
    }
    #expect(try search(space, .random(trials: 20, seed: 7)).trials() == trials)
    #expect(Array(try search(space, .random(trials: 30, seed: 7)).trials().prefix(20)) == trials)
    #expect(try search(space, .random(trials: 20, seed: 8)).trials() != trials)
    #expect(Set(trials).count == 20)
  }

  @Test func `draws stay in their range and fill it as it says`() throws {
    let space: [String: SearchValues] = [
      "linear": .linear(-1...3), "logarithmic": .logarithmic(1e-6...1),
      "whole": .integers(1...4), "wholeLogarithmic": .integers(1...1000, isLogarithmic: true),
    ]
    let trials = try search(space, .random(trials: 4000, seed: 3)).trials()
    func share(_ field: String, _ range: Range<Double>) -> Double {
      Double(numbers(field, trials).count { range.contains($0) }) / 4000
    }
    #expect(share("linear", -1..<3.01) == 1)
    #expect(abs(share("linear", 1..<3) - 0.5) < 0.03)
    #expect(share("logarithmic", 1e-6..<1.01) == 1)
    // Each of six decades has a sixth.
    #expect(abs(share("logarithmic", 1e-6..<1e-5) - 1.0 / 6) < 0.03)
    #expect(abs(share("logarithmic", 0.1..<1) - 1.0 / 6) < 0.03)
    #expect(Set(numbers("whole", trials)) == [1, 2, 3, 4])
    #expect(abs(share("whole", 4..<5) - 0.25) < 0.03)
    // From 1 up to 1001 there are 3.0004 decades, and 1 has the part up to 2.
    #expect(abs(share("wholeLogarithmic", 1..<2) - 0.1003) < 0.03)
    #expect(numbers("wholeLogarithmic", trials).allSatisfy { $0 == $0.rounded() && $0 <= 1000 })
  }

  @Test func `random trials never repeat a combination`() throws {
    let space: [String: SearchValues] = ["a": .integers(1...3), "b": .integers(1...4)]
    let trials = try search(space, .random(trials: 12, seed: 1)).trials()
    #expect(Set(trials).count == 12)
  }

  @Test func `the rungs of successive halving multiply, and stay below the epochs`() {
    let halving = SuccessiveHalving(firstEpochs: 1, reduction: 3)
    #expect(halving.rungs(epochs: 27) == [1, 3, 9])
    #expect(halving.rungs(epochs: 28) == [1, 3, 9, 27])
    #expect(SuccessiveHalving(firstEpochs: 5, reduction: 2).rungs(epochs: 21) == [5, 10, 20])
    #expect(halving.rungs(epochs: 1) == [])
  }

  @Test(
    arguments: [
      ([:], .grid, "nothing to try"),
      (["a": .choice([])], .grid, "no value for 'a'"),
      (["a": .choice([.number(1), .number(1)])], .grid, "twice"),
      (["a": .linear(0...1)], .grid, "number of points"),
      (["a": .linear(0...1, points: 1)], .grid, "has 1 points"),
      (["a": .logarithmic(0...1)], .random(trials: 2, seed: 1), "above 0"),
      (["a": .linear(1...1)], .random(trials: 2, seed: 1), "to a larger one"),
      (["a": .linear(0 ... .infinity)], .random(trials: 2, seed: 1), "to a larger one"),
      (["a": .integers(0...200), "b": .integers(0...200)], .grid, "more than 10000"),
      (["a": .integers(1...3)], .random(trials: 4, seed: 1), "only 3"),
      (["a": .linear(0...1)], .random(trials: 0, seed: 1), "must be 1 to 10000"),
      (
        ["a": .range(SearchRange(from: 0.5, to: 2, isWhole: true))], .random(trials: 1, seed: 1),
        "whole ends"
      ),
    ] as [([String: SearchValues], SearchMethod, String)])
  func `a space that cannot be tried is refused with a sentence`(
    _ space: [String: SearchValues], _ method: SearchMethod, _ phrase: String
  ) throws {
    let error = #expect(throws: EngineError.self) { try search(space, method).trials() }
    #expect(error?.message.contains(phrase) == true, "\(error?.message ?? "")")
  }
}
