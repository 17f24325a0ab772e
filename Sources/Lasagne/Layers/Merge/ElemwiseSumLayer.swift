import Tensors

/// The sum of its inputs, each times a coefficient.
public struct ElemwiseSumLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// One coefficient for all inputs, or one for each.
  public var coeffs: Coefficients
  /// How axes of different length are made equal.
  public var cropping: [Cropping?]?

  /// One coefficient for all inputs, or one for each.
  public enum Coefficients: Equatable, Hashable, Sendable {
    /// The same for all.
    case all(Double)
    /// One for each input.
    case each([Double])
  }

  /// A plain sum unless told otherwise.
  public init(
    coeffs: Coefficients = 1, cropping: [Cropping?]? = nil, name: String? = nil
  ) {
    self.name = name
    self.coeffs = coeffs
    self.cropping = cropping
  }

  /// The layer with every default.
  public init() { self.init(coeffs: 1) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ElemwiseSumLayer>] {
    [.optional("coeffs", \.coeffs), .optional("cropping", \.cropping)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "sum" }
  /// How many layers it may read.
  public static var incomingCount: ClosedRange<Int> { 1...Int.max }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    if case .each(let coefficients) = coeffs, coefficients.count != inputs.count {
      throw NetworkError(
        "has \(coefficients.count) coeffs for \(inputs.count) inputs; give one for each.")
    }
    return try ElemwiseMergeLayer(.add, cropping: cropping).outputShape(for: inputs)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let inputs = try (cropping ?? [])(inputs)
    var sum: Tensor?
    for (index, input) in inputs.enumerated() {
      let coefficient =
        switch coeffs {
        case .all(let coefficient): coefficient
        case .each(let coefficients): coefficients[index]
        }
      let term = coefficient == 1 ? input : try input * coefficient
      sum = try sum.map { (sum) throws(TensorError) in try sum + term } ?? term
    }
    return sum ?? inputs[0]
  }
}

extension ElemwiseSumLayer.Coefficients: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByArrayLiteral, Codable
{
  /// The same for all.
  public init(integerLiteral value: Int) { self = .all(Double(value)) }
  /// The same for all.
  public init(floatLiteral value: Double) { self = .all(value) }
  /// One for each input.
  public init(arrayLiteral elements: Double...) { self = .each(elements) }

  /// Reads a number or a list of numbers.
  public init(from decoder: any Decoder) throws {
    if var list = try? decoder.unkeyedContainer() {
      var coefficients: [Double] = []
      while !list.isAtEnd { coefficients.append(try list.decode(Double.self)) }
      self = .each(coefficients)
    } else {
      self = .all(try decoder.singleValueContainer().decode(Double.self))
    }
  }

  /// Writes a number or a list of numbers.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .all(let coefficient): try coefficient.encode(to: encoder)
    case .each(let coefficients): try coefficients.encode(to: encoder)
    }
  }
}
