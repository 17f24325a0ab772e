import Foundation
import Records
import Storage

/// Where a search is in its life.
public enum SearchState: String, Codable, Sendable, CaseIterable {
  case running
  /// Its sessions have been asked to stop.
  case stopping
  /// Was asked to stop, and did; it can be resumed.
  case stopped
  /// All its sessions are over.
  case finished
}

/// A search in its workspace (`searches/<name>/search.json`); written by the engine only.
struct SearchFile: Codable, Equatable, Sendable {
  /// One combination of values.
  struct Trial: Codable, Equatable, Sendable {
    /// 1, 2, ….
    var number: Int
    var values: [String: JSONValue]
    /// The model that it trains.
    var model: String
    /// The id of its session, also before that is made.
    var session: String
    /// Why there is no session; `nil` where there is one.
    var problem: String?
    /// How often it was taken up again after its process was gone.
    var restarts = 0
  }

  static let formatVersion = 1

  var format = formatVersion
  var search: Search
  var state = SearchState.running
  /// Seconds since 1970.
  var createdAt: Double
  var trials: [Trial]
  /// The epochs after which sessions wait for each other.
  var rungs: [Int]
  /// What was decided at each of these so far.
  var decisions: [SearchDecision] = []

  /// Who asks in its name.
  var origin: String { "search \(search.name)" }

  /// The numbers of the trials that were not given up.
  var contenders: [Int] { decisions.last?.survivors ?? trials.map(\.number) }

  /// The epochs after which the contenders wait next; `nil` where they train to the end.
  var nextRung: Int? { decisions.count < rungs.count ? rungs[decisions.count] : nil }

  func trial(_ number: Int) -> Trial? { trials.first { $0.number == number } }

  // MARK: The file

  static func folder(in workspace: Workspace) -> URL {
    workspace.url.appendingPathComponent("searches")
  }

  private static func url(_ name: String, in workspace: Workspace) -> URL {
    folder(in: workspace).appendingPathComponent(name).appendingPathComponent("search.json")
  }

  /// Writes it whole, or not at all.
  func write(in workspace: Workspace) throws {
    let url = Self.url(search.name, in: workspace)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try AtomicFile.writeJSON(self, to: url)
  }

  /// The names of all searches, sorted.
  static func names(in workspace: Workspace) -> [String] {
    let folder = folder(in: workspace).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter {
      !$0.hasPrefix(".") && FileManager.default.fileExists(atPath: url($0, in: workspace).path)
    }.sorted()
  }

  /// All searches that can be read, by name.
  static func all(in workspace: Workspace) -> [String: SearchFile] {
    var files: [String: SearchFile] = [:]
    for name in names(in: workspace) { files[name] = try? read(name, in: workspace) }
    return files
  }

  /// Reads the search of this name.
  static func read(_ name: String, in workspace: Workspace) throws -> SearchFile {
    let url = url(name, in: workspace)
    let file: SearchFile
    do {
      file = try RecordJSON.decode(SearchFile.self, from: Data(contentsOf: url))
    } catch {
      throw EngineError(
        .invalid,
        "The search '\(name)' cannot be read: '\(url.path)' is damaged, or from a newer program.")
    }
    guard file.format == formatVersion, file.search.name == name else {
      throw EngineError(
        .invalid,
        "The search '\(name)' cannot be read: '\(url.path)' has format \(file.format) of the search "
          + "'\(file.search.name)', this program knows format \(formatVersion).")
    }
    return file
  }
}
