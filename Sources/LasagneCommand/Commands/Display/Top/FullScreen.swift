import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The write end of the pipe through which signals and other threads wake the screen's loop.
///
/// A signal's handler may do little more than write to a descriptor, and can be given nothing.
nonisolated(unsafe) private var wakingDescriptor: Int32 = -1

/// The whole terminal, as a program has it that draws its own screen and reads single keys.
///
/// Frames are written at once, between the marks of a synchronized update, and only where something
/// has changed. Whatever ends the program, short of SIGKILL, gives the terminal back as it was.
final class FullScreen {
  /// What the loop is woken by.
  enum Event: Equatable {
    case key(Key)
    /// The size changed, or the program goes on after a break.
    case redraw
    /// Somebody called `wake`.
    case news
    /// A signal asks the program to end.
    case end(signal: Int32)
  }

  private static let news: UInt8 = 0
  private static let signals = [SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT]
  private var saved = termios()
  private var ends: [Int32] = [-1, -1]
  private var frame = ""
  private var isActive = false

  /// Takes the terminal over; `nil` where standard input or output is none.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
      tcgetattr(STDIN_FILENO, &saved) == 0, Self.open(&ends)
    else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    wakingDescriptor = ends[1]
    for number in Self.signals { Self.listen(number) }
    enter()
  }

  private static func open(_ ends: inout [Int32]) -> Bool { pipe(&ends) == 0 }

  private static func listen(_ number: Int32) {
    signal(number) { number in
      let before = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(wakingDescriptor, &byte, 1)
      errno = before
    }
  }

  /// Wakes the loop, from any thread.
  @Sendable static func wake() {
    var byte = news
    _ = write(wakingDescriptor, &byte, 1)
  }

  /// The terminal's size now.
  var size: (width: Int, height: Int) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? (Int(size.ws_col), max(1, Int(size.ws_row))) : (80, 24)
  }

  // MARK: Drawing

  /// Shows these lines, from the top; the rest of the screen is empty.
  ///
  /// - Parameter lines: Their text and how many columns each takes.
  func draw(_ lines: [(text: String, length: Int)]) {
    let width = size.width
    // Behind a full line the cursor stands on its last character, which must not be cleared.
    let text = lines.map { $0.length < width ? $0.text + "\u{1b}[K" : $0.text }
      .joined(separator: "\r\n")
    guard isActive, text != frame else { return }
    frame = text
    let rest = lines.count < size.height ? "\r\n\u{1b}[J" : ""
    put("\u{1b}[?2026h\u{1b}[H\(text)\(rest)\u{1b}[?2026l", terminator: "")
  }

  /// A screen of its own, no cursor, no wrapping of lines; keys one by one, and without an echo.
  private func enter() {
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
    isActive = true
    frame = ""
    put("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[2J", terminator: "")
  }

  /// Gives the terminal back as it was.
  func leave() {
    guard isActive else { return }
    isActive = false
    // Emptied first: tmux shows lines of it above the shell's where the window has grown meanwhile.
    put("\u{1b}[H\u{1b}[J\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l", terminator: "")
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
  }

  // MARK: Events

  /// Waits for what comes next, at most so many milliseconds.
  func events(waiting milliseconds: Int32) -> [Event] {
    var watched = [
      pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&watched, nfds_t(watched.count), milliseconds) > 0 || watched[0].revents != 0 else {
      return []
    }
    var events: [Event] = []
    if watched[0].revents != 0 {
      for byte in Set(bytes(from: ends[0])) {
        switch Int32(byte) {
        case Int32(Self.news): events.append(.news)
        case SIGWINCH: events.append(.redraw)
        case SIGTSTP: events += takeBreak()
        case SIGCONT:
          // Somebody else may have had the terminal meanwhile.
          enter()
          events.append(.redraw)
        default: events.append(.end(signal: Int32(byte)))
        }
      }
    }
    if watched[1].revents != 0 {
      let typed = bytes(from: STDIN_FILENO)
      // A terminal that is gone has nothing to read, for ever.
      events += typed.isEmpty ? [.end(signal: SIGHUP)] : Key.keys(in: typed).map(Event.key)
    }
    if events.contains(.redraw) { frame = "" }
    return events
  }

  private func bytes(from descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &buffer, buffer.count)
    return count > 0 ? Array(buffer.prefix(count)) : []
  }

  /// Control-Z: the shell gets its terminal back until it brings the program to the front again.
  private func takeBreak() -> [Event] {
    leave()
    signal(SIGTSTP, SIG_DFL)
    kill(getpid(), SIGTSTP)
    // Here it goes on.
    Self.listen(SIGTSTP)
    enter()
    return [.redraw]
  }
}
