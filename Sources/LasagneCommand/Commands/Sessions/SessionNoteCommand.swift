import ArgumentParser
import LasagneEngine
import Records

/// `lasagne session note SESSION TEXT`.
struct SessionNoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Note something of a session: text, tags, its colour in charts, pinned, archived.",
    discussion: "What is not given stays as it is.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "What to remember of it.")
  var text: String?

  @Option(name: .customLong("tag"), help: "A word to find it by; give it again for more.")
  var tags: [String] = []

  @Option(help: "Its colour in charts, 1 to 8; 0 for none of its own.")
  var color: Int?

  @Flag(inversion: .prefixedNo, help: "Show it first in lists.")
  var pin: Bool?

  @Flag(inversion: .prefixedNo, help: "Leave it out of lists.")
  var archive: Bool?

  func run() async throws {
    let change = SessionNotesChange(
      note: text, tags: tags.isEmpty ? nil : tags, color: color, isPinned: pin, isArchived: archive)
    let workspace = try target.common.existing()
    let record = try SessionRecords.find(target.session, in: workspace)
    let link = try await EngineLink.open(workspace, purpose: "note")
    let notes: SessionNotes
    do {
      notes = try await link.annotate(record.request.id, change)
    } catch {
      await link.close()
      throw error
    }
    await link.close()
    if target.common.json {
      try target.common.putJSON(notes)
    } else {
      let words = [
        notes.note, notes.tags.map { "#\($0)" }.joined(separator: " "),
        notes.isPinned ? "pinned" : "", notes.isArchived ? "archived" : "",
      ]
      put(
        "Noted of '\(record.request.name)': "
          + words.filter { !$0.isEmpty }.joined(separator: ", ") + ".")
    }
  }
}
