import Tensors

/// The arrays of one module of a PyTorch state, by their names in it.
struct PyTorchModule: Equatable {
  let name: String
  let arrays: [String: HostArray]

  /// The modules of a state whose arrays are called `path.leaf`.
  ///
  /// Each layer and direction of a recurrent module is one of its own: `rnn.l0`, `rnn.l0_reverse`.
  static func all(_ state: [String: HostArray]) -> [PyTorchModule] {
    var grouped: [String: [String: HostArray]] = [:]
    for (name, array) in state {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard let leaf = parts.last, leaf != "num_batches_tracked" else { continue }
      let path = parts.dropLast().joined(separator: ".")
      if let (kind, part) = recurrent(String(leaf)) {
        grouped[path.isEmpty ? part : "\(path).\(part)", default: [:]][kind] = array
      } else {
        grouped[path, default: [:]][String(leaf)] = array
      }
    }
    // The output's map of an attention is a module inside it.
    for (path, arrays) in grouped where arrays["in_proj_weight"] != nil {
      for (leaf, array) in grouped.removeValue(forKey: "\(path).out_proj") ?? [:] {
        grouped[path]?["out_proj.\(leaf)"] = array
      }
    }
    return grouped.map { PyTorchModule(name: $0.key, arrays: $0.value) }
      .sorted { Self.precedes($0.name, $1.name) }
  }

  /// `weight_ih_l0_reverse` is `weight_ih` of `l0_reverse`.
  private static func recurrent(_ leaf: String) -> (kind: String, part: String)? {
    for kind in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] where leaf.hasPrefix(kind + "_l") {
      return (kind, String(leaf.dropFirst(kind.count + 1)))
    }
    return nil
  }

  /// Names in the order people count: `layers.2` before `layers.10`.
  static func precedes(_ first: String, _ second: String) -> Bool {
    let (first, second) = (pieces(first), pieces(second))
    for (a, b) in zip(first, second) where a != b {
      if let a = Int(a), let b = Int(b), a != b { return a < b }
      return a < b
    }
    return first.count < second.count
  }

  /// A name without its numbers: the same for all modules of a row.
  var pattern: String {
    Self.pieces(name).map { Int($0) == nil ? $0 : "#" }.joined()
  }

  private static func pieces(_ name: String) -> [String] {
    var pieces: [String] = []
    var isNumber = false
    for letter in name {
      let isDigit = letter.isASCII && letter.isNumber
      if pieces.isEmpty || isDigit != isNumber { pieces.append("") }
      isNumber = isDigit
      pieces[pieces.count - 1].append(letter)
    }
    return pieces
  }
}
