/// How many columns of a terminal a text takes.
///
/// Ideographs, kana, Hangul and emoji take two (the wide ranges of Unicode Standard Annex 11); marks
/// that combine with the character before them take none.
public enum TextWidth {
  /// The columns of a text in one line.
  public static func of(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  /// The columns of one character as a person sees it.
  static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if first.isASCII && scalars.count == 1 { return 1 }
    // A selector asks for the picture, as do two letters that make a flag.
    if scalars.contains("\u{FE0F}") || scalars.count > 1 && isRegional(first) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide(first) ? 2 : 1
    }
  }

  /// The beginning of a text that takes at most so many columns.
  static func beginning(_ text: String, columns: Int) -> String {
    var taken = 0
    return String(
      text.prefix { character in
        taken += of(character)
        return taken <= columns
      })
  }

  private static func isRegional(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F1E6...0x1F1FF).contains(scalar.value)
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isEmojiPresentation { return true }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF,
      0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}
