/// The memory a session is expected to need on its device, worked out before it begins.
public struct MemoryEstimate: Codable, Equatable, Sendable {
  /// Bytes of the parameters.
  public var parameters: Int
  /// Bytes of their gradients.
  public var gradients: Int
  /// Bytes of what the update rule remembers.
  public var optimizer: Int
  /// Bytes of what the layers compute for one batch, kept for the way back, and of the batch.
  public var activations: Int
  /// Bytes of the training, validation and test arrays.
  public var data: Int
  /// Bytes that a process takes before it has done anything.
  public var base: Int

  /// Makes an estimate from its parts.
  public init(
    parameters: Int, gradients: Int, optimizer: Int, activations: Int, data: Int, base: Int
  ) {
    self.parameters = parameters
    self.gradients = gradients
    self.optimizer = optimizer
    self.activations = activations
    self.data = data
    self.base = base
  }

  /// All bytes together.
  public var total: Int { parameters + gradients + optimizer + activations + data + base }
}
