import Tensors

/// One step of a network: a value with its settings; weights live outside.
///
/// A layer of one's own needs its settings, `name`, and `forward`; the other methods have defaults for
/// layers that keep the shape and have no parameters.
/// ```swift
/// struct Squash: Layer {
///   var name: String?
///   var strength = 1.0
///   func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
///     try (inputs[0] * strength).tanh()
///   }
/// }
/// ```
public protocol Layer: Codable, Equatable, Sendable {
  /// The layer's name in its network; nil lets the network choose (`conv1`, `dense2`).
  var name: String? { get set }

  /// The shape of the output for the given input shapes; by default that of the first input.
  ///
  /// An error's text continues the layer's name: `needs 4 axes, got [?, 10]; …`.
  func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape

  /// The parameters in the order they are registered; none by default.
  func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec]

  /// The output for the given inputs; parameters, mode and randomness come from the context.
  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor

  /// The name in model files; by default the name of the Swift type.
  static var typeName: String { get }

  /// What automatic names begin with: `conv` in `conv1`.
  static var namePrefix: String { get }

  /// How many layers it may read, those in `referencedLayers` not counted; one by default.
  static var incomingCount: ClosedRange<Int> { get }

  /// Whether its first input holds whole numbers (indices) instead of measurements.
  static var readsIndices: Bool { get }

  /// Whether a pass in bfloat16 computes this layer in it: its inputs and parameters come so.
  static var lowersPrecision: Bool { get }

  /// Layers named in its settings (a mask, a localization network); inputs after the incomings.
  var referencedLayers: [String] { get }

  /// What sets it apart in a few words, for tables: `32 filters 5×5, rectify`.
  var detail: String { get }

  /// The same layer with each setting in its shortest form, so that equal layers are equal values.
  var canonical: Self { get }
}

extension Layer {
  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    inputs.first ?? []
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] { [] }

  /// The name in model files: that of the Swift type unless told otherwise.
  public static var typeName: String { String(describing: Self.self) }

  /// The type's name without `Layer` and the number of axes, its first letters in lower case.
  public static var namePrefix: String {
    var name = typeName[...]
    if name.hasSuffix("Layer"), name.count > 5 { name = name.dropLast(5) }
    for axes in ["1D", "2D", "3D"] where name.hasSuffix(axes) && name.count > 2 {
      name = name.dropLast(2)
    }
    return name.prefix(1).lowercased() + name.dropFirst()
  }

  /// How many layers it may read.
  public static var incomingCount: ClosedRange<Int> { 1...1 }
  /// Whether its first input holds whole numbers (indices).
  public static var readsIndices: Bool { false }
  /// Whether a pass in bfloat16 computes this layer in it.
  public static var lowersPrecision: Bool { false }
  /// Layers named in its settings.
  public var referencedLayers: [String] { [] }
  /// What sets it apart in a few words.
  public var detail: String { "" }
  /// The same layer with each setting in its shortest form.
  public var canonical: Self { self }

  /// The same layer under a name of one's own.
  public func named(_ name: String) -> Self {
    var copy = self
    copy.name = name
    return copy
  }
}

/// A layer that ends in a nonlinearity.
///
/// The network can give what such a layer computes before it (the logits of a softmax).
public protocol ActivatedLayer: Layer {
  /// What is applied to the sum at the end.
  var nonlinearity: Nonlinearity { get set }
}

/// A layer that may read a mask: which steps of a sequence count.
public protocol MaskedLayer: Layer {
  /// The name of the layer that gives the mask, 0 where a step does not count; nil: all count.
  var maskInput: String? { get }
}

/// A layer with a bias that can be taken away, so that batch normalization's shift takes its place.
public protocol BiasedLayer: ActivatedLayer {
  /// Where the bias comes from; nil: the layer goes without.
  var b: ParameterSource? { get set }
}
