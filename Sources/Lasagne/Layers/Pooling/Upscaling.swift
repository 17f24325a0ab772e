import Tensors

/// How an upscaling layer fills the new places.
public enum UpscaleMode: String, Codable, Sendable, CaseIterable {
  /// With the same number again.
  case `repeat`
  /// With zeros.
  case dilate
}

/// What the upscaling layers over one, two and three axes have in common.
public protocol UpscalingLayer: DescribedLayer {
  /// The number of spatial axes.
  static var spatialAxes: Int { get }
  /// How many times longer each spatial axis gets.
  var scaleFactor: Sizes { get set }
  /// How new places are filled.
  var mode: UpscaleMode { get set }
}

extension UpscalingLayer {
  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<Self>] {
    [.required("scaleFactor", \.scaleFactor), .optional("mode", \.mode)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "upscale" }
  /// What sets it apart in a few words.
  public var detail: String { "\(scaleFactor.text(Self.spatialAxes)), \(mode.rawValue)" }

  /// The same layer with each setting in its shortest form.
  public var canonical: Self {
    var copy = self
    copy.scaleFactor = scaleFactor.canonical(Self.spatialAxes)
    return copy
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try inputs[0].checkedImage(Self.spatialAxes)
    let factors = try scaleFactor.positive(Self.spatialAxes, "scaleFactor")
    return input.prefix(2)
      + zip(input.dropFirst(2), factors).map { length, factor in
        length.map { $0 * factor }
      }
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    var output = inputs[0]
    for axis in 0..<Self.spatialAxes {
      let factor =
        switch scaleFactor {
        case .all(let factor): factor
        case .each(let factors): factors[axis]
        }
      guard factor > 1 else { continue }
      output =
        switch mode {
        case .repeat: try output.repeated(axis: axis + 2, times: factor)
        case .dilate: try output.dilated(axis: axis + 2, by: factor)
        }
    }
    return output
  }
}

extension Tensor {
  /// Each entry along an axis followed by `factor - 1` zeros.
  fileprivate func dilated(axis: Int, by factor: Int) throws(TensorError) -> Tensor {
    var widths = [(before: Int, after: Int)](repeating: (0, 0), count: rank + 1)
    widths[axis + 1].after = factor - 1
    var shape = shape
    shape[axis] *= factor
    return try unsqueezed(axis: axis + 1).padded(widths).reshaped(shape)
  }
}
