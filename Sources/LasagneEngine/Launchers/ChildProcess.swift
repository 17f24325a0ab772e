import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Starting and watching child processes with sessions of their own.
enum ChildProcess {
  /// Starts a program that outlives its parent, with its output appended to a file.
  ///
  /// The child leads a session of its own, so that a control-C meant for the parent passes it by,
  /// and inherits nothing but its output: neither locks nor sockets.
  static func spawn(_ program: String, _ arguments: [String], output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    closeOthers(&actions)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The child starts with the usual answer to signals, whatever its parent ignores.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // Threads that run asynchronous work hold signals back, and a child would go on doing so.
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    let flags = newSession | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { words.forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, &attributes, words, environ)
    guard code == 0 else {
      throw EngineError(
        .failed, "The worker '\(program)' could not be started: \(String(cString: strerror(code)))."
      )
    }
    return process
  }

  #if canImport(Glibc)
    /// `POSIX_SPAWN_SETSID`, which the C library declares only on request.
    private static let newSession: Int32 = 0x80
  #else
    private static let newSession = Int32(POSIX_SPAWN_SETSID)
  #endif

  /// Lets the child begin with its three standard descriptors only.
  ///
  /// Everything here is opened to close by itself in children; this covers what libraries opened.
  private static func closeOthers(_ actions: inout posix_spawn_file_actions_t) {
    #if canImport(Glibc)
      typealias Closing = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
      // Declared only on request too, and absent before glibc 2.34.
      guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
      let close = unsafeBitCast(symbol, to: Closing.self)
      _ = withUnsafeMutablePointer(to: &actions) { close($0, 3) }
    #endif
  }

  /// What became of a child; once it has ended this must not be asked again.
  static func status(of process: pid_t) -> LaunchStatus {
    var status: Int32 = 0
    let result = waitpid(process, &status, WNOHANG)
    if result == 0 || (result == -1 && errno == EINTR) { return .running }
    if result == -1 { return .exited(code: 0) }
    let signal = Int(status & 0x7f)
    return signal == 0 ? .exited(code: Int((status >> 8) & 0xff)) : .killed(signal: signal)
  }
}

/// Makes writes to a closed socket or beyond a file limit errors instead of the process's end.
public func ignoreWriteSignals() {
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
}

/// The path of the program that runs now.
public func currentExecutable() -> String {
  #if canImport(Glibc)
    let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    if let path { return path }
  #endif
  return URL(fileURLWithPath: CommandLine.arguments.first ?? "lasagne").standardizedFileURL.path
}
