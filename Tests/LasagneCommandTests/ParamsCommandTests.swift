import Datasets
import Foundation
import Records
import Storage
import Tensors
import Testing

/// The commands that keep order among params and data, as a person uses them.
struct ParamsCommandTests {
  /// A program whose workspace has a model and two versions of its weights.
  private func program() throws -> Program {
    let program = try Program()
    func tensor(_ value: Float, _ shape: [Int]) throws -> HostArray {
      try HostArray([Float](repeating: value, count: shape.reduce(1, *)), shape: shape)
    }
    try Safetensors(
      arrays: [
        "net.hidden.W": tensor(1, [16, 8]), "net.hidden.b": tensor(2, [8]),
        "net.out.W": tensor(3, [9, 3]), "extra": tensor(4, [1]),
      ], metadata: [:]
    ).write(to: program.file("other.safetensors"))
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    #expect(try program.run("models", "add", "tiny.yaml").code == 0)
    for seed in ["1", "2"] {
      let kept = try program.run(
        "params", "load-report", "tiny", "other.safetensors", "--map", "net.*=*", "--as", "base",
        "--seed", seed)
      #expect(kept.code == 0, "\(kept.complaint)")
      #expect(kept.output.contains("2 loaded, 1 of another shape, 1 missing, 1 unexpected."))
      #expect(kept.output.contains("Kept as tiny base@\(seed)."))
    }
    return program
  }

  private func records<Record: Decodable>(_ type: Record.Type, _ output: String) throws -> [Record]
  {
    try output.split(separator: "\n").map {
      try RecordJSON.decode(type, from: Data($0.utf8))
    }
  }

  @Test func `versions are compared, averaged, drawn as a tree and written to a file`() throws {
    let program = try program()
    defer { program.remove() }
    let diff = try program.run("params", "diff", "tiny", "base@1", "base@2", "--json")
    let tensors = try #require(try records(ParamsDiff.self, diff.output).first).tensors
    #expect(tensors.map(\.name) == ["hidden.W", "hidden.b", "out.W", "out.b"])
    #expect(tensors[0].largestChange == 0)
    #expect(tensors[2].largestChange > 0)
    #expect(try program.run("params", "diff", "tiny", "base@1", "base@2").output.contains("out.W"))
    let average = try program.run("params", "average", "tiny", "base", "--as", "mean")
    #expect(average.output == "Kept tiny mean@1: the mean of base@1, base@2.\n")
    #expect(
      try program.run(
        "params", "interpolate", "tiny", "base@1", "mean", "--fraction", "0.25", "--as", "line"
      ).code == 0)
    let tree = try program.run("params", "tree", "tiny").output
    #expect(tree == "● base@1\n● base@2\n↓ mean@1  mean of 2\n↓ line@1  interpolation of 2\n")
    #expect(try program.run("params", "export", "tiny", "mean", "mean.npz").code == 0)
    #expect(try Npz.read(program.file("mean.npz")).map(\.array.shape).first == [16, 8])
  }

  @Test func `versions are noted, renamed, archived, thinned out, deleted and brought back`() throws
  {
    let program = try program()
    defer { program.remove() }
    #expect(try program.run("params", "note", "tiny", "base@1", "--tag", "good", "--pin").code == 0)
    #expect(try program.run("params", "list", "--tag", "good").output.contains("pinned #good"))
    #expect(try program.run("params", "rename", "tiny", "base", "first").code == 0)
    #expect(try program.run("params", "show", "tiny", "base@2").output.contains("tiny first@2"))
    #expect(try program.run("params", "archive", "tiny", "first@2").code == 0)
    #expect(try !program.run("params", "list").output.contains("first@2"))
    #expect(try program.run("params", "restore", "tiny", "first").code == 0)
    _ = try program.run("params", "average", "tiny", "first", "--as", "first")
    let plan = try program.run("params", "retain", "tiny", "first", "--best", "x", "--json")
    #expect(try records(RetentionPlan.self, plan.output).map(\.removed) == [[2, 3]])
    #expect(
      try program.run("params", "retain", "tiny", "first", "--best", "x", "--apply").code == 0)
    #expect(try !program.run("params", "list").output.contains("first@3"))
    #expect(try program.run("params", "undo").output == "Undone: retain 1 of tiny first.\n")
    #expect(try program.run("params", "list").output.contains("first@3"))
    let pinned = try program.run("params", "delete", "tiny", "first")
    #expect(pinned.code == 2)
    #expect(pinned.complaint.contains("is pinned; unpin it first"))
    #expect(try program.run("params", "delete", "tiny", "first@3").code == 0)
    #expect(try program.run("params", "trash", "--purge").code == 0)
    #expect(try program.run("params", "undo").code == 2)
  }

  @Test func `data sets and models are renamed, removed and brought back`() throws {
    let program = try program()
    defer { program.remove() }
    #expect(try program.run("data", "rename", "bars", "lines").code == 0)
    #expect(try program.run("data", "remove", "lines").code == 0)
    #expect(try !program.run("data", "list").output.contains("lines"))
    #expect(try program.run("data", "undo").output == "Undone: remove the data set lines.\n")
    #expect(try program.run("data", "show", "lines").code == 0)
    #expect(try program.run("models", "remove", "tiny").code == 0)
    #expect(try program.run("models", "undo").code == 0)
    #expect(try program.run("models", "show", "tiny").code == 0)
    let renamed = try program.run("models", "rename", "tiny", "small")
    #expect(renamed.output == "Renamed tiny to small.\n", "\(renamed.complaint)")
    #expect(try program.run("params", "show", "small", "base@1").code == 0)
    let models = try program.run("models").output.split(separator: "\n")
    #expect(models.last?.split(separator: " ") == ["small", "3", "163", "base"])
    #expect(try program.run("models", "show", "tiny").code == 0)
    #expect(try program.run("models", "rename", "large", "small").code == 2)
    #expect(try program.run("models", "undo").output == "Undone: rename the model tiny to small.\n")
    #expect(try program.run("params", "show", "tiny", "base@1").code == 0)
  }

  @Test func `mistakes are one sentence and change nothing`() throws {
    let program = try program()
    defer { program.remove() }
    for (arguments, expected) in [
      (["retain", "tiny", "base"], "names nothing to keep"),
      (["retain", "tiny", "base", "--budget", "much"], "'much' is no number of bytes"),
      (["average", "tiny", "base@1", "--as", "x"], "needs at least two versions"),
      (["diff", "tiny", "base@1", "base@7"], "have no version"),
      (["tree", "tony"], "did you mean 'tiny'?"),
      (["load-report", "tiny", "base", "--map", "a*=b"], "The name map 'a*=b' cannot be used"),
    ] {
      let outcome = try program.run(through: [], ["params"] + arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.complaint.contains(expected), "\(outcome.complaint)")
      #expect(outcome.complaint.split(separator: "\n").count == 1)
    }
    let left = try records(ParamsRecord.self, program.run("params", "list", "--json").output)
    #expect(left.map(\.versions.count) == [2])
  }
}
