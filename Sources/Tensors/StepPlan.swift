import CTorch

/// A training step as a list of operations over memory of its own, run with one call.
///
/// Nothing is allocated while it runs and nothing is recorded for gradients: the operations for them
/// are in the list. A plan works on the CPU in float32, and stays on the thread that made it.
public final class StepPlan {
  /// Memory that operations work on, all of it float32.
  public enum Buffer {
    /// A tensor that lives outside the plan, which keeps it.
    case bound(Tensor)
    /// A part of the plan's own memory, or of a thread's, counted in floats; `row` of them belong to
    /// each sample, where operations go share by share.
    case own(offset: Int, count: Int, row: Int = 0, extent: Extent = .batch)
  }

  /// How much a buffer holds where operations go share by share through a batch.
  public enum Extent: Sendable {
    /// All samples, or what they have in common.
    case batch
    /// The samples of one share, in the memory of a thread.
    case share
    /// Those of one block of a share.
    case block
    /// A sum for each share, one after the other.
    case sum

    var code: CTPlanExtent {
      switch self {
      case .batch: CT_PLAN_OF_BATCH
      case .share: CT_PLAN_OF_SHARE
      case .block: CT_PLAN_OF_BLOCK
      case .sum: CT_PLAN_SUM_OF_SHARE
      }
    }
  }

  /// How a step updates the parameters.
  public struct Rule: Equatable, Sendable {
    let code: CTPlanRule
    /// The settings after the rate.
    let settings: [Double]
    /// What it remembers of each parameter, in order.
    public let states: [String]
  }

  /// What is different at every step.
  public struct Step {
    /// Samples along axis 0: bytes or float32.
    public var inputs: Tensor
    /// A class number a sample or for each of its steps (int64; a negative one does not count), or a
    /// row of float32.
    public var targets: Tensor
    /// Decides the random numbers.
    public var seed: UInt64
    /// The weight of the absolute values of what is penalized.
    public var l1 = 0.0
    /// The weight of the squares of what is penalized.
    public var l2 = 0.0
    /// What changes the parameters.
    public var rule: Rule
    /// The step size, with the rule's correction for its bias.
    public var rate: Double
    /// The greatest norm of all gradients together; nil: any.
    public var largestNorm: Double?

    /// A step without penalties and limits.
    public init(inputs: Tensor, targets: Tensor, seed: UInt64, rule: Rule, rate: Double) {
      self.inputs = inputs
      self.targets = targets
      self.seed = seed
      self.rule = rule
      self.rate = rate
    }
  }

  /// What a step gave.
  public struct Result: Equatable, Sendable {
    /// The mean of the objective over the batch.
    public var loss: Double
    /// The penalties.
    public var penalty: Double
    /// How many answers were right.
    public var correct: Double
    /// The sum of the squares of the gradients that were made before the update; finite only if all
    /// gradients are, and 0 where loss or penalty are not.
    public var gradientSquares: Double

    /// Whether loss, penalty and gradients are numbers; where they are not, nothing was updated.
    public var isFinite: Bool {
      loss.isFinite && penalty.isFinite && gradientSquares.isFinite
    }
  }

  /// Owned: freed in `deinit`.
  private let handle: CTPlan

  /// A plan for batches of so many rows; throws where a buffer is not float32 in host memory.
  public init(
    buffers: [Buffer], operations: [PlanOperation], rowCount: Int, memoryCount: Int,
    threadMemoryCount: Int = 0
  ) throws(TensorError) {
    let wireBuffers = buffers.map { buffer in
      switch buffer {
      case .bound(let tensor):
        CTPlanBuffer(
          tensor: tensor.handle, offset: 0, count: Int64(tensor.count), row: 0, extent: 0)
      case .own(let offset, let count, let row, let extent):
        CTPlanBuffer(
          tensor: CTTensor(), offset: Int64(offset), count: Int64(count), row: Int64(row),
          extent: Int32(extent.code.rawValue))
      }
    }
    let wireOperations = operations.map(\.wire)
    var out = CTPlan()
    try check("plan") {
      $0.plan_new(
        wireBuffers, Int64(wireBuffers.count), wireOperations, Int64(wireOperations.count),
        Int64(rowCount), Int64(memoryCount), Int64(threadMemoryCount), &out)
    }
    handle = out
  }

  deinit {
    // A handle can only come from a loaded backend.
    Backend.loaded?.pointee.plan_free(handle)
  }

  /// Says what updates change: parameters, the buffers of their gradients, what rules remember.
  public func setUpdated(
    _ parameters: [(value: Tensor, gradient: Int, states: [Tensor])]
  ) throws(TensorError) {
    let wire = parameters.map { parameter in
      let none = CTTensor()
      let states = parameter.states.map(\.handle) + [none, none, none]
      return CTUpdatedTensor(
        value: parameter.value.handle, gradient: Int32(parameter.gradient),
        states: (states[0], states[1], states[2]))
    }
    try check("plan") { $0.plan_set_updated(handle, wire, Int64(wire.count)) }
  }

  /// Computes loss and gradients of the samples at the given positions (the first ones in order
  /// where nil), and updates the parameters unless told otherwise or one of these is not finite.
  public func run(
    _ step: Step, at indices: ArraySlice<Int>?, updates: Bool = true
  ) throws(TensorError) -> Result {
    var wire = wire(step, updates: updates)
    var result = CTPlanResult()
    // Int has 64 bits on every platform that libtorch is built for.
    try check("plan", [step.inputs, step.targets]) { backend in
      guard let indices else { return backend.plan_run(handle, &wire, &result) }
      return indices.withUnsafeBytes { bytes in
        wire.indices = bytes.bindMemory(to: Int64.self).baseAddress
        return backend.plan_run(handle, &wire, &result)
      }
    }
    return Result(
      loss: result.loss, penalty: result.penalty, correct: result.correct,
      gradientSquares: result.gradient_squares)
  }

  /// The update of a step that was run without.
  public func update(_ step: Step) throws(TensorError) {
    var wire = wire(step, updates: true)
    try check("plan") { $0.plan_update(handle, &wire) }
  }

  /// A buffer as a tensor over the same memory, which the next step changes.
  public func tensor(of buffer: Int, shape: [Int]) throws(TensorError) -> Tensor {
    try making("plan") {
      $0.plan_buffer(handle, Int32(buffer), shape.wide, Int64(shape.count), $1)
    }
  }

  private func wire(_ step: Step, updates: Bool) -> CTPlanStep {
    let settings = step.rule.settings
    var wire = CTPlanStep()
    wire.inputs = step.inputs.handle
    wire.targets = step.targets.handle
    wire.seed = step.seed
    (wire.l1, wire.l2) = (step.l1, step.l2)
    wire.updates = updates
    wire.rule = Int32(step.rule.code.rawValue)
    wire.rule_numbers = (step.rate, settings[0], settings[1], settings[2])
    wire.largest_norm = step.largestNorm ?? 0
    return wire
  }
}

/// Plans stay on the thread of their session.
@available(*, unavailable)
extension StepPlan: Sendable {}

extension StepPlan.Rule {
  private init(_ code: CTPlanRule, _ states: [String], _ a: Double, _ b: Double, _ epsilon: Double)
  {
    self.init(code: code, settings: [a, b, epsilon], states: states)
  }

  /// p - rate · g.
  public static let sgd = Self(CT_PLAN_SGD, [], 0, 0, 0)
  /// Momentum, or Nesterov's; the velocity contains the rate.
  public static func momentum(_ momentum: Double, isNesterov: Bool, state: String) -> Self {
    Self(isNesterov ? CT_PLAN_NESTEROV : CT_PLAN_MOMENTUM, [state], momentum, 0, 0)
  }
  /// Adagrad with the sum of squares under this name.
  public static func adagrad(epsilon: Double, state: String) -> Self {
    Self(CT_PLAN_ADAGRAD, [state], 0, 0, epsilon)
  }
  /// RMSprop with the mean of squares under this name.
  public static func rmsprop(rho: Double, epsilon: Double, state: String) -> Self {
    Self(CT_PLAN_RMSPROP, [state], rho, 0, epsilon)
  }
  /// Adadelta with the means of squares and of squared changes under these names.
  public static func adadelta(rho: Double, epsilon: Double, states: [String]) -> Self {
    Self(CT_PLAN_ADADELTA, states, rho, 0, epsilon)
  }
  /// Adam with first and second moment.
  public static func adam(_ beta1: Double, _ beta2: Double, epsilon: Double, states: [String])
    -> Self
  { Self(CT_PLAN_ADAM, states, beta1, beta2, epsilon) }
  /// Adamax with first moment and infinity norm.
  public static func adamax(_ beta1: Double, _ beta2: Double, epsilon: Double, states: [String])
    -> Self
  { Self(CT_PLAN_ADAMAX, states, beta1, beta2, epsilon) }
  /// AMSGrad with first, second and largest second moment.
  public static func amsgrad(_ beta1: Double, _ beta2: Double, epsilon: Double, states: [String])
    -> Self
  { Self(CT_PLAN_AMSGRAD, states, beta1, beta2, epsilon) }
}

extension Backend {
  /// The vector instructions that plans' own loops use on this CPU, such as `AVX512`.
  public static var planCapability: String {
    loaded.map { String(cString: $0.pointee.plan_capability()) } ?? ""
  }
}
