import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne params undo`.
struct UndoParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take back the last change to params.")

  @OptionGroup var common: CommonOptions

  func run() throws { try common.undo(.params) }
}

/// `lasagne data undo`.
struct UndoDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take back the last change to data sets.")

  @OptionGroup var common: CommonOptions

  func run() throws { try common.undo(.data) }
}

/// `lasagne models undo`.
struct UndoModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take back the last change to models.")

  @OptionGroup var common: CommonOptions

  func run() throws { try common.undo(.models) }
}

/// `lasagne params trash`: what can be undone, in the whole workspace.
struct TrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trash",
    abstract: "List what can be undone, or free the room it takes with --purge.")

  @Flag(help: "Forget changes and what they deleted; they cannot be undone any more.")
  var purge = false

  @Option(help: "Purge only changes older than so many days.")
  var days = 0.0

  @OptionGroup var common: CommonOptions

  func run() throws {
    let changes = try common.existing().changes
    if purge {
      let before = changes.byteCount()
      let count = try changes.purge(olderThan: days * 86_400)
      let freed = before - changes.byteCount()
      if common.json {
        try common.putJSON(["changes": count, "bytes": freed])
      } else {
        put("Forgot \(count) changes and freed \(NumberText.bytes(freed)).")
      }
      return
    }
    let list = changes.list()
    if common.json {
      for change in list { try common.putJSON(change) }
      return
    }
    guard !list.isEmpty else {
      put("Nothing to undo.")
      return
    }
    let rows = list.map { change in
      let date = Date(timeIntervalSince1970: change.time)
      return ["\(change.number)", date.formatted(.iso8601), change.summary, change.state.rawValue]
    }
    put(
      TextTable(
        [("", .right), ("when", .left), ("change", .left), ("state", .left)], rows: rows))
    put("\(NumberText.bytes(changes.byteCount())) in the trash.")
  }
}

extension CommonOptions {
  /// Says that something got another name; as JSON, what it is now.
  func tellRenamed(_ name: String, _ newName: String, _ record: some Encodable) throws {
    if json {
      try putJSON(record)
    } else {
      put("Renamed \(name) to \(newName).")
    }
  }

  /// Says that something is in the trash, and how it comes back.
  func tellRemoved(_ name: String, undo: String) throws {
    if json {
      try putJSON(["removed": name])
    } else {
      put("Removed \(name); '\(undo)' brings it back.")
    }
  }

  /// Takes back the last change of an area and says what it was.
  fileprivate func undo(_ area: WorkspaceChange.Area) throws {
    let change = try existing().changes.undo(area: area)
    if json {
      try putJSON(change)
    } else {
      put("Undone: \(change.summary).")
    }
  }
}
