import Datasets
import Foundation
import Lasagne
import Tensors
import Training

/// Trains a network on the samples of a folder and times its steps on request.
///
/// `lasagne-bench NETWORK adam|nesterov BATCH folder=FOLDER [threads=N] [device=cuda:0] [losses=1]
/// [write=1]`. The folder holds `inputs.npy` and `targets.npy`; `write` adds what other libraries need to do the same
/// work, `weights.npz` and `order.npy`, and ends. A first line of JSON says what is measured; then
/// each line on standard input, a number of steps, is answered by a line of JSON: steps, wall and CPU
/// seconds, and the losses where they were asked for (then without dropout). A step is all of it:
/// gathering the batch, scaling, forward, backward, update, reading the loss.
@main
struct Main {
  static func main() {
    do {
      try run()
    } catch {
      FileHandle.standardError.write(Data("lasagne-bench: \(error)\n".utf8))
      exit(error is Refusal ? 2 : 1)
    }
  }

  /// Epochs of which the order is written; who makes more steps begins again with the first.
  private static let writtenEpochs = 3

  private static func run() throws {
    let request = try Request(CommandLine.arguments.dropFirst())
    try Backend.load()
    Backend.setThreadCount(request.threads)
    let isAdam = request.update == "adam"
    let recipe = Recipe(
      update: isAdam ? .adam() : .nesterovMomentum(momentum: 0.9),
      learningRate: isAdam ? 0.001 : 0.01, batchSize: request.batchSize, epochs: 1_000_000,
      validationFraction: 0, dropLast: true, checkpointEveryEpochs: 0,
      reportEverySteps: request.wantsLosses ? 1 : 1_000_000_000, observeEverySteps: 0)
    let network = try request.network.network(hasDropout: !request.wantsLosses)
    let data = TrainingData(
      inputs: try Npy.read(request.file("inputs.npy")),
      targets: try Npy.read(request.file("targets.npy")))
    let trainer = try Trainer(
      network: network, data: data, recipe: recipe, device: request.device)
    if request.writes { return try write(trainer, to: request) }
    let rounds = Rounds(on: request.device)
    try rounds.say(
      Facts(
        library: "LasagneEngine", libtorch: Backend.version,
        loops: Backend.planCapability, threads: Backend.threadCount,
        notPlanned: trainer.planRefusal, device: request.device.description,
        notCaptured: trainer.captureRefusal,
        precision: request.device == .cpu ? nil : Backend.precision))
    try trainer.run(control: rounds) { event in
      if request.wantsLosses, case .metrics(let points) = event,
        let loss = points.values["train/loss"]
      {
        rounds.losses.append(loss)
      }
    }
  }

  private static func write(_ trainer: Trainer, to request: Request) throws {
    let names = trainer.weights.parameters.map(\.fullName)
    let arrays = try trainer.weights.hostArrays()
    try Npz.write(
      zip(names, arrays).map { (name: $0, array: $1) }, to: request.file("weights.npz"))
    let order = (0..<writtenEpochs).flatMap { trainer.sampleOrder(epoch: $0).map(Int64.init) }
    try Npy.write(
      try HostArray(order, shape: [writtenEpochs, trainer.trainingCount]),
      to: request.file("order.npy"))
  }
}

/// What is measured.
struct Facts: Encodable {
  var library: String
  var libtorch: String
  var loops: String
  var threads: Int
  var notPlanned: String?
  var device: String
  var notCaptured: String?
  /// How exactly a GPU multiplies.
  var precision: String?
}

/// What the command line asks for.
struct Request {
  var network: BenchNetwork
  var update: String
  var batchSize: Int
  var threads = 1
  var device = Device.cpu
  var wantsLosses = false
  var writes = false
  private var folder = URL(fileURLWithPath: ".")

  init(_ arguments: ArraySlice<String>) throws {
    let words = Array(arguments)
    let names = BenchNetwork.allCases.map(\.rawValue).joined(separator: ", ")
    guard words.count >= 3, let network = BenchNetwork(rawValue: words[0]) else {
      throw Refusal("name one of the networks \(names), an update and a batch size")
    }
    guard ["adam", "nesterov"].contains(words[1]) else {
      throw Refusal("the update is adam or nesterov, not '\(words[1])'")
    }
    guard let batchSize = Int(words[2]), batchSize > 0 else {
      throw Refusal("the batch size is a number above 0, not '\(words[2])'")
    }
    self.network = network
    update = words[1]
    self.batchSize = batchSize
    for word in words.dropFirst(3) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts.first, parts.last) {
      case ("folder", let path?): folder = URL(fileURLWithPath: path)
      case ("threads", let text?):
        guard let count = Int(text), count > 0 else {
          throw Refusal("the threads are a number above 0, not '\(text)'")
        }
        threads = count
      case ("device", let text?):
        guard let device = Device(text) else {
          throw Refusal("the device is cpu or cuda:0, not '\(text)'")
        }
        self.device = device
      case ("losses", _): wantsLosses = true
      case ("write", _): writes = true
      default: throw Refusal("'\(word)' is not known here")
      }
    }
  }

  /// A file of the folder.
  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
}

/// A request that makes no sense.
struct Refusal: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
