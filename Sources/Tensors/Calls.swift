import CTorch

/// The table of the backend, or its error as a Swift one, for the one call in `body`.
@inline(__always)
func check(
  _ operation: String, _ inputs: [Tensor] = [],
  _ body: (CTBackend) throws(TensorError) -> CTErrorRef?
) throws(TensorError) {
  let backend = try Backend.table()
  if let error = try body(backend.pointee) {
    throw TensorError(owning: error, operation, inputs, backend.pointee)
  }
}

/// Calls one function that writes a tensor to its out-parameter, and owns that tensor.
@inline(__always)
func making(
  _ operation: String, _ inputs: [Tensor] = [],
  _ body: (CTBackend, UnsafeMutablePointer<CTTensor>) -> CTErrorRef?
) throws(TensorError) -> Tensor {
  var out = CTTensor()
  try check(operation, inputs) { backend in body(backend, &out) }
  return Tensor(owning: out)
}

extension TensorError {
  /// The Swift form of the backend's error, which is freed.
  @inline(never)
  fileprivate init(
    owning error: CTErrorRef, _ operation: String, _ inputs: [Tensor], _ backend: CTBackend
  ) {
    let text = String(cString: backend.error_message(error))
    backend.error_free(error)
    self.init(
      operation: operation, message: TensorError.firstSentence(of: text),
      shapes: inputs.map(\.shape))
  }

  /// libtorch explains itself over several lines; the first sentence says what was wrong.
  static func firstSentence(of text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
    let trimmed = withoutCheck(line.drop(while: \.isWhitespace))
    // A full stop ends a sentence only before a space and a capital: "2.5" and "e.g. this" do not.
    var end = trimmed.endIndex
    var index = trimmed.startIndex
    while index < trimmed.endIndex {
      let next = trimmed.index(after: index)
      if trimmed[index] == ".", next < trimmed.endIndex, trimmed[next] == " " {
        let after = trimmed.index(after: next)
        if after < trimmed.endIndex, trimmed[after].isUppercase {
          end = index
          break
        }
      }
      index = next
    }
    var sentence = String(trimmed[..<end])
    if sentence.hasSuffix(".") { sentence.removeLast() }
    return sentence
  }

  /// Drops the place in libtorch's sources that its allocator puts first.
  ///
  /// `[enforce fail at alloc_cpu.cpp:127] err == 0. What was wrong.`
  private static func withoutCheck(_ line: Substring) -> Substring {
    guard line.hasPrefix("[enforce fail at"), let end = line.firstRange(of: ". ") else {
      return line
    }
    let rest = line[end.upperBound...]
    return rest.isEmpty ? line : rest
  }
}

extension [Int] {
  /// As the backend counts: 64-bit.
  var wide: [Int64] { map(Int64.init) }
}
