import Foundation
import Tensors

/// Adds to each step of a sequence sines and cosines of its position.
///
/// Vaswani and others, Attention Is All You Need, 2017. Inputs have the axes (batch, steps, features). Feature 2i of position p gets
/// `sin(p / base^(2i / features))`, feature 2i + 1 the cosine of the same. No parameters.
public struct SinusoidalPositionLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The longest wave is 2π times this many steps.
  public var base: Double

  /// A layer with the paper's base unless told otherwise.
  public init(base: Double = 10000, name: String? = nil) {
    self.name = name
    self.base = base
  }

  /// The layer with every default.
  public init() { self.init(base: 10000) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<SinusoidalPositionLayer>] {
    [.optional("base", \.base)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "position" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard base > 0 else { throw NetworkError("needs a base above 0, got \(base).") }
    return try inputs[0].checkedSequence()
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    return try input
      + waves(
        steps: input.shape[1], features: input.shape[2], dataType: input.dataType,
        device: input.device)
  }

  /// What is added, of the axes steps and features.
  package func waves(
    steps: Int, features: Int, dataType: DataType, device: Device
  ) throws(TensorError) -> Tensor {
    func count(_ length: Int) throws(TensorError) -> Tensor {
      try .arange(length, dataType: .float64, device: device)
    }
    let pairs = (features + 1) / 2
    let rates = try (count(pairs) * (-2 * log(base) / Double(features))).exponential()
    let angles = try count(steps).reshaped([steps, 1]) * rates.reshaped([1, pairs])
    var waves = try Tensor.stack([angles.sine(), angles.cosine()], axis: 2)
      .reshaped([steps, 2 * pairs])
    if waves.shape[1] > features { waves = try waves.sliced(axis: 1, from: 0, to: features) }
    return try waves.converted(to: dataType)
  }
}
