import Displays
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
