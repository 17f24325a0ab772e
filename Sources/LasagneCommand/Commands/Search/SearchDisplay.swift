import Displays
import Foundation
import LasagneEngine
import Records

/// A search on standard output.
enum SearchDisplay {
  /// Shows a search until it is over where this process is its engine, else names it and leaves it.
  static func follow(
    _ link: EngineLink, _ common: CommonOptions, _ begin: () async throws -> SearchRecord
  ) async throws {
    var record: SearchRecord
    do {
      record = try await begin()
    } catch {
      await link.close()
      throw error
    }
    guard await link.isOwn else {
      if common.json {
        try common.putJSON(record)
      } else {
        put(
          "The search '\(record.search.name)' is \(record.state.rawValue) with "
            + "\(record.results.count) sessions; 'lasagne search show \(record.search.name)' shows it."
        )
      }
      return
    }
    var decided = 0
    var ended: Set<Int> = []
    while true {
      if !common.json { report(record, &decided, &ended) }
      if record.state == .finished || record.state == .stopped { break }
      try await Task.sleep(for: .milliseconds(200))
      record = try await link.search(.searchRecord(name: record.search.name))
    }
    await link.close()
    try show(record, common)
    if record.best == nil, record.state == .finished {
      throw Ending(
        code: 1,
        sentence: "No session of the search '\(record.search.name)' came to a number for "
          + "\(record.search.metric).")
    }
  }

  /// Says what is new since the last time.
  private static func report(
    _ record: SearchRecord, _ decided: inout Int, _ ended: inout Set<Int>
  ) {
    for decision in record.decisions.dropFirst(decided) {
      let epochs = "\(decision.epochs) \(decision.epochs == 1 ? "epoch" : "epochs")"
      put(
        "After \(epochs) \(decision.survivors.count) of "
          + "\(decision.survivors.count + decision.stopped.count) go on.")
    }
    decided = record.decisions.count
    let over = record.results.filter { $0.state?.isOver == true && !ended.contains($0.number) }
    for result in over.sorted(by: { $0.number < $1.number }) {
      ended.insert(result.number)
      put(
        "\(result.name) \(result.state?.rawValue ?? ""): \(record.search.metric) "
          + "\(result.value.map(NumberText.value) ?? "–") with \(text(of: result.values))")
    }
  }

  private static func text(of values: [String: JSONValue]) -> String {
    values.sorted { $0.key < $1.key }.map { "\($0.key) \(cell($0.value))" }.joined(separator: ", ")
  }

  private static func cell(_ value: JSONValue?) -> String {
    switch value {
    case .number(let number) where number != number.rounded(): NumberText.value(number)
    default: value?.plainText ?? ""
    }
  }

  /// The whole search: one line about it, and a table of its sessions.
  static func show(_ record: SearchRecord, _ common: CommonOptions) throws {
    if common.json {
      try common.putJSON(record)
      return
    }
    let search = record.search
    let over = record.results.count { $0.state?.isOver == true }
    put(
      "\(search.name): \(search.model) on \(search.data), \(record.state.rawValue), "
        + "\(over) of \(record.results.count) sessions over")
    let fields = search.space.keys.sorted()
    let head: [(title: String, alignment: TextTable.Alignment)] =
      [("", .left), ("session", .left)] + fields.map { ($0, .right) }
      + [(search.metric, .right), ("epoch", .right), ("state", .left)]
    let rows = record.results.map { result in
      [result.isBest ? "*" : "", result.name] + fields.map { cell(result.values[$0]) }
        + [
          result.value.map(NumberText.value) ?? "–",
          NumberText.value(result.epoch), result.state?.rawValue ?? "not begun",
        ]
    }
    put(TextTable(head, rows: rows))
    for result in record.results.filter({ $0.state == .failed || $0.state == nil }).prefix(5) {
      if let message = result.message { put("\(result.name): \(message)") }
    }
    if let best = record.best {
      put(
        "* The best has \(search.metric) \(best.value.map(NumberText.value) ?? ""): \(best.name).")
    }
  }

  /// A line a search.
  static func table(of records: [SearchRecord]) -> TextTable {
    TextTable(
      [
        ("search", .left), ("model", .left), ("data", .left), ("state", .left), ("over", .right),
        ("sessions", .right), ("best", .left), ("metric", .left), ("value", .right),
      ],
      rows: records.map { record in
        [
          record.search.name, record.search.model, record.search.data, record.state.rawValue,
          "\(record.results.count { $0.state?.isOver == true })", "\(record.results.count)",
          record.best?.name ?? "", record.search.metric,
          record.best?.value.map(NumberText.value) ?? "–",
        ]
      })
  }
}
