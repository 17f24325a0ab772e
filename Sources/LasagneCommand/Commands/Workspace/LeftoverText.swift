import Displays
import LasagneEngine
import Storage

extension Leftover {
  /// What an engine says of it when it begins.
  var sentence: String {
    let size = NumberText.bytes(byteCount)
    guard let problem else {
      return "Removed \(path) (\(size)), which a process that died had left."
    }
    return "A process that died has left \(path) (\(size)), which cannot be removed: \(problem)"
  }
}

extension EngineLink {
  /// Finds the engine of a workspace, or becomes it and says what it has tidied up.
  static func open(_ workspace: Workspace, purpose: String) async throws -> EngineLink {
    let link = try await EngineLink(workspace, purpose: purpose)
    for leftover in await link.leftovers { complain("lasagne: \(leftover.sentence)") }
    return link
  }
}
