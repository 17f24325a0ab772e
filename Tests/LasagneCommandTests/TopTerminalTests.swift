import Foundation
import Records
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pseudo-terminal with a program in it.
private final class PseudoTerminal {
  let main: Int32
  let side: FileHandle
  private(set) var output = ""

  init() throws {
    var pair: [Int32] = [-1, -1]
    guard Self.open(&pair) else { throw CocoaError(.fileReadUnknown) }
    main = pair[0]
    let descriptor = pair[1]
    side = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    resize(width: 80, height: 24)
    _ = fcntl(main, F_SETFL, O_NONBLOCK)
    _ = fcntl(main, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(main) }

  #if canImport(Glibc)
    /// Glibc's module has none of the functions for this; the kernel's own way is open.
    private static func open(_ pair: inout [Int32]) -> Bool {
      let (unlock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
      pair[0] = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var place: Int32 = 0
      guard pair[0] >= 0, ioctl(pair[0], unlock, &place) == 0, ioctl(pair[0], number, &place) == 0
      else { return false }
      pair[1] = Glibc.open("/dev/pts/\(place)", O_RDWR | O_NOCTTY)
      return pair[1] >= 0
    }
  #else
    private static func open(_ pair: inout [Int32]) -> Bool {
      openpty(&pair[0], &pair[1], nil, nil, nil) == 0
    }
  #endif

  func resize(width: Int, height: Int) {
    var size = winsize(
      ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &size)
  }

  /// Whether keys are echoed and lines edited, as for a shell.
  var isAsUsual: Bool {
    var settings = termios()
    guard tcgetattr(side.fileDescriptor, &settings) == 0 else { return false }
    let usual = tcflag_t(ICANON | ECHO)
    return settings.c_lflag & usual == usual
  }

  func type(_ text: String) {
    _ = text.withCString { write(main, $0, strlen($0)) }
  }

  /// Reads what the program has written.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Self.bytes(main, &buffer)
      guard count > 0 else { return }
      output += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }

  private static func bytes(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    read(descriptor, &buffer, buffer.count)
  }

  /// Waits, at most two minutes, until what was written since a mark contains a text.
  func wait(for text: String, after mark: Int = 0) -> Bool {
    for _ in 0..<2400 {
      drain()
      if output.dropFirst(mark).contains(text) { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }

  /// Waits, at most two minutes, until the newest frame has so many lines.
  func waitForFrame(ofHeight height: Int) -> Bool {
    for _ in 0..<2400 {
      drain()
      let frames = output.components(separatedBy: "\u{1b}[?2026h")
      if frames.last?.components(separatedBy: "\r\n").count == height { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }

  /// Waits, reading all the while, until the program has ended: a full pipe would hold it up.
  func waitUntilExit(of process: Process) {
    for _ in 0..<2400 where process.isRunning {
      drain()
      Thread.sleep(forTimeInterval: 0.05)
    }
    drain()
  }
}

extension PseudoTerminal {
  /// Starts the program with this terminal as its input and output.
  fileprivate func start(_ arguments: [String], _ program: Program) throws -> Process {
    let process = Process()
    process.executableURL = Program.executable
    process.arguments = arguments
    process.currentDirectoryURL = program.folder
    var environment = ProcessInfo.processInfo.environment
    environment["LASAGNE_WORKSPACE"] = program.workspace.path
    environment["TERM"] = "xterm-256color"
    process.environment = environment
    process.standardInput = side
    process.standardOutput = side
    process.standardError = side
    try process.run()
    return process
  }
}

@Suite(.serialized)
struct TopTerminalTests {
  @Test func `a session is paused, resumed and set by keys, and the terminal comes back`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let serving = try program.start(["serve", "--port", "0"])
    defer {
      serving.interrupt()
      serving.waitUntilExit()
    }
    for _ in 0..<1200 {
      if try program.run("devices").code == 0 { break }
      Thread.sleep(forTimeInterval: 0.05)
    }
    let start = try program.run(
      "session", "start", "tiny.yaml", "bars", "--name", "endless", "--epochs", "100000",
      "--batch-size", "10")
    #expect(start.code == 0, "\(start.complaint)")
    let terminal = try PseudoTerminal()
    let top = try terminal.start(["top"], program)
    defer { if top.isRunning { top.terminate() } }
    #expect(terminal.wait(for: "\u{1b}[?1049h"))
    #expect(terminal.wait(for: "endless"))
    #expect(terminal.wait(for: "running"))
    #expect(!terminal.isAsUsual)
    terminal.type("e")
    #expect(terminal.wait(for: "set endless: "))
    terminal.type("learningRate=0.25\r")
    #expect(terminal.wait(for: ": set learningRate to 0.25."))
    let mark = terminal.output.count
    terminal.type("p")
    #expect(terminal.wait(for: "paused", after: mark))
    _ = try #require(try program.session { $0.state == .paused })
    terminal.type("r")
    _ = try #require(try program.session { $0.state == .running })
    terminal.resize(width: 100, height: 30)
    kill(top.processIdentifier, SIGWINCH)
    // The last line of the larger screen is the thirtieth; a smaller frame may have been on its way.
    #expect(terminal.waitForFrame(ofHeight: 30))
    terminal.type("q")
    terminal.waitUntilExit(of: top)
    #expect(top.terminationStatus == 0)
    #expect(terminal.output.hasSuffix("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"))
    #expect(terminal.isAsUsual)
    #expect(try program.run("session", "stop", "endless").code == 0)
    let log = try program.run("session", "log", "endless").output
    #expect(log.contains("set learningRate to 0.25"), "\(log)")
    let once = try program.run("top")
    #expect(once.code == 0 && once.output.contains("endless"), "\(once.output)")
    #expect(!once.output.contains("\u{1b}"))
  }

  @Test func `a signal that ends it gives the terminal back, too`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let terminal = try PseudoTerminal()
    let top = try terminal.start(["top"], program)
    #expect(terminal.wait(for: "No sessions yet"))
    top.terminate()
    terminal.waitUntilExit(of: top)
    #expect(top.terminationStatus == 143)
    #expect(terminal.output.hasSuffix("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"))
    #expect(terminal.isAsUsual)
  }
}
