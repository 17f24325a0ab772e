/// How two versions of weights differ, tensor by tensor.
public struct ParamsDiff: Codable, Equatable, Sendable {
  /// The change of one tensor from `a` to `b`.
  public struct Tensor: Codable, Equatable, Sendable {
    /// The parameter's full name: `conv1.W`.
    public var name: String
    /// The size of each axis.
    public var shape: [Int]
    /// `‖a‖₂`.
    public var norm: Double
    /// `‖b‖₂`.
    public var otherNorm: Double
    /// `‖b - a‖₂`.
    public var differenceNorm: Double
    /// `‖b - a‖₂ / ‖a‖₂`; 0 where both are 0, infinite where only `a` is.
    public var relativeChange: Double
    /// `a·b / (‖a‖₂ ‖b‖₂)`; not a number where one of them is 0.
    public var cosine: Double
    /// The largest `|b - a|` of an entry.
    public var largestChange: Double
    /// The index of that entry, one number an axis; empty where nothing changed.
    public var largestChangeIndex: [Int]
    /// The distribution of `b - a`.
    public var histogram: Histogram

    /// Makes a tensor's change from its parts.
    public init(
      name: String, shape: [Int], norm: Double, otherNorm: Double, differenceNorm: Double,
      relativeChange: Double, cosine: Double, largestChange: Double, largestChangeIndex: [Int],
      histogram: Histogram
    ) {
      self.name = name
      self.shape = shape
      self.norm = norm
      self.otherNorm = otherNorm
      self.differenceNorm = differenceNorm
      self.relativeChange = relativeChange
      self.cosine = cosine
      self.largestChange = largestChange
      self.largestChangeIndex = largestChangeIndex
      self.histogram = histogram
    }
  }

  /// A tensor that both have in different shapes.
  public struct Reshaped: Codable, Equatable, Sendable {
    /// The parameter's full name.
    public var name: String
    /// Its shape in `a`.
    public var shape: [Int]
    /// Its shape in `b`.
    public var otherShape: [Int]

    /// Makes an entry from its parts.
    public init(name: String, shape: [Int], otherShape: [Int]) {
      self.name = name
      self.shape = shape
      self.otherShape = otherShape
    }
  }

  /// The version `a`: `model name@version`.
  public var from: String
  /// The version `b`.
  public var to: String
  /// The tensors that both have in one shape.
  public var tensors: [Tensor]
  /// Names that only `a` has.
  public var onlyInFrom: [String]
  /// Names that only `b` has.
  public var onlyInTo: [String]
  /// Names that both have in different shapes.
  public var reshaped: [Reshaped]

  /// Makes a difference from its parts.
  public init(
    from: String, to: String, tensors: [Tensor], onlyInFrom: [String], onlyInTo: [String],
    reshaped: [Reshaped]
  ) {
    self.from = from
    self.to = to
    self.tensors = tensors
    self.onlyInFrom = onlyInFrom
    self.onlyInTo = onlyInTo
    self.reshaped = reshaped
  }
}
