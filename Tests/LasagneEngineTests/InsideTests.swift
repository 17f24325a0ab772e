import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

/// A session whose small network is computed a second time here, by loops.
private struct Seer {
  let bench: Bench
  let id = "0123456789abcdefghijklmnop"
  let side = 6
  let sampleCount = 14
  let images: [[Double]]
  let filters: [Double]
  let bias: [Double]
  let dense: [Double]

  /// Numbers without a pattern between −0.5 and 0.5, the same every time.
  static func noise(_ count: Int, _ seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(Float(Double(state >> 11) / 0x1p53 - 0.5))
    }
  }

  init() throws {
    bench = try Bench()
    let area = side * side
    images = (0..<sampleCount).map { Self.noise(area, UInt64($0 + 1)) }
    filters = Self.noise(27, 100)
    bias = [0.1, 0, -0.1].map { Double(Float($0)) }
    dense = Self.noise(3 * area * 2, 200)
    let network = try Network("seer", input: [1, side, side]) {
      Conv2DLayer(3, filterSize: 3, pad: .same, name: "conv")
      DenseLayer(2, nonlinearity: .softmax, name: "out")
    }
    let model = try Model.save(network, as: "seer", in: bench.workspace)
    let shape = [sampleCount, 1, side, side]
    let inputs = try HostArray(images.joined().map { Float($0) }, shape: shape)
    let labels = try HostArray((0..<sampleCount).map { Int64($0 % 2) }, shape: [sampleCount])
    try Dataset(
      name: "noise", inputs: inputs, targets: labels, testInputs: inputs, testTargets: labels,
      classNames: ["even", "odd"]
    ).add(to: bench.workspace, as: "noise")
    _ = try bench.workspace.createSession(
      SessionRequest(
        id: id, name: "seer", model: "seer", data: "noise", startParams: nil, saveParams: "seer",
        recipe: .object(["validationFraction": .number(0)]), device: "cpu", threads: 1,
        writesTensorBoard: false, createdAt: 1))
    func array(_ values: [Double], _ shape: [Int]) throws -> HostArray {
      try HostArray(values.map { Float($0) }, shape: shape)
    }
    try Params.save(
      [
        array(filters, [3, 1, 3, 3]), array(bias, [3]), array(dense, [3 * area, 2]),
        array([0, 0], [2]),
      ], of: model, as: "seer", in: bench.workspace,
      origin: ParamsStore.Origin(session: id, step: 11))
  }

  /// The convolution by loops: filters are flipped, as Lasagne's are; zeros around; rectified.
  func convolved(_ image: [Double]) -> [[Double]] {
    (0..<3).map { channel in
      (0..<(side * side)).map { place in
        var sum = bias[channel]
        for down in 0..<3 {
          for across in 0..<3 {
            let row = place / side + down - 1
            let column = place % side + across - 1
            guard (0..<side).contains(row), (0..<side).contains(column) else { continue }
            sum += filters[channel * 9 + (2 - down) * 3 + 2 - across] * image[row * side + column]
          }
        }
        return max(0, sum)
      }
    }
  }

  func scores(_ image: [Double]) -> [Double] {
    let flat = convolved(image).flatMap(\.self)
    return (0..<2).map { unit in
      flat.indices.reduce(0) { $0 + flat[$1] * dense[$1 * 2 + unit] }
    }
  }

  func outputs(_ image: [Double]) -> [Double] {
    let powers = scores(image).map(exp)
    return powers.map { $0 / (powers[0] + powers[1]) }
  }

  func look() throws -> SessionLook { try SessionLook(id, in: bench.workspace) }
}

@Suite struct InsideTests {
  @Test func `the strongest inputs of a channel are those with its largest numbers`() throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let found = try seer.look().strongestInputs(of: "conv", part: "test")
    #expect(found.unitCount == 3 && found.units.count == 3 && found.count == 14)
    #expect(found.step == 11 && found.classNames == ["even", "odd"])
    let maps = seer.images.map(seer.convolved)
    for unit in found.units {
      let peaks = maps.map { $0[unit.unit].max() ?? 0 }
      let order = peaks.indices.sorted { (peaks[$0], $1) > (peaks[$1], $0) }.prefix(9)
      #expect(unit.cases.map(\.index) == Array(order))
      #expect(abs(unit.mean - peaks.reduce(0, +) / 14) < 1e-5)
      #expect(unit.activeShare == Double(peaks.count { $0 > 0 }) / 14)
      for one in unit.cases {
        #expect(abs(one.value - peaks[one.index]) < 1e-5 && one.label == one.index % 2)
        let place = try #require(maps[one.index][unit.unit].firstIndex(of: peaks[one.index]))
        let (row, column) = (place / 6, place % 6)
        #expect(one.place == [row, column])
        let window = [
          [max(0, row - 1), min(6, row + 2)], [max(0, column - 1), min(6, column + 2)],
        ]
        #expect(one.window == window)
      }
    }
    let units = try seer.look().strongestInputs(of: "out", part: "test").units(from: 1, count: 5)
    #expect(units.units.map(\.unit) == [1])
    #expect(units.units[0].cases.allSatisfy { $0.window == nil && $0.place.isEmpty })
    #expect(throws: EngineError.self) { try seer.look().strongestInputs(of: "x", part: "test") }
  }

  @Test func `a projection lays out what the layer gives, and knows what is given to whom`()
    throws
  {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let found = try seer.look().projection(of: "conv", part: "test")
    #expect(found.points.map(\.index) == Array(0..<14) && found.features == 108 && !found.areMeans)
    let outputs = seer.images.map(seer.outputs)
    #expect(found.points.map(\.predicted) == outputs.map { $0[1] > $0[0] ? 1 : 0 })
    #expect(found.points.map(\.label) == (0..<14).map { $0 % 2 })
    // The distances in the plane are those of the activations, but for what other axes hold.
    let maps = seer.images.map { seer.convolved($0).flatMap(\.self) }
    let samples = try Tensor(HostArray(maps.flatMap(\.self), shape: [14, 108]))
    let expected = try PrincipalComponents(samples, count: 2)
    for (place, point) in found.points.enumerated() {
      #expect(abs(point.x - expected.coordinates[0][place]) < 1e-4)
      #expect(abs(point.y - expected.coordinates[1][place]) < 1e-4)
    }
    #expect(zip(found.shares ?? [], expected.shares).allSatisfy { abs($0 - $1) < 1e-5 })
    let some = try seer.look().projection(of: "out", part: "test", count: 5, seed: 2)
    #expect(some.points.count == 5 && some.total == 14)
    #expect(try seer.look().projection(of: "out", part: "test", count: 5, seed: 2) == some)
    let near = try seer.look().projection(of: "conv", part: "test", by: .tsne)
    #expect(near.shares == nil && (near.divergence ?? -1) >= 0)
    #expect(near.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    #expect(throws: EngineError.self) {
      try seer.look().projection(of: "conv", part: "test", count: 2_001)
    }
  }

  @Test func `occlusion covers each place once and tells what the class loses`() throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let found = try seer.look().picture(.occlusion, of: 3, in: "test")
    // Squares of a seventh of 6 pixels, and of at least one.
    #expect(found.height == 6 && found.width == 6)
    let image = seer.images[3]
    let mean = image.reduce(0, +) / 36
    let before = seer.outputs(image)[1]
    for place in 0..<36 {
      var covered = image
      covered[place] = mean
      #expect(abs(Double(found.values[place]) - (before - seer.outputs(covered)[1])) < 1e-5)
    }
  }

  @Test func `saliency is the derivative of the score before the softmax`() throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let found = try seer.look().picture(.saliency, of: 4, in: "test")
    for place in 0..<36 {
      var (less, more) = (seer.images[4], seer.images[4])
      less[place] -= 1e-6
      more[place] += 1e-6
      let slope = (seer.scores(more)[0] - seer.scores(less)[0]) / 2e-6
      #expect(abs(Double(found.values[place]) - slope) < 1e-4)
    }
  }

  @Test func `what a layer gives is described by figures of all its numbers`() throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let layer = try #require(
      try seer.look().sample(5, of: "test").activations.first {
        $0.layer == "conv"
      })
    let numbers = seer.convolved(seer.images[5]).flatMap(\.self)
    let mean = numbers.reduce(0, +) / 108
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 108
    #expect(abs(layer.mean - mean) < 1e-6 && abs(layer.deviation - variance.squareRoot()) < 1e-6)
    #expect(layer.histogram.reduce(0, +) == 108)
    let width = layer.maximum / 24
    #expect(layer.histogram[0] == numbers.count { $0 < width })
    #expect(layer.histogram[23] == numbers.count { $0 >= 23 * width })
  }

  @Test func `cases are found by the one class, by the other, or by both`() throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let judgement = try Judgement(seer.look(), part: "test")
    let outputs = seer.images.map(seer.outputs)
    let odd = (0..<14).filter { outputs[$0][1] > outputs[$0][0] }
    #expect(judgement.cases(label: nil, predicted: 1).map(\.index).sorted() == odd)
    #expect(judgement.cases(label: 0, predicted: nil).count == 7)
    let both = judgement.cases(label: 0, predicted: 1)
    #expect(both.map(\.index).sorted() == odd.filter { $0 % 2 == 0 })
    #expect(both.map(\.output) == both.map(\.output).sorted(by: >))
  }

  @Test func `mean images are those of all samples and of each class`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    try Dataset(
      name: "pairs", inputs: HostArray([0, 2, 10, 20, 4, 6] as [UInt8], shape: [3, 1, 2]),
      targets: HostArray([0, 2, 0] as [Int64], shape: [3])
    ).add(to: bench.workspace, as: "pairs")
    let means = try DataView("pairs", in: bench.workspace).meanImages(of: "inputs")
    #expect((means.count, means.height, means.width) == (4, 1, 2))
    #expect(means.values[0...1].elementsEqual([14.0 / 3, 28.0 / 3].map { Float($0) }))
    #expect(means.values[2...3] == [2, 4])
    #expect(means.values[4].isNaN && means.values[6...7] == [10, 20])
  }

  @Test func `the displayer shows what the network sees`() async throws {
    let seer = try Seer()
    defer { seer.bench.remove() }
    let engine = try Engine(seer.bench.workspace, purpose: "test", cores: 1)
    let displayer = Displayer(engine)
    #expect(try displayer.capacity(ofModel: "seer").contains("3×3"))
    let confusion = try await displayer.confusion(ofSession: "seer")
    let right = (0..<14).count { index in
      let outputs = seer.outputs(seer.images[index])
      return (outputs[1] > outputs[0] ? 1 : 0) == index % 2
    }
    #expect(
      confusion.hasPrefix(String(format: "%.2f %% of the 14 test samples", Double(right) / 0.14)))
    #expect(try await displayer.sample(2, ofSession: "seer").contains("conv"))
    let drawing = try await displayer.projection(of: "conv", ofSession: "seer")
    #expect(drawing.svg.components(separatedBy: "<circle").count > 14)
    #expect(drawing.text(width: 30, height: 10).split(separator: "\n").contains("1  odd"))
    #expect(try drawing.png().starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try await displayer.strongestInputs(of: "conv", ofSession: "seer").contains("14 test"))
    await engine.close()
  }
}
