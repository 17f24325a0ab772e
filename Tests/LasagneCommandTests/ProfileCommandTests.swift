import Foundation
import Records
import Testing

/// `lasagne profile` and what `lasagne doctor` says of planned steps, as real processes.
@Suite(.serialized)
struct ProfileCommandTests {
  @Test func `a model is profiled on random numbers and on data`() throws {
    let program = try Program()
    defer { program.remove() }
    let alone = try program.run("profile", "tiny.yaml", "--batch", "6", "--rounds", "2", "--json")
    #expect(alone.code == 0, "\(alone.complaint)")
    let profile = try JSONDecoder().decode(StepProfile.self, from: Data(alone.output.utf8))
    #expect(profile.batchSize == 6 && profile.layers.map(\.name) == ["in", "hidden", "out"])
    #expect(profile.planRefusal == nil)
    #expect(try program.run("data", "add", "squares", "x.npy", "y.npy").code == 0)
    let onData = try program.run(
      "profile", "tiny.yaml", "--data", "squares", "--batch", "30", "--rounds", "2")
    #expect(onData.code == 0, "\(onData.complaint)")
    #expect(onData.output.contains("tiny, batches of 30, 1 thread"))
    #expect(onData.output.contains("Steps are planned"))
    #expect(onData.output.contains("hidden") && onData.output.contains("GFLOP/s"))
  }

  @Test func `a network with two inputs is profiled on noise`() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run("profile", "zoo:siamese", "--batch", "4", "--rounds", "1")
    #expect(outcome.code == 0, "\(outcome.complaint)")
    #expect(outcome.output.contains("only networks with one input are planned"))
    #expect(outcome.output.contains("left_conv0") && outcome.output.contains("right_conv0"))
  }

  @Test func `what cannot be profiled is one sentence`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("profile", "tiny.yaml", "--batch", "0").code == 2)
    #expect(try program.run("data", "add", "squares", "x.npy", "y.npy").code == 0)
    let large = try program.run("profile", "tiny.yaml", "--data", "squares", "--batch", "5000")
    #expect(large.code != 0)
    #expect(large.complaint.contains("batchSize is 5000, but there are only 90 samples"))
  }

  @Test func `doctor says which loops planned steps use`() throws {
    let program = try Program()
    defer { program.remove() }
    let output = try program.run("doctor").output
    #expect(output.contains("planned steps") && output.contains("loops for"))
    #expect(output.contains("other products"))
  }
}
