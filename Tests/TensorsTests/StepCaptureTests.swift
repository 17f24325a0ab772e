import Testing

@testable import Tensors

/// Repeated steps on the CPU, where the operations are called anew each time.
struct StepCaptureTests {
  @Test func `a step sees the numbers it was given, and what it gives comes back in order`() throws
  {
    let capture = try StepCapture(device: .cpu)
    let factor = try Tensor.zeros([1])
    let sum = try Tensor.zeros([1])
    for value in [2, 3, 5] as [Float] {
      try capture.fill(factor, with: [value])
      try capture.step(seed: 1) { try sum.addInPlace(factor * 10) }
      try capture.send(sum)
    }
    #expect(try capture.received(3) == [20, 50, 100])
    #expect(try capture.received(0).isEmpty)
    #expect(throws: TensorError.self) { try capture.received(1) }
  }

  @Test func `a seed gives the numbers of a new generator`() throws {
    let capture = try StepCapture(device: .cpu)
    let numbers = try Tensor.zeros([5])
    for seed in [7, 8, 7] as [UInt64] {
      try capture.step(seed: seed) {
        try numbers.assign(try Tensor.normal([5], generator: capture.generator))
      }
      let expected = try Tensor.normal([5], generator: try Generator(seed: seed))
      #expect(try numbers.values(as: Float.self) == expected.values(as: Float.self))
    }
  }

  @Test func `numbers that do not fill a tensor are refused`() throws {
    let capture = try StepCapture(device: .cpu)
    let target = try Tensor.zeros([2])
    let error = #expect(throws: TensorError.self) {
      try capture.fill(target, with: [1, 2, 3] as [Float])
    }
    #expect(error?.message == "3 float32 numbers do not fill float32[2] on cpu")
    #expect(throws: TensorError.self) { try capture.fill(target, with: [1, 2] as [Int64]) }
  }

  @Test func `what needs the host within a step is refused, and allowed again after it`() throws {
    let capture = try StepCapture(device: .cpu)
    let tensor = try Tensor.ones([2])
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try capture.step(seed: 1, body)
        return "nothing was refused"
      } catch let error as TensorError {
        return error.message
      } catch {
        return "\(error)"
      }
    }
    let rest = " between the operations of a step, which needs the host"
    #expect(refusal { _ = try tensor.sum().item() } == "a number is read" + rest)
    #expect(refusal { _ = try tensor.hostArray() } == "a tensor is read" + rest)
    #expect(
      refusal { _ = try Tensor([1, 2] as [Float], shape: [2]) }
        == "numbers of the host become a tensor" + rest)
    #expect(refusal { _ = try Generator(seed: 1) } == "a generator is made" + rest)
    #expect(try tensor.sum().item() == 2)
    try capture.step(seed: 1) { try tensor.fillInPlace(4) }
    #expect(try tensor.values(as: Float.self) == [4, 4])
  }

  @Test func `a tensor keeps its elements where a condition holds, also beside what is no number`()
    throws
  {
    let tensor = try Tensor([1, .nan, 3] as [Float], shape: [3])
    let before = try Tensor([7, 8, 9] as [Float], shape: [3])
    try tensor.keep(where: before.greater(8.5), else: before)
    #expect(try tensor.values(as: Float.self) == [7, 8, 3])
    try tensor.keep(where: Tensor(0).greater(0.5), else: before)
    #expect(try tensor.values(as: Float.self) == [7, 8, 9])
  }

  @Test func `how exactly GPUs multiply is said in words`() {
    #expect(Backend.precision.contains("TF32 in products o"))
    #expect(Backend.precision.contains("TF32 in convolutions o"))
    #expect(Backend.precision.contains("bfloat16"))
  }

  @Test func `a step is steady after the ones that warm it up and the one that is captured`() throws
  {
    let capture = try StepCapture(device: .cpu)
    for _ in 0...StepCapture.warmUpSteps {
      #expect(!capture.isSteady)
      try capture.step(seed: 1) {}
    }
    #expect(capture.isSteady)
  }
}
