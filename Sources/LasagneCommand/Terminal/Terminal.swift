import Displays
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
  /// Lines on the screen.
  var height = 24
  /// Whether it knows 256 colours, not only those that every terminal has.
  var hasManyColors = false

  /// The terminal behind standard output.
  static var standard: Terminal {
    let environment = ProcessInfo.processInfo.environment
    let isInteractive = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    let refusesColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return Terminal(
      isInteractive: isInteractive, isColored: isInteractive && !refusesColor,
      width: isKnown ? Int(size.ws_col) : 100, height: isKnown ? max(4, Int(size.ws_row)) : 24,
      hasManyColors: environment["COLORTERM"].map { !$0.isEmpty } ?? false
        || environment["TERM"].map { $0.contains("256") || $0.contains("direct") } ?? false)
  }

  /// The longest line that is not wrapped; `nil` where the output is no terminal.
  var limit: Int? { isInteractive ? width : nil }

  /// As many of these parts as fit in a line, at least the first.
  func line(_ parts: [String]) -> String {
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : line + "  " + part
      if let limit, !line.isEmpty, longer.count > limit { continue }
      line = longer
    }
    return line
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

/// Writes to standard output at once; ends the process where nothing can be written any more.
func put(_ text: String, terminator: String = "\n") {
  let failure = writeAll(text + terminator, to: STDOUT_FILENO)
  guard failure != 0 else { return }
  // A reader such as `head` has what it wanted.
  if failure == EPIPE { exit(0) }
  complain("lasagne: Standard output cannot be written: \(String(cString: strerror(failure))).")
  exit(1)
}

/// Prints a table, cut to the terminal's width where there is one.
func put(_ table: TextTable) {
  put(table.text(width: Terminal.standard.limit))
}

/// Writes to standard error at once; where that cannot be written there is nobody to tell.
func complain(_ text: String) {
  _ = writeAll(text + "\n", to: STDERR_FILENO)
}

/// Writes all of a text; the system's error number where it cannot, else 0.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
