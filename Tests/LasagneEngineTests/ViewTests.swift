import Datasets
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

/// A session whose network gives each input the class of its larger number.
private struct Picker {
  let bench: Bench
  let id: String

  init() throws {
    bench = try Bench()
    let network = try Network("picker", input: [2]) { DenseLayer(2, nonlinearity: .softmax) }
    let model = try Model.save(network, as: "picker", in: bench.workspace)
    try Dataset(
      name: "pairs", inputs: HostArray([1, 0, 0, 1] as [Float], shape: [2, 2]),
      targets: HostArray([0, 1] as [Int64], shape: [2]),
      testInputs: HostArray([1, 0, 0, 1, 3, 1, 0, 2] as [Float], shape: [4, 2]),
      testTargets: HostArray([0, 0, 0, 1] as [Int64], shape: [4]), classNames: ["left", "right"]
    ).add(to: bench.workspace, as: "pairs")
    id = "0123456789abcdefghijklmnop"
    var request = SessionRequest(
      id: id, name: "picker", model: "picker", data: "pairs", startParams: nil,
      saveParams: "picker", recipe: .object(["validationFraction": .number(0)]), device: "cpu",
      threads: 1, writesTensorBoard: false, createdAt: 1)
    request.priority = 0
    _ = try bench.workspace.createSession(request)
    try Params.save(
      [
        HostArray([1, 0, 0, 1] as [Float], shape: [2, 2]),
        HostArray([0, 0] as [Float], shape: [2]),
      ], of: model, as: "picker", in: bench.workspace,
      origin: ParamsStore.Origin(session: id, step: 7))
  }
}

@Suite struct ViewTests {
  @Test func `an examination counts what is given what`() throws {
    let picker = try Picker()
    defer { picker.bench.remove() }
    let look = try SessionLook(picker.id, in: picker.bench.workspace)
    #expect(look.parts == ["test"])
    let judgement = try Judgement(look, part: "test")
    let found = judgement.examination
    // By hand: (1,0) left, (0,1) right, (3,1) left, (0,2) right; they are left, left, left, right.
    #expect(found.step == 7)
    #expect(found.matrix == [[2, 1], [0, 1]])
    #expect(found.accuracy == 0.75)
    #expect(found.classes[0].precision == 1)
    #expect(abs((found.classes[0].recall ?? 0) - 2.0 / 3) < 1e-12)
    #expect(abs((found.classes[0].f1 ?? 0) - 0.8) < 1e-12)
    #expect(found.classes[1].precision == 0.5)
    #expect(found.classes[1].recall == 1)
    #expect(found.worst.map(\.index) == [1])
    // The softmax of (0, 1): 1 / (1 + e⁻¹).
    #expect(abs(found.worst[0].output - 0.7310585786) < 1e-6)
    #expect(judgement.cases(label: 0, predicted: 0).map(\.index) == [2, 0])
    #expect(throws: EngineError.self) { try Judgement(look, part: "validation") }
  }

  @Test func `a sample is followed layer by layer, and its saliency is a derivative`() throws {
    let picker = try Picker()
    defer { picker.bench.remove() }
    let look = try SessionLook(picker.id, in: picker.bench.workspace)
    let sample = try look.sample(3, of: "test")
    #expect(sample.label == 1)
    #expect(sample.activations.count == 2)
    #expect(sample.activations[0].maximum == 2)
    #expect(sample.activations[0].zeroShare == 0.5)
    // The score of the right class is the second number, so only that one counts.
    let saliency = try look.picture(.saliency, of: 3, in: "test")
    #expect(saliency.values == [0, 1])
    #expect(throws: EngineError.self) { try look.picture(.occlusion, of: 3, in: "test") }
    #expect(throws: EngineError.self) { try look.sample(4, of: "test") }
  }

  @Test func `a session without weights says what to do`() throws {
    let picker = try Picker()
    defer { picker.bench.remove() }
    var request = try picker.bench.workspace.session(picker.id).request
    request.id = "zyxwvutsrqponmlkjihgfedcba"
    _ = try picker.bench.workspace.createSession(request)
    let error = #expect(throws: EngineError.self) {
      try SessionLook(request.id, in: picker.bench.workspace)
    }
    #expect(error?.message.contains("snapshot") == true)
  }

  @Test func `the figures of bytes and of floats are those of all their numbers`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    // Two samples of two channels with two numbers each.
    try Dataset(
      name: "bytes",
      inputs: HostArray([0, 2, 10, 10, 4, 6, 10, 30] as [UInt8], shape: [2, 2, 1, 2]),
      targets: HostArray([1, 1] as [Int64], shape: [2]), classNames: ["none", "all"]
    ).add(to: bench.workspace, as: "bytes")
    let bytes = try DataView("bytes", in: bench.workspace).statistics()
    let inputs = try #require(bytes.arrays.first { $0.name == "inputs" })
    #expect(inputs.channels.map(\.minimum) == [0, 10])
    #expect(inputs.channels.map(\.maximum) == [6, 30])
    #expect(inputs.channels.map(\.mean) == [3, 15])
    // Of 0, 2, 4, 6 the variance is 5; of 10, 10, 10, 30 it is 75.
    #expect(abs(inputs.channels[0].deviation - 5.0.squareRoot()) < 1e-12)
    #expect(abs(inputs.channels[1].deviation - 75.0.squareRoot()) < 1e-12)
    let targets = try #require(bytes.arrays.first { $0.name == "targets" })
    #expect(targets.classes.map(\.count) == [0, 2])
    #expect(targets.classes.map(\.name) == ["none", "all"])

    try Dataset(
      name: "floats", inputs: HostArray([1, .nan, 3, 5] as [Float], shape: [2, 2])
    ).add(to: bench.workspace, as: "floats")
    let floats = try DataView("floats", in: bench.workspace).statistics()
    #expect(floats.arrays[0].channels.count == 1)
    #expect(floats.arrays[0].channels[0].nonFiniteCount == 1)
    #expect(abs(floats.arrays[0].channels[0].mean - 3) < 1e-12)
    #expect(abs(floats.arrays[0].channels[0].deviation - (8.0 / 3).squareRoot()) < 1e-12)
  }

  @Test func `samples are chosen by class, some at a time`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let view = try DataView("bars", in: bench.workspace)
    // Labels are 0, 1, 2, 0, 1, 2, … but the first, which is 2.
    let found = try view.samples(of: "inputs", label: 1, from: 2, count: 3)
    #expect(found.total == 90)
    #expect(found.fitting == 30)
    #expect(found.samples.map(\.index) == [7, 10, 13])
    #expect(!found.isTable)
    let images = try view.images(of: "inputs", at: [7])
    #expect((images.height, images.width, images.channels) == (4, 4, 1))
    #expect(images.values[1] >= 200 && images.values[0] < 200)
    #expect(throws: EngineError.self) { try view.images(of: "inputs", at: [90]) }
    #expect(throws: EngineError.self) { try view.samples(of: "outputs") }
  }

  @Test func `the augmentation is shown as a session would draw it`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let view = try DataView("bars", in: bench.workspace)
    let mirror = Recipe(augmentation: [.horizontalFlip(probability: 1)])
    let stack = try view.augmented("inputs", at: [4], epochs: 1, by: mirror)
    #expect(stack.count == 2)
    let (before, after) = (Array(stack.values[0..<4]), Array(stack.values[16..<20]))
    #expect(after == before.reversed())
    #expect(before[1] >= 200.0 / 256)
    #expect(throws: TrainingError.self) {
      let tooFar = Recipe(augmentation: [.shift(rows: 9, columns: 0)])
      _ = try view.augmented("inputs", at: [4], epochs: 1, by: tooFar)
    }
  }

  @Test func `the held-out samples are those that the run holds out`() throws {
    let bench = try Bench()
    defer { bench.remove() }
    let data = try TrainingData("bars", in: bench.workspace)
    let network = try Bench.network()
    let heldOut = try Recipe(validationFraction: 0.2).heldOut(of: data, network: network)
    // A fifth of each class of 30, but for the label that the first sample has: 29, 30, 31.
    #expect(heldOut.count == 18)
    #expect(heldOut == heldOut.sorted() && Set(heldOut).count == 18)
    #expect(try Recipe(validationFraction: 0).heldOut(of: data, network: network).isEmpty)
  }

  @Test func `notes of sessions are kept, changed in part, and limited`() async throws {
    let picker = try Picker()
    defer { picker.bench.remove() }
    let engine = try Engine(picker.bench.workspace, purpose: "test", cores: 1)
    try await engine.annotate(picker.id, SessionNotesChange(note: "good", tags: ["b", "a", "b"]))
    try await engine.annotate(picker.id, SessionNotesChange(color: 3, isPinned: true))
    let notes = try #require(try await engine.notes()[picker.id])
    #expect(notes.note == "good")
    #expect(notes.tags == ["a", "b"])
    #expect(notes.color == 3 && notes.isPinned && !notes.isArchived)
    try await engine.annotate(picker.id, SessionNotesChange(color: 0))
    #expect(try await engine.notes()[picker.id]?.color == nil)
    await #expect(throws: EngineError.self) {
      try await engine.annotate(picker.id, SessionNotesChange(color: 9))
    }
    await engine.close()
  }

  @Test func `settings follow what took effect, and what stood still`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let request = SessionRequest(
      id: "0123456789abcdefghijklmnop", name: "tiny", model: "tiny", data: "bars",
      startParams: nil, saveParams: "tiny", recipe: .object([:]), device: "cpu", threads: 1,
      writesTensorBoard: false, createdAt: 1)
    let folder = try bench.workspace.createSession(request)
    let network = try Bench.network()
    let layer = network.layers[1].name
    let actions: [ControlAction] = [
      .set(field: "learningRate", value: .number(0.5)), .freeze(pattern: layer),
      .set(field: "epochs", value: .number(3)), .set(field: "l2", value: .number(0.25)),
    ]
    for action in actions { _ = try folder.appendControl(action, origin: "test") }
    for (number, refusal) in [(1, nil), (2, nil), (3, "too late")] as [(Int, String?)] {
      try folder.appendTimeline(
        TimelineEntry(
          time: 1, attempt: 1, step: 10 * number,
          event: .acknowledged(command: number, refusal: refusal)))
    }
    let engine = try Engine(bench.workspace, purpose: "test", cores: 1)
    let settings = try engine.settings(ofSession: request.id)
    func value(_ name: String) -> JSONValue? {
      settings.fields.first { $0.name == name }?.value
    }
    #expect(value("learningRate") == .number(0.5))
    #expect(value("epochs") == .number(10))
    #expect(value("l2") == .number(0))
    #expect(settings.frozen == ["\(layer).W", "\(layer).b"])
    #expect(settings.waiting.map(\.command) == [4])
    let curve = try engine.learningRates(
      ofSession: request.id, changes: ["schedule": .string("linear")])
    #expect(curve.points.first?.rate == 0.5)
    await engine.close()
  }
}
