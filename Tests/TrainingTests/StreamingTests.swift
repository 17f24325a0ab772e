import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Leaves every array in host memory.
struct StreamedArrays: DeviceArrays {
  var readsAhead: Bool

  func place(_ array: HostArray, on device: Device) throws -> ArrayPlace {
    .host(use: nil, readsAhead: readsAhead)
  }
}

struct StreamingTests {
  @Test(arguments: [true, false], [[], [Augmentation.horizontalFlip(), .mixup()]])
  func `data read batch by batch give the bits of data on the device`(
    readsAhead: Bool, augmentation: [Augmentation]
  ) throws {
    var recipe = Fixture.recipe(learningRate: 0.01, batchSize: 7)
    recipe.augmentation = augmentation
    let network = try Fixture.convolutional()
    var data = try Fixture.images()
    data.testInputs = data.inputs
    data.testTargets = data.targets
    let resident = try Trainer(network: network, data: data, recipe: recipe)
    let told = Script()
    try told.run(resident)
    data.arrays = StreamedArrays(readsAhead: readsAhead)
    let streamed = try Trainer(network: network, data: data, recipe: recipe)
    // A batch size that changes makes the guess of the next batch wrong.
    let live = Script([(4, .set(field: "batchSize", value: .number(7)))])
    try live.run(streamed)
    #expect(try streamed.weights.hostArrays() == resident.weights.hostArrays())
    #expect(live.values("test/loss") == told.values("test/loss"))
    #expect(live.values("valid/loss") == told.values("valid/loss"))
  }

  @Test func `rows that were read ahead are used, and a wrong guess changes nothing`() throws {
    let array = try HostArray((0..<20).map { Int32($0) }, shape: [10, 2])
    let reader = RowReader(array, readsAhead: true)
    let order = [3, 1, 4, 1, 5, 9, 2, 6]
    for start in stride(from: 0, to: 8, by: 2) {
      let next = start + 2 < 8 ? Array(order[(start + 2)..<(start + 4)]) : nil
      let rows = try reader.rows(Array(order[start..<(start + 2)]), next: next)
      #expect(
        rows.values(as: Int32.self)
          == order[start..<(start + 2)].flatMap {
            [Int32(2 * $0), Int32(2 * $0 + 1)]
          })
    }
    #expect(reader.hits == 3)
    _ = try reader.rows([0], next: [7, 8])
    #expect(try reader.rows([2], next: nil).values(as: Int32.self) == [4, 5])
    #expect(try reader.rows([7, 8], next: [99]).values(as: Int32.self) == [14, 15, 16, 17])
    #expect(throws: TensorError.self) { try reader.rows([99], next: nil) }
  }
}
