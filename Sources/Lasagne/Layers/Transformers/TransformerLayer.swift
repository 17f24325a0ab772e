import Tensors

/// Moves, turns, scales and shears images by what another network says.
///
/// Jaderberg et al., Spatial Transformer Networks, 2015.
/// The localization network gives six numbers for each image: the rows of the matrix that takes places of
/// the output to places of the input, both from -1 to 1 between the centres of the border pixels.
public struct TransformerLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The layer with the six numbers of each image.
  public var localizationNetwork: String
  /// By how much the output is smaller than the input.
  public var downsampleFactor: DownsampleFactor
  /// What lies beyond the border.
  public var borderMode: BorderMode

  /// A layer that follows the layer with the given name.
  public init(
    localizationNetwork: String, downsampleFactor: DownsampleFactor = 1,
    borderMode: BorderMode = .nearest, name: String? = nil
  ) {
    self.name = name
    self.localizationNetwork = localizationNetwork
    self.downsampleFactor = downsampleFactor
    self.borderMode = borderMode
  }

  /// The layer with every default.
  public init() { self.init(localizationNetwork: "") }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<TransformerLayer>] {
    [
      .required("localizationNetwork", \.localizationNetwork),
      .optional("downsampleFactor", \.downsampleFactor), .optional("borderMode", \.borderMode),
    ]
  }

  /// Layers named in its settings.
  public var referencedLayers: [String] { [localizationNetwork] }
  /// What sets it apart in a few words.
  public var detail: String { "by \(localizationNetwork)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try sampledShape(inputs, numbers: 6, factor: downsampleFactor)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let images = inputs[0]
    let size = downsampleFactor.lengths(rows: images.shape[2], columns: images.shape[3])
    let (x, y) = ImageSampling.grid(rows: size.rows, columns: size.columns)
    let ones = [Double](repeating: 1, count: x.count)
    let grid = try Tensor(x + y + ones, shape: [3, x.count], device: images.device)
      .converted(to: images.dataType)
    let places = try inputs[1].reshaped([-1, 2, 3]).matmul(grid)
    return try ImageSampling.sample(
      images, x: places.selected(axis: 1, index: 0), y: places.selected(axis: 1, index: 1),
      border: borderMode
    ).reshaped(Array(images.shape[..<2]) + [size.rows, size.columns])
  }
}
