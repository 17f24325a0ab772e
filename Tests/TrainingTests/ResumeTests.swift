import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct ResumeTests {
  @Test func `a checkpoint of another network, of other data or of no run is refused`() throws {
    let data = try Fixture.blobs()
    let network = try Fixture.mlp()
    let checkpoint = try Trainer(network: network, data: data, recipe: Fixture.recipe())
      .checkpoint()
    let other = try Network("other", input: [4]) {
      DenseLayer(3, nonlinearity: .softmax).named("alone")
    }
    #expect(
      sentence { _ = try Trainer.resume(from: checkpoint, network: other, data: data) }
        == "The checkpoint has no alone.W, which the network 'other' needs; it was taken from "
        + "another network.")
    #expect(
      sentence {
        _ = try Trainer.resume(
          from: checkpoint, network: network, data: try Fixture.blobs(count: 120))
      }.hasPrefix("The checkpoint was taken with 216 training samples, the data has 108;"))
    #expect(
      sentence { _ = try Checkpoint(arrays: [:], metadata: [:]) }
        .hasPrefix("The file is not a checkpoint:"))
  }

  @Test func `a run that goes on elsewhere says that it is not bitwise, and why`() throws {
    var checkpoint = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 1)
    ).checkpoint()
    checkpoint.fingerprint["torch"] = "1.0"
    let script = Script()
    let trainer = try Trainer.resume(
      from: checkpoint, network: try Fixture.mlp(), data: try Fixture.blobs())
    try script.run(trainer)
    let warnings = script.events.compactMap { event in
      if case .warning(_, let message) = event { message } else { nil }
    }
    #expect(
      warnings == [
        "The run goes on from its checkpoint, but not bitwise as it would have: torch was 1.0 and "
          + "is \(Backend.version)."
      ])
  }
}
