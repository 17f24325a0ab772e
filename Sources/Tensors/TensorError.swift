/// Why an operation on tensors failed, as one sentence.
public struct TensorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operation, by the name it has in this library.
  public let operation: String
  /// What was wrong.
  public let message: String
  /// The shapes of the tensors that went in, in order.
  public let shapes: [[Int]]

  /// An error of an operation.
  public init(operation: String, message: String, shapes: [[Int]] = []) {
    self.operation = operation
    self.message = message
    self.shapes = shapes
  }

  /// The sentence: operation, shapes, what was wrong.
  public var description: String {
    if shapes.isEmpty { return "\(operation): \(message)" }
    let listed = shapes.map { "\($0)" }
    let last = listed[listed.count - 1]
    let all =
      listed.count == 1 ? last : listed.dropLast().joined(separator: ", ") + " and " + last
    let noun = listed.count == 1 ? "shape" : "shapes"
    return "\(operation): cannot \(verb) \(noun) \(all): \(message)"
  }

  private var verb: String {
    switch operation {
    case "matmul", "addmm", "multiply": "multiply"
    case "add", "subtract", "divide": operation
    case "reshaped": "reshape"
    case "concatenate", "stack": "join"
    default: "work on"
    }
  }
}
