extension NetworkSummary: CustomStringConvertible {
  /// The table `network.summary()` prints: one row a layer, columns aligned, totals below.
  public var description: String {
    let header = ["layer", "type", "output shape", "parameters", "detail"]
    let rows = layers.map { layer in
      [
        layer.name, layer.type, Self.text(layer.outputShape),
        layer.parameterCount == 0 ? "" : Self.grouped(layer.parameterCount), layer.text,
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return column == 3 ? space + cells[column] : cells[column] + space
      }
      let text = padded.joined(separator: "  ")
      return String(
        text.prefix(upTo: text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex))
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    let fixed = parameterCount - trainableParameterCount
    let total =
      "\(Self.grouped(parameterCount)) parameters, \(Self.grouped(trainableParameterCount)) trainable"
      + (fixed == 0 ? "" : ", \(Self.grouped(fixed)) not")
    return ([name, line(header), rule] + rows.map(line) + [rule, total]).joined(separator: "\n")
  }

  /// A shape with `batch` for an unknown first axis and `?` for any other.
  static func text(_ shape: [Int?]) -> String {
    shape.enumerated().map { axis, length in
      length.map(String.init) ?? (axis == 0 ? "batch" : "?")
    }.joined(separator: " × ")
  }

  /// A whole number with its thousands set apart: `1,234,567`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().reduce(into: "") { text, next in
      if next.offset > 0, (digits.count - next.offset).isMultiple(of: 3) { text += "," }
      text.append(next.element)
    }
  }
}

extension LayerSummary {
  /// The detail, after what the layer reads where that is not a single layer.
  fileprivate var text: String {
    guard incomings.count > 1 else { return detail }
    let reads = "reads \(incomings.joined(separator: ", "))"
    return detail.isEmpty ? reads : "\(reads); \(detail)"
  }
}
