import CTorch

/// A function of single numbers in a plan, with its two settings.
public struct PlanActivation: Equatable, Sendable {
  let code: CTPlanActivation
  let settings: [Double]

  private init(_ code: CTPlanActivation, _ settings: [Double] = []) {
    self.code = code
    self.settings = settings
  }

  /// The number itself.
  public static let linear = PlanActivation(CT_PLAN_LINEAR)
  /// Times `slope` where it is negative; the derivative at exactly 0 is (1 + slope) / 2.
  public static func rectify(slope: Double = 0) -> Self { Self(CT_PLAN_RECTIFY, [slope]) }
  /// 1 / (1 + e^-x).
  public static let sigmoid = PlanActivation(CT_PLAN_SIGMOID)
  /// scaleOut · tanh(scaleIn · x).
  public static func tanh(scaleIn: Double = 1, scaleOut: Double = 1) -> Self {
    Self(CT_PLAN_TANH, [scaleIn, scaleOut])
  }
  /// scale · x where positive, scale · alpha · (e^x - 1) elsewhere.
  public static func elu(scale: Double = 1, alpha: Double = 1) -> Self {
    Self(CT_PLAN_ELU, [scale, alpha])
  }
  /// log(1 + e^x).
  public static let softplus = PlanActivation(CT_PLAN_SOFTPLUS)
  /// x times the normal distribution function of x.
  public static let gelu = PlanActivation(CT_PLAN_GELU)
  /// x · sigmoid(x).
  public static let silu = PlanActivation(CT_PLAN_SILU)
  /// x times an approximation, by tanh, of the normal distribution function of x.
  public static let geluTanh = PlanActivation(CT_PLAN_GELU_TANH)
  /// x · min(max(x + 3, 0), 6) / 6.
  public static let hardSwish = PlanActivation(CT_PLAN_HARD_SWISH)
  /// x · tanh(log(1 + e^x)).
  public static let mish = PlanActivation(CT_PLAN_MISH)

  /// Whether its derivative follows from its result; otherwise the argument has to be kept.
  public var isKnownByResult: Bool {
    switch code {
    case CT_PLAN_GELU, CT_PLAN_SILU, CT_PLAN_GELU_TANH, CT_PLAN_HARD_SWISH, CT_PLAN_MISH: false
    default: true
    }
  }
  /// Whether pooling the greatest may come before it.
  public var isRectifier: Bool { code == CT_PLAN_RECTIFY }
}

/// One operation of a plan: what it does, to which buffers, with which sizes and numbers.
public struct PlanOperation: Equatable, Sendable {
  /// What an operation does; the meaning of buffers, sizes and numbers is that of `ctorch.h`.
  public struct Code: Equatable, Sendable {
    let value: CTPlanCode

    init(_ value: CTPlanCode) { self.value = value }
  }

  /// What it does.
  public var code: Code
  /// The numbers of its buffers; nil where one is left out.
  public var buffers: [Int?]
  /// Its sizes.
  public var sizes: [Int]
  /// Its settings.
  public var numbers: [Double]

  /// An operation from its parts.
  public init(_ code: Code, _ buffers: [Int?], sizes: [Int], numbers: [Double] = []) {
    self.code = code
    self.buffers = buffers
    self.sizes = sizes
    self.numbers = numbers
  }

  /// An operation that ends in an activation.
  public init(_ code: Code, _ buffers: [Int?], sizes: [Int], activation: PlanActivation) {
    self.init(
      code, buffers, sizes: sizes + [Int(activation.code.rawValue)], numbers: activation.settings)
  }

  /// Whether a product is the gradient of a parameter that only the update reads; its other sizes say
  /// how matrices lie.
  public var isForUpdate: Bool {
    get { code == .multiply && sizes.count > 10 && sizes[10] != 0 }
    set {
      sizes += Array(repeating: 0, count: max(0, 11 - sizes.count))
      sizes[10] = newValue ? 1 : 0
    }
  }

  /// As the backend takes it.
  var wire: CTPlanOperation {
    var operation = CTPlanOperation()
    operation.code = Int32(code.value.rawValue)
    withUnsafeMutableBytes(of: &operation.buffers) { bytes in
      let places = bytes.bindMemory(to: Int32.self)
      for index in places.indices {
        places[index] = index < buffers.count ? Int32(buffers[index] ?? -1) : -1
      }
    }
    withUnsafeMutableBytes(of: &operation.sizes) { bytes in
      let places = bytes.bindMemory(to: Int64.self)
      for (index, size) in sizes.enumerated() { places[index] = Int64(size) }
    }
    withUnsafeMutableBytes(of: &operation.numbers) { bytes in
      let places = bytes.bindMemory(to: Double.self)
      for (index, number) in numbers.enumerated() { places[index] = number }
    }
    return operation
  }
}

extension PlanOperation {
  /// The columns of a panel.
  public static let panelWidth = Int(CT_PLAN_PANEL)
}

extension PlanOperation.Code {
  /// Gathers the step's samples as scaled floats.
  public static let inputs = Self(CT_PLAN_INPUTS)
  /// Gathers targets that are not class numbers.
  public static let targets = Self(CT_PLAN_TARGETS)
  /// Sets every number.
  public static let fill = Self(CT_PLAN_FILL)
  /// The product of two matrices.
  public static let multiply = Self(CT_PLAN_MULTIPLY)
  /// Brings a matrix into panels, as right factor of several products.
  public static let packPanels = Self(CT_PLAN_PACK_PANELS)
  /// Adds a bias and applies an activation.
  public static let activate = Self(CT_PLAN_ACTIVATE)
  /// The derivative of `activate`.
  public static let activateBack = Self(CT_PLAN_ACTIVATE_BACK)
  /// Adds the sums over the rows.
  public static let columnSums = Self(CT_PLAN_COLUMN_SUMS)
  /// Softmax of each row.
  public static let softmax = Self(CT_PLAN_SOFTMAX)
  /// The derivative of `softmax`.
  public static let softmaxBack = Self(CT_PLAN_SOFTMAX_BACK)
  /// The cross-entropy of a softmax of logits.
  public static let crossEntropy = Self(CT_PLAN_CROSS_ENTROPY)
  /// The cross-entropy of a sigmoid of logits.
  public static let binaryCrossEntropy = Self(CT_PLAN_BINARY_CROSS_ENTROPY)
  /// The mean squared difference from the targets.
  public static let squaredError = Self(CT_PLAN_SQUARED_ERROR)
  /// The mean Huber loss.
  public static let huber = Self(CT_PLAN_HUBER)
  /// The step's penalties on a parameter.
  public static let penalty = Self(CT_PLAN_PENALTY)
  /// Draws ones and zeros.
  public static let bernoulli = Self(CT_PLAN_BERNOULLI)
  /// The scaled product, number by number.
  public static let multiplyEach = Self(CT_PLAN_MULTIPLY_EACH)
  /// A scaled copy, or a scaled addition.
  public static let addScaled = Self(CT_PLAN_ADD_SCALED)
  /// Exchanges two axes.
  public static let transpose = Self(CT_PLAN_TRANSPOSE)
  /// Brings filters into the order in which convolutions read them.
  public static let packFilters = Self(CT_PLAN_PACK_FILTERS)
  /// Brings the derivative by filters into their shape.
  public static let unpackFilters = Self(CT_PLAN_UNPACK_FILTERS)
  /// A convolution.
  public static let convolve = Self(CT_PLAN_CONVOLVE)
  /// Its derivative by the images.
  public static let convolveBack = Self(CT_PLAN_CONVOLVE_BACK)
  /// Its derivative by the filters.
  public static let convolveFilters = Self(CT_PLAN_CONVOLVE_FILTERS)
  /// The greatest of each region, after a bias and a rectifier.
  public static let poolGreatest = Self(CT_PLAN_POOL_GREATEST)
  /// The derivative of `poolGreatest`.
  public static let poolGreatestBack = Self(CT_PLAN_POOL_GREATEST_BACK)
  /// The mean of each region.
  public static let poolAverage = Self(CT_PLAN_POOL_AVERAGE)
  /// The derivative of `poolAverage`.
  public static let poolAverageBack = Self(CT_PLAN_POOL_AVERAGE_BACK)
  /// Mean and inverse deviation of each column.
  public static let columnStatistics = Self(CT_PLAN_COLUMN_STATISTICS)
  /// Normalizes by given statistics, adds another value and rectifies.
  public static let normalize = Self(CT_PLAN_NORMALIZE)
  /// The derivative of `normalize` by the batch's own statistics.
  public static let normalizeBack = Self(CT_PLAN_NORMALIZE_BACK)
  /// Moves a running average, after the update.
  public static let average = Self(CT_PLAN_AVERAGE)
  /// Copies or adds rows that lie a step apart.
  public static let copyRows = Self(CT_PLAN_COPY_ROWS)
  /// One step of a GRU.
  public static let gruStep = Self(CT_PLAN_GRU_STEP)
  /// The derivative of `gruStep`.
  public static let gruStepBack = Self(CT_PLAN_GRU_STEP_BACK)
  /// One step of an LSTM.
  public static let lstmStep = Self(CT_PLAN_LSTM_STEP)
  /// The derivative of `lstmStep`.
  public static let lstmStepBack = Self(CT_PLAN_LSTM_STEP_BACK)
  /// Attention of all heads.
  public static let attend = Self(CT_PLAN_ATTEND)
  /// The derivative of `attend`.
  public static let attendBack = Self(CT_PLAN_ATTEND_BACK)
  /// Normalizes each row by itself.
  public static let normalizeRows = Self(CT_PLAN_NORMALIZE_ROWS)
  /// The derivative of `normalizeRows`.
  public static let normalizeRowsBack = Self(CT_PLAN_NORMALIZE_ROWS_BACK)
  /// Rows of a table that numbers choose.
  public static let takeRows = Self(CT_PLAN_TAKE_ROWS)
  /// The derivative of `takeRows` by the table.
  public static let addToRows = Self(CT_PLAN_ADD_TO_ROWS)
  /// Those that follow go share by share through the batch.
  public static let shares = Self(CT_PLAN_SHARES)
  /// Those that follow go block by block through a share.
  public static let blocks = Self(CT_PLAN_BLOCKS)
  /// The sum of the sums of all shares, in order.
  public static let addShares = Self(CT_PLAN_ADD_SHARES)
}
