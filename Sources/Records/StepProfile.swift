/// Where the time of a training step goes, layer by layer, and what the machine could do at best.
public struct StepProfile: Codable, Equatable, Sendable {
  /// The network's name.
  public var network: String
  /// Samples in a batch.
  public var batchSize: Int
  /// Threads that compute.
  public var threads: Int
  /// Why steps are made one operation after the other; `nil` where they are planned.
  public var planRefusal: String?
  /// What the machine was measured to do.
  public var machine: MachineLimits
  /// The layers, each after all it reads.
  public var layers: [LayerProfile]
  /// Seconds of a whole step as a session makes it; the median.
  public var stepSeconds: Double
  /// Bytes of the plan's own memory; `nil` where steps are not planned.
  public var planBytes: Int?

  /// Makes a profile from its parts.
  public init(
    network: String, batchSize: Int, threads: Int, planRefusal: String?, machine: MachineLimits,
    layers: [LayerProfile], stepSeconds: Double, planBytes: Int?
  ) {
    self.network = network
    self.batchSize = batchSize
    self.threads = threads
    self.planRefusal = planRefusal
    self.machine = machine
    self.layers = layers
    self.stepSeconds = stepSeconds
    self.planBytes = planBytes
  }

  /// Seconds of all layers together.
  public var layerSeconds: Double { layers.reduce(0) { $0 + $1.seconds } }
  /// Seconds of the step that are no layer's: gathering the batch, loss, penalties, update.
  public var otherSeconds: Double { max(0, stepSeconds - layerSeconds) }
  /// Seconds that the work of all layers needs at least on this machine.
  public var limitSeconds: Double { layers.reduce(0) { $0 + $1.limitSeconds } }
  /// The share of the machine's limit that the whole step reaches: 1 is all of it.
  public var share: Double { stepSeconds > 0 ? limitSeconds / stepSeconds : 0 }
}

/// What a machine does at best: the roof under which a step stays.
public struct MachineLimits: Codable, Equatable, Sendable {
  /// Operations a second of the plans' own product of large matrices, float32.
  public var planProductRate: Double
  /// Operations a second of libtorch's product of the same matrices.
  public var libraryProductRate: Double
  /// Bytes a second that are read and written where an array is copied that no cache holds.
  public var copyRate: Double

  /// Makes limits from what was measured.
  public init(planProductRate: Double, libraryProductRate: Double, copyRate: Double) {
    self.planProductRate = planProductRate
    self.libraryProductRate = libraryProductRate
    self.copyRate = copyRate
  }

  /// Operations a second of the faster product.
  public var productRate: Double { max(planProductRate, libraryProductRate) }

  /// The seconds that so many operations and so many bytes need at least.
  public func seconds(operations: Double, bytes: Double) -> Double {
    max(
      productRate > 0 ? operations / productRate : 0, copyRate > 0 ? bytes / copyRate : 0)
  }
}

/// One layer of a ``StepProfile``.
public struct LayerProfile: Codable, Equatable, Sendable {
  /// The layer's name.
  public var name: String
  /// The layer's type as in Lasagne.
  public var type: String
  /// Why it has no plan rule; `nil` where it has one.
  public var planRefusal: String?
  /// Seconds of the forward pass; the median.
  public var forwardSeconds: Double
  /// Seconds of the gradients; the median.
  public var backwardSeconds: Double
  /// Bytes of what the layer gives for a batch.
  public var outputBytes: Int
  /// Bytes that the forward pass is the first to use: the output, and what its gradient needs.
  ///
  /// Parts of a plan share memory, so all layers together need less.
  public var forwardBytes: Int
  /// Bytes of gradients, those of the weights too, that the way back is the first to use.
  public var backwardBytes: Int
  /// Bytes of its parameters.
  public var parameterBytes: Int
  /// Multiplications and additions of the products in both passes.
  public var operations: Double
  /// Seconds that the work of both passes needs at least on this machine.
  public var limitSeconds: Double

  /// Makes a row from its parts.
  public init(
    name: String, type: String, planRefusal: String?, forwardSeconds: Double,
    backwardSeconds: Double, outputBytes: Int, forwardBytes: Int, backwardBytes: Int,
    parameterBytes: Int, operations: Double, limitSeconds: Double
  ) {
    self.name = name
    self.type = type
    self.planRefusal = planRefusal
    self.forwardSeconds = forwardSeconds
    self.backwardSeconds = backwardSeconds
    self.outputBytes = outputBytes
    self.forwardBytes = forwardBytes
    self.backwardBytes = backwardBytes
    self.parameterBytes = parameterBytes
    self.operations = operations
    self.limitSeconds = limitSeconds
  }

  /// Seconds of both passes.
  public var seconds: Double { forwardSeconds + backwardSeconds }
  /// The share of the machine's limit that the layer reaches; `nil` where it takes no time.
  ///
  /// Above 1 where numbers come from a cache, which is faster than the copy that was measured.
  public var share: Double? { seconds > 0 ? limitSeconds / seconds : nil }
}
