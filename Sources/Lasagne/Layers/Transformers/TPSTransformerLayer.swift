import Tensors

/// Bends images by a thin-plate spline whose control points another network moves.
///
/// Jaderberg et al., Spatial Transformer Networks, 2015.
/// The localization network gives an offset for each control point and image: all x, then all y. The
/// control points lie on a square grid from -1 to 1. As in Lasagne, without a precomputed grid
/// (`precomputeGrid` false, or auto where the number of rows or columns is unknown) only the affine part
/// of the spline acts: give the input layer its rows and columns to have the image bent.
public struct TPSTransformerLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The layer with the offsets.
  public var localizationNetwork: String
  /// By how much the output is smaller than the input.
  public var downsampleFactor: DownsampleFactor
  /// The number of control points; a square number of at least 4.
  public var controlPoints: Int
  /// Whether the grid is that of the input's static shape; decides whether the spline bends.
  public var precomputeGrid: PrecomputedGrid
  /// What lies beyond the border.
  public var borderMode: BorderMode

  /// A layer that follows the layer with the given name.
  public init(
    localizationNetwork: String, downsampleFactor: DownsampleFactor = 1, controlPoints: Int = 16,
    precomputeGrid: PrecomputedGrid = .auto, borderMode: BorderMode = .nearest,
    name: String? = nil
  ) {
    self.name = name
    self.localizationNetwork = localizationNetwork
    self.downsampleFactor = downsampleFactor
    self.controlPoints = controlPoints
    self.precomputeGrid = precomputeGrid
    self.borderMode = borderMode
  }

  /// The layer with every default.
  public init() { self.init(localizationNetwork: "") }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<TPSTransformerLayer>] {
    [
      .required("localizationNetwork", \.localizationNetwork),
      .optional("downsampleFactor", \.downsampleFactor),
      .optional("controlPoints", \.controlPoints),
      .optional("precomputeGrid", \.precomputeGrid), .optional("borderMode", \.borderMode),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "tps" }
  /// Layers named in its settings.
  public var referencedLayers: [String] { [localizationNetwork] }
  /// What sets it apart in a few words.
  public var detail: String { "\(controlPoints) points by \(localizationNetwork)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let side = Int(Double(max(0, controlPoints)).squareRoot().rounded())
    guard side >= 2, side * side == controlPoints, side <= Self.mostPointsOnASide else {
      throw NetworkError(
        "needs a square number of controlPoints from 4 to \(Self.mostPointsOnASide * Self.mostPointsOnASide)"
          + ", got \(controlPoints).")
    }
    let output = try sampledShape(
      inputs, numbers: 2 * controlPoints, factor: downsampleFactor)
    guard precomputeGrid != .always || inputs[0][2...].allSatisfy({ $0 != nil }) else {
      throw NetworkError(
        "cannot precompute its grid for an input of shape \(inputs[0].text); fix rows and columns, or "
          + "leave precomputeGrid out.")
    }
    return output
  }

  /// The system of a spline is solved whole: more points would take minutes.
  private static let mostPointsOnASide = 32

  /// Whether the spline bends, for an image whose rows and columns are known or not.
  package func bends(_ isKnown: Bool) -> Bool {
    switch precomputeGrid {
    case .auto: isKnown
    case .always: true
    case .never: false
    }
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let images = inputs[0]
    let size = downsampleFactor.lengths(rows: images.shape[2], columns: images.shape[3])
    let isKnown = context.inputShapes[0][2...].allSatisfy { $0 != nil }
    let spline = ThinPlateSpline.shared(
      points: controlPoints, rows: size.rows, columns: size.columns, bends: bends(isKnown))
    func constant(_ values: [Double], _ shape: [Int]) throws(TensorError) -> Tensor {
      try Tensor(values, shape: shape, device: images.device).converted(to: images.dataType)
    }
    let points = try constant(spline.x + spline.y, [1, 2, controlPoints])
    let weights = try constant(spline.weights, [controlPoints, size.rows * size.columns])
    let destinations = try inputs[1].reshaped([-1, 2, controlPoints]) + points
    let places = try destinations.matmul(weights)
    return try ImageSampling.sample(
      images, x: places.selected(axis: 1, index: 0), y: places.selected(axis: 1, index: 1),
      border: borderMode
    ).reshaped(Array(images.shape[..<2]) + [size.rows, size.columns])
  }
}

/// Whether a `TPSTransformerLayer` computes its grid from the input's static shape.
public enum PrecomputedGrid: Equatable, Hashable, Sendable, Codable {
  /// Where the rows and columns are known.
  case auto
  /// Yes; the rows and columns must be known.
  case always
  /// No.
  case never

  /// Reads `auto`, true or false.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let isOn = try? container.decode(Bool.self) {
      self = isOn ? .always : .never
    } else if (try? container.decode(String.self)) == "auto" {
      self = .auto
    } else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "A precomputed grid is auto, true or false."))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .auto: try "auto".encode(to: encoder)
    case .always: try true.encode(to: encoder)
    case .never: try false.encode(to: encoder)
    }
  }
}
