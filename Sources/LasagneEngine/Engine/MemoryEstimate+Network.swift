import Foundation
import Lasagne
import Records
import Tensors
import Training

extension MemoryEstimate {
  /// What a process with libtorch takes of the machine's memory for itself: 160 MB as measured on
  /// Linux, and a little room.
  static let processBytes = 200 << 20

  /// Bytes that training a network by a recipe is expected to take.
  ///
  /// Layers' outputs are counted twice: as what is kept for the way back, and as the gradient that
  /// comes along it. Sizes that are known only at run time count as 1.
  public init(_ network: Network, recipe: Recipe, data: TrainingData) {
    let arrays = [
      data.inputs, data.targets, data.validationInputs, data.validationTargets, data.testInputs,
      data.testTargets,
    ].compactMap(\.self)
    let all = arrays + data.others.values
    self.init(network, recipe: recipe, dataBytes: all.reduce(0) { $0 + $1.data.count })
  }

  /// The same for so many bytes of data.
  public init(_ network: Network, recipe: Recipe, dataBytes: Int) {
    let summary = network.summary()
    let itemBytes = 4
    // Sizes that no machine has can be described, so that their product may not be a whole number.
    let outputs = summary.layers.reduce(0.0) { sum, layer in
      sum + layer.outputShape.dropFirst().reduce(1.0) { $0 * Double($1 ?? 1) }
    }
    let activations = 2 * outputs * Double(recipe.batchSize * itemBytes)
    let trainable = summary.trainableParameterCount * itemBytes
    self.init(
      parameters: summary.parameterCount * itemBytes, gradients: trainable,
      optimizer: trainable * recipe.update.rememberedArrays,
      activations: Int(min(activations, 0x1p60)),
      data: dataBytes, base: Self.processBytes)
  }
}

extension UpdateRule {
  /// How many arrays of a parameter's size the rule remembers of each.
  var rememberedArrays: Int {
    switch self {
    case .sgd: 0
    case .momentum, .nesterovMomentum, .adagrad, .rmsprop: 1
    case .amsgrad: 3
    case .applyMomentum(let rule, _), .applyNesterovMomentum(let rule, _):
      1 + rule.rememberedArrays
    default: 2
    }
  }
}

/// The memory that sessions may share out.
package enum MachineMemory {
  /// Nine tenths of the machine's memory, or of what its administrator lets this process have.
  package static var limit: Int {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    for file in files {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8),
        let number = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
      else { continue }
      bytes = min(bytes, number)
    }
    return bytes / 10 * 9
  }

  /// The limits by device: the CPU's always, the GPUs' where the backend is loaded for one of them.
  static func limits(with device: Device? = nil) -> [String: Int] {
    var limits = ["cpu": limit]
    guard let device, device != .cpu else { return limits }
    for info in Backend.devices() where info.device != .cpu {
      limits[info.device.description] = info.totalBytes / 10 * 9
    }
    return limits
  }
}
