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
    let drawn = try program.run("profile", "tiny.yaml", "--rounds", "1", "-o", "tiny.svg")
    #expect(drawn.code == 0 && drawn.output.contains("Wrote "), "\(drawn.complaint)")
    let svg = try String(contentsOf: program.folder.appending(path: "tiny.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("hidden"))
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
    let kind = try program.run("profile", "tiny.yaml", "-o", "tiny.gif")
    #expect(kind.code == 2 && kind.complaint.contains("use .svg or .png"))
    #expect(try program.run("profile", "tiny.yaml", "-o", "nowhere/tiny.svg").code == 2)
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
    #expect(output.contains("GFLOP/s on one thread in planned steps"))
    #expect(output.contains("libtorch's own BLAS") && output.contains("precision: bfloat16"))
    let without = try program.run(
      through: [], ["doctor"], environment: ["LASAGNE_PLAN": "-blocks"])
    #expect(without.output.contains("without what LASAGNE_PLAN=-blocks leaves out"))
  }

  @Test func `a word of the environment that nothing comes of is one sentence`() throws {
    let program = try Program()
    defer { program.remove() }
    for (name, word) in [
      ("LASAGNE_PLAN", "pooling"), ("LASAGNE_CAPTURE", "yes"), ("LASAGNE_KERNELS", "sse"),
      ("LASAGNE_TF32", "on"),
    ] {
      let outcome = try program.run(
        through: [], ["summary", "tiny.yaml"], environment: [name: word])
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      #expect(outcome.complaint.hasPrefix("lasagne: \(name) ") && outcome.complaint.contains(word))
      #expect(outcome.complaint.split(separator: "\n").count == 1)
      let doctor = try program.run(through: [], ["doctor"], environment: [name: word])
      #expect(doctor.code == 1 && doctor.output.contains("WRONG  environment"))
    }
  }
}
