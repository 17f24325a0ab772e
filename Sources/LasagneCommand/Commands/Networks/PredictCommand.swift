import ArgumentParser
import Datasets
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Storage
import Tensors
import Training

/// `lasagne predict`: the outputs of a trained network for inputs from a file.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Compute a network's outputs for inputs from a file.",
    discussion: """
      Needs no workspace where model and weights are files. Bytes are scaled by 1/256, as in \
      training, unless --input-scale says otherwise.
      """)

  @Option(help: ArgumentHelp(ModelReference.help))
  var model: String

  @OptionGroup var trained: WeightOptions

  @Option(help: "The inputs: .npy, or .npz with one array for each input layer by its name.")
  var input: String

  @Option(help: "Where to write the outputs (.npy); without it they are printed.")
  var output: String?

  @Option(
    parsing: .unconditional,
    help: "What inputs are multiplied with; by default 1/256 for bytes, else 1.")
  var inputScale: Double?

  @Option(parsing: .unconditional, help: "Samples at a time.")
  var batchSize = 500

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try AtLeast.one(batchSize, "--batch-size")
    if let inputScale, !inputScale.isFinite {
      throw ValidationError("--input-scale is \(inputScale); it must be a finite number.")
    }
  }

  func run() throws {
    let workspace = try? common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let weights = try trained.weights(of: model, in: workspace)
    let inputs = try readInputs(model.network)
    let result = try outputs(
      model.network, weights, inputs, trained.place())
    if let output {
      let target = URL(fileURLWithPath: output)
      try Npy.write(result, to: target)
      if common.json {
        try common.putJSON(["output": target.path, "shape": "\(result.shape)"])
      }
    } else {
      try show(result)
    }
  }

  private func readInputs(_ network: Network) throws -> [String: HostArray] {
    let file = URL(fileURLWithPath: input)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EngineError(.unknown, "There is no input file '\(input)'; check the path.")
    }
    if file.pathExtension.lowercased() == "npz" {
      let pairs = try Npz.read(file).map { ($0.name, $0.array) }
      let arrays = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
      for name in network.inputs where arrays[name] == nil {
        throw EngineError(
          .invalid, "'\(input)' holds no array '\(name)', which is an input of the network.")
      }
      return arrays.filter { network.inputs.contains($0.key) }
    }
    guard network.inputs.count == 1 else {
      throw EngineError(
        .invalid,
        "The network has the inputs \(network.inputs.joined(separator: ", ")); give an .npz file "
          + "with an array for each.")
    }
    return [network.inputs[0]: try Npy.read(file)]
  }

  /// Whether an array is the network's input but for axes of one, such as the channel of grey images.
  private func lacksAxes(_ array: HostArray, _ network: Network) -> Bool {
    guard let shape = try? network.outputShape(of: network.inputs[0]),
      shape.count > array.shape.count
    else { return false }
    return shape.dropFirst().filter { $0 != 1 } == array.shape.dropFirst().filter { $0 != 1 }
  }

  private func outputs(
    _ network: Network, _ weights: Weights, _ inputs: [String: HostArray], _ device: Device
  ) throws -> HostArray {
    if inputs.count == 1, let array = inputs.values.first, network.outputs.count == 1 {
      // Few samples of the network's own type go through in one piece, whatever its axes mean.
      let isLarge = (array.shape.first ?? 0) > batchSize
      if isLarge || array.dataType == .uint8 || inputScale != nil || lacksAxes(array, network) {
        let evaluator = Evaluator(
          network: network, weights: weights, recipe: Recipe(inputScale: inputScale),
          batchSize: batchSize, device: device)
        return try evaluator.predict(array)
      }
    }
    return try network.predict(inputs, weights: weights, device: device)
  }

  private func show(_ result: HostArray) throws {
    let values = result.values(as: Double.self)
    let count = result.shape.first ?? 1
    let width = count > 0 ? values.count / count : 0
    let isClassified = result.shape.count == 2 && width > 1
    let steps = result.shape.count == 3 ? result.shape[2] : 0
    var rows: [[String]] = []
    for row in 0..<count {
      let outputs = Array(values[(row * width)..<((row + 1) * width)])
      let best = outputs.indices.max { outputs[$0] < outputs[$1] } ?? 0
      if common.json {
        try common.putJSON(
          Prediction(
            sample: row, best: isClassified ? best : nil,
            bestOfSteps: steps > 1 ? Self.best(of: outputs, classes: steps) : nil,
            outputs: outputs))
      } else if isClassified {
        rows.append([String(row), String(best), NumberText.value(outputs[best])])
      } else if steps > 1 {
        let best = Self.best(of: outputs, classes: steps)
        let shown = best.prefix(24).map(String.init).joined(separator: " ")
        rows.append([String(row), shown + (best.count > 24 ? "  …" : "")])
      } else {
        let shown = outputs.prefix(12).map(NumberText.value).joined(separator: "  ")
        rows.append([String(row), shown + (outputs.count > 12 ? "  …" : "")])
      }
    }
    guard !common.json else { return }
    let columns: [(title: String, alignment: TextTable.Alignment)] =
      isClassified
      ? [("sample", .right), ("class", .right), ("output", .right)]
      : [("sample", .right), (steps > 1 ? "class of each step" : "outputs", .left)]
    put(TextTable(columns, rows: rows))
  }

  /// The highest output of each step's row of classes.
  private static func best(of outputs: [Double], classes: Int) -> [Int] {
    stride(from: 0, to: outputs.count, by: classes).map { first in
      (0..<classes).max { outputs[first + $0] < outputs[first + $1] } ?? 0
    }
  }

  private struct Prediction: Encodable {
    var sample: Int
    var best: Int?
    var bestOfSteps: [Int]?
    var outputs: [Double]
  }
}

/// Refuses counts below one.
enum AtLeast {
  static func one(_ count: Int, _ option: String) throws {
    guard count >= 1 else { throw ValidationError("\(option) is \(count); it must be at least 1.") }
  }
}

/// Reads the option `--device`.
enum DeviceOption {
  /// The device, which this machine must have.
  static func device(_ text: String) throws -> Device {
    guard let device = Device(text) else {
      throw EngineError(.invalid, "'\(text)' is no device; use 'cpu' or 'cuda:0'.")
    }
    try Backend.load()
    if device != .cpu, !Backend.devices().contains(where: { $0.device == device }) {
      throw EngineError(.invalid, "This machine has no device '\(device)'; use 'cpu'.")
    }
    return device
  }
}
