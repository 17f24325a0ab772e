import Tensors

/// Undoes another layer as far as its derivative can: the input, carried back through that layer.
///
/// It is the product of the input with the layer's Jacobian (Zeiler & Fergus 2014): a convolution is
/// undone by its transpose, maximum pooling by putting values back where they came from. The layer's
/// nonlinearity takes part with its derivative; its bias has no effect. No parameters of its own.
public struct InverseLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The name of the layer to undo; it reads one other layer.
  public var layer: String

  /// A layer that undoes the one with the given name.
  public init(_ layer: String, name: String? = nil) {
    self.layer = layer
    self.name = name
  }

  /// The layer with every default.
  public init() { self.init("") }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<InverseLayer>] { [.required("layer", \.layer)] }
  /// Layers named in its settings; the network adds what the inverted layer reads.
  public var referencedLayers: [String] { [layer] }
  /// What sets it apart in a few words.
  public var detail: String { "of \(layer)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs[0].agrees(with: inputs[1]) else {
      throw NetworkError(
        "needs an input of shape \(inputs[1].text), that of what '\(layer)' gives, got "
          + "\(inputs[0].text).")
    }
    return inputs[2]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let isRecording = isRecordingGradients
    let result = try withGradients { () throws(TensorError) in
      try Tensor.gradients(
        of: inputs[1], withRespectTo: [inputs[2]], cotangent: inputs[0], createGraph: true)[0]
    }
    return isRecording ? result : try result.detached()
  }
}
