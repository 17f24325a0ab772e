import Foundation
import Lasagne
import Records
import Tensors

@testable import Training

/// Small networks and problems the tests share.
enum Fixture {
  /// Points around the corners of a cube, one class a corner; overlapping a little.
  static func blobs(count: Int = 240, seed: UInt64 = 7) throws -> TrainingData {
    func part(_ count: Int, seed: UInt64) throws -> (HostArray, HostArray) {
      let generator = try Generator(seed: seed)
      let noise = try Tensor.normal([count, 4], deviation: 0.35, generator: generator)
        .values(as: Float.self)
      var inputs: [Float] = []
      var targets: [UInt8] = []
      for index in 0..<count {
        let label = index % 3
        targets.append(UInt8(label))
        for axis in 0..<4 { inputs.append((axis == label ? 1 : 0) + noise[4 * index + axis]) }
      }
      return (try HostArray(inputs, shape: [count, 4]), try HostArray(targets, shape: [count]))
    }
    let (inputs, targets) = try part(count, seed: seed)
    let (testInputs, testTargets) = try part(90, seed: seed + 1)
    return TrainingData(
      inputs: inputs, targets: targets, testInputs: testInputs, testTargets: testTargets)
  }

  /// Grey images of 6×6 bytes: bright left, right or top half.
  static func images(count: Int = 60) throws -> TrainingData {
    let generator = try Generator(seed: 11)
    let noise = try Tensor.uniform([count, 36], to: 120, generator: generator)
      .values(as: Float.self)
    var bytes: [UInt8] = []
    for index in 0..<count {
      for pixel in 0..<36 {
        let (row, column) = (pixel / 6, pixel % 6)
        let isBright = [column < 3, column >= 3, row < 3][index % 3]
        bytes.append(UInt8(noise[36 * index + pixel]) + (isBright ? 100 : 0))
      }
    }
    return TrainingData(
      inputs: try HostArray(bytes, shape: [count, 6, 6]),
      targets: try HostArray((0..<count).map { UInt8($0 % 3) }, shape: [count]))
  }

  /// Two dense layers over the four numbers of `blobs`.
  static func mlp() throws -> Network {
    try Network("mlp", input: [4]) {
      DenseLayer(16)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// Dense layers over the images, with so many weights that these are updated part by part in batches
  /// of a few samples.
  static func wide() throws -> Network {
    try Network("wide", input: [1, 6, 6]) {
      DenseLayer(2000)
      DenseLayer(24)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// All that makes resuming hard: batch statistics, random layers, convolution.
  static func convolutional(normalizes: Bool = true, drops: Bool = true) throws -> Network {
    try Network("convolutional", input: [1, 6, 6]) {
      Conv2DLayer(4, filterSize: 3)
      if normalizes { BatchNormLayer() }
      MaxPool2DLayer(2)
      if drops { DropoutLayer(p: 0.3) }
      DenseLayer(8)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  /// A recipe for the small problems.
  static func recipe(
    update: UpdateRule = .nesterovMomentum(momentum: 0.9), learningRate: Double = 0.05,
    batchSize: Int = 16, epochs: Int = 3
  ) -> Recipe {
    Recipe(
      update: update, learningRate: learningRate, batchSize: batchSize, epochs: epochs,
      reportEverySteps: 1, observeEverySteps: 5)
  }
}

/// Plays commands at given steps, and remembers everything a run tells.
final class Script: ControlSource {
  private var planned: [(step: Int, action: ControlAction)]
  private var number = 0
  private(set) var events: [TrainingEvent] = []
  private(set) var checkpoints: [Checkpoint] = []
  private var trainer: Trainer?

  init(_ planned: [(step: Int, action: ControlAction)] = []) {
    self.planned = planned
  }

  func commands() -> [ControlCommand] {
    guard let next = planned.first, next.step <= trainer?.step ?? 0 else { return [] }
    planned.removeFirst()
    number += 1
    return [ControlCommand(number: number, time: 0, origin: "test", action: next.action)]
  }

  /// Runs a trainer by this script.
  @discardableResult
  func run(_ trainer: Trainer) throws -> SessionState {
    self.trainer = trainer
    defer { self.trainer = nil }
    return try trainer.run(
      control: self, save: { checkpoints.append($0) }, observer: { events.append($0) })
  }

  /// Everything measured under a key, in order.
  func values(_ key: String) -> [Double] {
    events.compactMap { event in
      switch event {
      case .metrics(let points), .epochEnded(_, let points): points.values[key]
      default: nil
      }
    }
  }

  /// What was refused, in order; `nil` for what was carried out.
  var answers: [String?] {
    events.compactMap { event -> String?? in
      if case .acknowledged(_, _, let refusal) = event { .some(refusal) } else { nil }
    }
  }
}

/// The sentence of the error a body throws; empty if it throws none.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
