import CTorch
import Foundation

extension Backend {
  /// The outcome of loading, decided once per process.
  private static let outcome: LoadingOutcome = {
    let places = candidates(environment: ProcessInfo.processInfo.environment)
    ct_prepare()
    return loadFirst(of: places)
  }()

  /// Begins to load the library on a thread of its own, for who is about to need it: that takes a
  /// fifth of a second, in which other things can be got ready.
  ///
  /// Before the process ends, somebody must have used the backend, or asked for it by `load()`.
  public static func loadAhead() {
    // Not there: variables must not change while other threads read them.
    ct_prepare()
    let thread = Thread { _ = loaded }
    thread.name = "lasagne backend"
    // Constructors of libraries run on it.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The table, where loading succeeded.
  static var loaded: UnsafePointer<CTBackend>? { outcome.table }

  /// The table; throws the sentence that says what to do if there is none.
  static func table() throws(TensorError) -> UnsafePointer<CTBackend> {
    let outcome = self.outcome
    guard let table = outcome.table else {
      throw TensorError(operation: "backend", message: outcome.reason)
    }
    return table
  }

  /// Where the backend is looked for, in order.
  ///
  /// `LASAGNE_BACKEND` alone counts where it is set.
  static func candidates(environment: [String: String]) -> [String] {
    if let path = environment["LASAGNE_BACKEND"], !path.isEmpty { return [path] }
    var places: [String] = []
    if let executable = Bundle.main.executableURL {
      let folder = executable.resolvingSymlinksInPath().deletingLastPathComponent()
      places.append(folder.appending(path: "libctorch.so").path)
    }
    places.append(cacheFolder(environment: environment) + "/backend/libctorch.so")
    return places
  }

  /// The folder scripts/bootstrap fills: `LASAGNE_CACHE`, else `lasagne-engine` in the user's cache.
  static func cacheFolder(environment: [String: String]) -> String {
    if let folder = environment["LASAGNE_CACHE"], !folder.isEmpty { return folder }
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
      return cache + "/lasagne-engine"
    }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return home + "/.cache/lasagne-engine"
  }

  /// The backend's file, found without loading it.
  ///
  /// - Throws: `TensorError` that says what to do where there is none.
  public static func libraryPath() throws(TensorError) -> String {
    let places = candidates(environment: ProcessInfo.processInfo.environment)
    guard let path = firstFile(of: places) else {
      throw TensorError(operation: "backend", message: absence(from: places))
    }
    return path
  }

  private static func firstFile(of places: [String]) -> String? {
    places.first { FileManager.default.fileExists(atPath: $0) }
  }

  private static func absence(from places: [String]) -> String {
    let looked = places.joined(separator: " and ")
    return "no backend library at \(looked); run `make setup`, which fetches and builds it"
  }

  /// Loads the first file that exists.
  static func loadFirst(of places: [String]) -> LoadingOutcome {
    guard let path = firstFile(of: places) else {
      return LoadingOutcome(table: nil, reason: absence(from: places))
    }
    var message = [CChar](repeating: 0, count: 1024)
    if let table = ct_load(path, &message, message.count) {
      return LoadingOutcome(table: table, reason: "")
    }
    let text = message.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    return LoadingOutcome(
      table: nil, reason: "\(text); run `make setup`, which builds the backend again")
  }
}

/// What loading the backend gave: its table, or the reason why there is none.
///
/// Safe to share: the table is constant and stays loaded until the process ends.
struct LoadingOutcome: @unchecked Sendable {
  let table: UnsafePointer<CTBackend>?
  let reason: String
}
