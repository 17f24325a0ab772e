import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is known of where the output goes.
struct Terminal: Sendable {
  /// Whether a person watches standard output on a terminal.
  var isInteractive: Bool
  /// Whether colours are wanted.
  var isColored: Bool
  /// Characters in a line.
  var width: Int

  /// The terminal behind standard output.
  static var standard: Terminal {
    let environment = ProcessInfo.processInfo.environment
    let isInteractive = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    let refusesColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return Terminal(
      isInteractive: isInteractive, isColored: isInteractive && !refusesColor,
      width: isKnown ? Int(size.ws_col) : 100)
  }

  /// A few colours that are legible on dark and on light ground.
  enum Color: Int {
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case cyan = 36
    case grey = 90
  }

  /// The text in a colour, where colours are wanted.
  func colored(_ text: String, _ color: Color) -> String {
    isColored ? "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// The text in bold, where the terminal has it.
  func bold(_ text: String) -> String {
    isColored ? "\u{1b}[1m\(text)\u{1b}[0m" : text
  }
}

/// Writes to standard output at once.
func put(_ text: String, terminator: String = "\n") {
  FileHandle.standardOutput.write(Data((text + terminator).utf8))
}

/// Writes to standard error at once.
func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
