import Displays
import Foundation
import Records
import Storage

/// Turns what an engine knows into text for a terminal.
///
/// ```swift
/// let displayer = Displayer(engine)
/// print(await displayer.sessions(deep: true))
/// print(try await displayer.curve("valid/loss", ofSession: "lenet"))
/// ```
/// It computes nothing: every number is one that a record holds. The command line shows the same
/// tables, made by the functions of this type that take records.
public struct Displayer: Sendable {
  /// The columns that lines are cut to; `nil` for lines as long as they are.
  public var width: Int?
  let engine: Engine

  /// Makes a displayer of what an engine knows.
  public init(_ engine: Engine, width: Int? = nil) {
    self.engine = engine
    self.width = width
  }

  /// All sessions, newest first: a line each, or `deep` all that is to be said of each.
  public func sessions(deep: Bool = false) async -> String {
    text(of: await engine.sessions(), deep: deep, orElse: "No sessions yet.")
  }

  /// The sessions that are not over, newest first.
  public func runningSessions(deep: Bool = false) async -> String {
    text(
      of: await engine.sessions().filter { !$0.state.isOver }, deep: deep,
      orElse: "No session runs.")
  }

  /// The sessions that train or trained a model, newest first.
  public func sessions(ofModel name: String, deep: Bool = false) async -> String {
    text(
      of: await engine.sessions(ofModel: name), deep: deep,
      orElse: "No session has trained \(printable(name)) yet.")
  }

  /// The sessions that wait for their turn, the next one first.
  public func queue() async -> String {
    let waiting = await engine.waitingSessions()
    return waiting.isEmpty ? "No session waits." : Self.queue(waiting).text(width: width)
  }

  /// All models with their sizes and params; `deep` with their layers.
  ///
  /// - Throws: `EngineError` or `NetworkError` for a model that cannot be read.
  public func models(deep: Bool = false) throws -> String {
    let models = try engine.models().map { try engine.model($0) }
    guard !models.isEmpty else { return "No models yet." }
    let params = try engine.workspace.params.list()
    let table = Self.models(models.map { ($0.name, $0.summary) }, params: params)
      .text(width: width)
    guard deep else { return table }
    let layers = models.map { "\(printable($0.name))\n\(NetworkTable($0.summary))" }
    return ([table] + layers).joined(separator: "\n\n")
  }

  /// The saved weights, of one model or of all, a line a version.
  ///
  /// - Throws: `StorageError` where a record cannot be read.
  public func params(ofModel name: String? = nil) throws -> String {
    let model = name.map { engine.workspace.models.current($0) }
    let records = try engine.workspace.params.list(model: model)
    guard !records.isEmpty else { return "No params yet." }
    return Self.params(records).text(width: width)
  }

  /// The data sets, and where the arrays of those in use lie.
  ///
  /// - Throws: `StorageError` where a record cannot be read.
  public func data() throws -> String {
    let records = try engine.dataSets()
    guard !records.isEmpty else { return "No data yet." }
    let placements = engine.placements()
    let tables = [Self.data(records)] + (placements.isEmpty ? [] : [Self.placements(placements)])
    return tables.map { $0.text(width: width) }.joined(separator: "\n\n")
  }

  /// The devices, and what of each the sessions hold.
  public func devices() async -> String {
    Self.devices(await engine.devices()).text(width: width)
  }

  /// All that is to be said of one session.
  ///
  /// - Throws: `EngineError` if there is no such session, or more than one.
  public func session(_ id: String) async throws -> String {
    Self.details(of: try await engine.session(id))
  }

  /// The curve of a metric, drawn in the dots of braille: `train/loss`, `valid/accuracy`.
  ///
  /// - Throws: `EngineError` if there is no such session, `StorageError` where the index cannot be
  ///   read.
  public func curve(
    _ key: String, ofSession id: String, height: Int = 12, isLogarithmic: Bool = false
  ) async throws -> String {
    let width = width ?? 72
    let session = try await engine.session(id).request.id
    let series = try engine.index.series(session: session, key: key, pixels: 2 * width)
    return TextCurve.braille(series, width: width, height: height, isLogarithmic: isLogarithmic)
  }

  private func text(of records: [SessionRecord], deep: Bool, orElse none: String) -> String {
    guard !records.isEmpty else { return none }
    return deep
      ? records.map(Self.details).joined(separator: "\n\n")
      : "\(SessionsTable(records, width: width))"
  }
}
