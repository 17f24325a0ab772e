import Tensors

/// What a layer may ask for while it computes: its parameters, the mode, randomness.
public struct LayerContext {
  /// The layer's name in its network.
  public let layer: String
  /// The mode of this pass.
  public let mode: ForwardMode
  /// The shapes of what the layer reads as they were known when the network was built.
  public let inputShapes: [Shape]
  let weights: Weights
  let bindings: [String: Int]
  let recorder: UpdateRecorder

  /// Whether random layers stand still and averages are used instead of the batch's statistics.
  public var isDeterministic: Bool { mode.isDeterministic }

  /// Whether the layer has a parameter of this name.
  public func has(_ name: String) -> Bool { bindings[name] != nil }

  /// The parameter with the given name within this layer; throws if it declared none.
  public func parameter(_ name: String) throws(TensorError) -> Tensor {
    guard let index = bindings[name] else {
      throw TensorError(
        operation: layer, message: "it asked for a parameter '\(name)' that it does not declare")
    }
    return weights.tensors[index]
  }

  /// The parameter with the given name, or nil if the layer goes without.
  public func optionalParameter(_ name: String) -> Tensor? {
    bindings[name].map { weights.tensors[$0] }
  }

  /// The source of random numbers; throws if the pass was given none.
  public func generator() throws(TensorError) -> Generator {
    guard let generator = mode.generator else {
      throw TensorError(
        operation: layer,
        message:
          "it draws random numbers in training mode: pass a generator, or deterministic: true")
    }
    return generator
  }

  /// Records what a parameter becomes once the pass is over (running averages).
  ///
  /// Where layers share the parameter, the first of them decides, as in Lasagne.
  public func update(_ name: String, to value: Tensor) {
    guard let index = bindings[name], !recorder.updates.contains(where: { $0.index == index })
    else { return }
    recorder.updates.append((index, value))
  }
}

/// How a network is run.
public struct ForwardMode {
  /// Whether random layers stand still and averages are used instead of the batch's statistics.
  public var isDeterministic: Bool
  /// Where random layers draw from in training mode.
  public var generator: Generator?
  /// Overrides which statistics batch normalization uses; nil follows `isDeterministic`.
  public var batchNormUseAverages: Bool?
  /// Overrides whether batch normalization updates its averages; nil follows `isDeterministic`.
  public var batchNormUpdateAverages: Bool?

  /// What layers of products compute in.
  public var precision = Precision.float32

  /// The mode for predictions.
  public static var deterministic: ForwardMode { ForwardMode(isDeterministic: true) }

  /// The mode for training steps.
  public static func training(generator: Generator?) -> ForwardMode {
    ForwardMode(isDeterministic: false, generator: generator)
  }

  /// A mode from its parts.
  public init(
    isDeterministic: Bool, generator: Generator? = nil, batchNormUseAverages: Bool? = nil,
    batchNormUpdateAverages: Bool? = nil
  ) {
    self.isDeterministic = isDeterministic
    self.generator = generator
    self.batchNormUseAverages = batchNormUseAverages
    self.batchNormUpdateAverages = batchNormUpdateAverages
  }
}

/// What the products of a pass are computed in; weights are float32 in either.
public enum Precision: String, Codable, CaseIterable, Equatable, Hashable, Sendable {
  /// Everything in single precision.
  case float32
  /// The dense and convolutional layers in bfloat16, with sums as the device makes them; all other
  /// layers, the network's outputs, losses, gradients of weights and updates stay float32.
  case bfloat16
}

/// Collects what parameters become after a pass.
final class UpdateRecorder {
  var updates: [(index: Int, value: Tensor)] = []
}
