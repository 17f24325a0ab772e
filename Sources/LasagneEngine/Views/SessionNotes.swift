import Foundation
import Records
import Storage

/// What people noted of a session; it changes nothing about the session itself.
public struct SessionNotes: Codable, Equatable, Sendable {
  /// A sentence or more; empty where nobody wrote one.
  public var note = ""
  /// Words to find it by, sorted.
  public var tags: [String] = []
  /// The number of its colour in charts, from 1; `nil` takes the next one.
  public var color: Int?
  /// Whether it comes first in lists.
  public var isPinned = false
  /// Whether lists leave it out.
  public var isArchived = false

  /// Makes notes that say nothing.
  public init() {}
}

/// A change of what was noted; what is left out stays as it is.
public struct SessionNotesChange: Codable, Equatable, Sendable {
  /// Another text.
  public var note: String?
  /// Other words.
  public var tags: [String]?
  /// Another colour; 0 for none.
  public var color: Int?
  /// Whether it comes first.
  public var isPinned: Bool?
  /// Whether lists leave it out.
  public var isArchived: Bool?

  /// Makes a change from its parts.
  public init(
    note: String? = nil, tags: [String]? = nil, color: Int? = nil, isPinned: Bool? = nil,
    isArchived: Bool? = nil
  ) {
    self.note = note
    self.tags = tags
    self.color = color
    self.isPinned = isPinned
    self.isArchived = isArchived
  }
}

extension Engine {
  /// The colours that a chart has.
  private static let colors = 0...8

  /// What was noted of sessions, by their ids.
  public func notes() throws -> [String: SessionNotes] {
    guard let data = try? Data(contentsOf: notesFile) else { return [:] }
    return try RecordJSON.decode([String: SessionNotes].self, from: data)
  }

  /// Changes what is noted of a session.
  ///
  /// - Throws: `EngineError` if there is no such session or the change is too long,
  ///   `StorageError` if it cannot be kept.
  @discardableResult
  public func annotate(_ id: String, _ change: SessionNotesChange) throws -> SessionNotes {
    let id = try session(id).request.id
    guard (change.note ?? "").utf8.count <= 16_384, (change.tags ?? []).count <= 50,
      (change.tags ?? []).allSatisfy({ !$0.isEmpty && $0.utf8.count <= 100 }),
      Self.colors.contains(change.color ?? 0)
    else {
      throw EngineError(
        .invalid,
        "A note has at most 16 KB, 50 tags of at most 100 bytes, and a colour from 1 to 8, or 0 for "
          + "none.")
    }
    let before = try notes()[id]
    var notes = before ?? SessionNotes()
    if let note = change.note { notes.note = note }
    if let tags = change.tags { notes.tags = Set(tags).sorted() }
    if let color = change.color { notes.color = color == 0 ? nil : color }
    if let isPinned = change.isPinned { notes.isPinned = isPinned }
    if let isArchived = change.isArchived { notes.isArchived = isArchived }
    guard notes != before ?? SessionNotes() else { return notes }
    try workspace.note(
      try RecordJSON.decode(JSONValue.self, from: RecordJSON.encode(notes)), ofSession: id,
      summary: "note something of the session \(session(id).request.name)")
    return notes
  }

  /// The file that keeps them; this engine is its one writer.
  private var notesFile: URL { workspace.url.appendingPathComponent("notes.json") }
}
