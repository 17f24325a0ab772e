import Foundation
import Records
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sessions in worker processes, steered from the command line.
@Suite(.serialized)
struct SessionProcessTests {
  @Test func `train, show, predict and evaluate from three files`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let training = try program.run(
      "train", "tiny.yaml", "bars", "--epochs", "2", "--batch-size", "10", "--tensorboard")
    #expect(training.code == 0, "\(training.complaint)")
    #expect(training.output.contains("epoch 2/2"))
    #expect(training.output.contains("tiny-1@1"))
    #expect(try program.run("sessions").output.contains("finished"))
    #expect(try program.run("show", "tiny-1").output.contains("Epoch 2 ended."))
    #expect(try program.run("evaluate", "tiny", "bars", "--params", "tiny-1").code == 0)
    let prediction = try program.run(
      "predict", "--model", "tiny", "--params", "tiny-1@1", "--input", "x.npy", "--json")
    #expect(prediction.output.split(separator: "\n").count == 90)
  }

  @Test func `a worker killed in mid-training is seen as crashed, and goes on`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let training = try program.start([
      "train", "tiny.yaml", "bars", "--epochs", "100000", "--batch-size", "10",
    ])
    let running = try #require(
      try program.session { ($0.checkpointStep ?? 0) > 0 && $0.process != nil })
    let killed = try #require(running.process)
    kill(pid_t(killed), SIGKILL)
    training.waitUntilExit()
    #expect(training.terminationStatus == 1)
    let crashed = try #require(try program.session { $0.state == .crashed })
    #expect(crashed.step >= running.step)
    #expect(crashed.latest["train/loss"] != nil)
    #expect(try program.run("sessions").output.contains("crashed"))

    let output = program.file("resumed")
    let resumed = try program.start(["session", "resume", "tiny-1"], output: output)
    _ = try #require(try program.session { $0.attempt == 2 && $0.state == .running })
    #expect(try program.run("session", "stop", "tiny-1").code == 0)
    resumed.waitUntilExit()
    let complaint = try String(contentsOf: output.appendingPathExtension("err"), encoding: .utf8)
    #expect(resumed.terminationStatus == 0, "\(complaint)")
  }

  @Test func `trainings started at the same moment share one engine`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let outputs = ["a", "b", "c"].map { program.file($0) }
    let trainings = try outputs.map { output in
      try program.start(
        ["train", "tiny.yaml", "bars", "--epochs", "3", "--batch-size", "10"], output: output)
    }
    for (training, output) in zip(trainings, outputs) {
      training.waitUntilExit()
      let complaint = try String(contentsOf: output.appendingPathExtension("err"), encoding: .utf8)
      #expect(training.terminationStatus == 0, "\(complaint)")
    }
    let sessions = try Workspace.open(at: program.workspace).sessions()
    #expect(sessions.count == 3)
    for session in sessions { #expect(try session.record().state == .finished) }
  }

  @Test func `a session that waits gets its turn when its engine was killed`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let cores = "\(ProcessInfo.processInfo.activeProcessorCount)"
    let common = ["train", "tiny.yaml", "bars", "--batch-size", "10", "--threads", cores]
    let first = try program.start(common + ["--epochs", "100000", "--name", "first"])
    _ = try #require(try program.session { $0.state == .running })
    let second = try program.start(common + ["--epochs", "2", "--name", "second"])
    let isEnrolled = try program.wait {
      try program.run("sessions", "--json").output.contains("\"second\"")
    }
    #expect(isEnrolled)
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    // The killed engine's worker lives on, and is steered through the second process.
    #expect(try program.run("session", "stop", "first").code == 0)
    second.waitUntilExit()
    #expect(second.terminationStatus == 0)
    let states = try Workspace.open(at: program.workspace).sessions().map { try $0.record().state }
    #expect(states == [.stopped, .finished])
  }

  @Test func `every measured step is printed as one record`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    _ = try program.run(
      "train", "tiny.yaml", "bars", "--epochs", "4", "--batch-size", "10", "--name", "short")
    let text = try program.run("show", "short", "--metrics", "--json").output
    let points = try text.split(separator: "\n").map {
      try RecordJSON.decode(MetricPoints.self, from: Data($0.utf8))
    }
    #expect(points.filter { $0.values["valid/loss"] != nil }.map(\.step) == [9, 18, 27, 36])
  }

  @Test func `without the backend the sentence names what builds it`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let outcome = try program.run(
      through: [], ["train", "tiny.yaml", "bars", "--batch-size", "10"],
      environment: ["LASAGNE_BACKEND": "/nonexistent"])
    #expect(outcome.code == 1)
    #expect(outcome.complaint.contains("make setup"))
    #expect(try program.run("sessions", "--json").output.isEmpty)
  }

  @Test func `pause, change, resume and stop`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let training = try program.start([
      "train", "tiny.yaml", "bars", "--epochs", "100000", "--batch-size", "10",
    ])
    _ = try #require(try program.session { $0.state == .running })
    #expect(try program.run("session", "pause", "tiny-1").code == 0)
    #expect(try program.session { $0.state == .paused } != nil)
    #expect(try program.run("session", "set", "tiny-1", "learningRate=0.002").code == 0)
    #expect(try program.run("session", "set", "tiny-1", "seed=3").code == 2)
    #expect(try program.run("session", "resume", "tiny-1").code == 0)
    #expect(try program.session { $0.state == .running } != nil)
    #expect(try program.run("session", "stop", "tiny-1").code == 0)
    training.waitUntilExit()
    #expect(training.terminationStatus == 0)
    #expect(try program.session { $0.state == .stopped } != nil)
  }

  @Test func `control-C ends a session in good order`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let output = program.file("training")
    let training = try program.start(
      ["train", "tiny.yaml", "bars", "--epochs", "100000", "--batch-size", "10"], output: output)
    _ = try #require(try program.session { $0.state == .running })
    // Before it names the session, a signal would end the program itself.
    #expect(
      try program.wait {
        try String(contentsOf: output, encoding: .utf8).contains("\nsession ")
      })
    training.interrupt()
    training.waitUntilExit()
    #expect(training.terminationStatus == 0)
    let record = try #require(try program.session { $0.state == .stopped })
    #expect(record.checkpointStep == record.step)
  }
}
