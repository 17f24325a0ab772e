import Displays

extension Terminal {
  /// Colours of curves that are legible on dark and on light ground, out of 256.
  private static let many = [33, 208, 35, 170, 136, 37, 167, 105]
  /// The same out of the sixteen that every terminal has.
  private static let few = [34, 33, 32, 35, 36, 31, 94, 95]

  /// Lines of styled text with the terminal's codes in them.
  func painted(_ lines: [[TextPlot.Span]]) -> String {
    lines.map { $0.map(painted).joined() }.joined(separator: "\n")
  }

  /// A piece of text in its style, where colours are wanted.
  func painted(_ span: TextPlot.Span) -> String {
    guard isColored, !span.text.isEmpty, let code = code(span.style) else { return span.text }
    return "\u{1b}[\(code)m\(span.text)\u{1b}[0m"
  }

  private func code(_ style: TextPlot.Style) -> String? {
    switch style {
    case .plain: nil
    case .strong: "1"
    case .faint: "90"
    case .mark: "33"
    case .good: "32"
    case .bad: "31"
    case .curve(let index):
      hasManyColors
        ? "38;5;\(Self.many[index % Self.many.count])" : "\(Self.few[index % Self.few.count])"
    }
  }
}
