/// The names that become folders, and the ids that we make ourselves.
public enum Names {
  /// Checks a name that a person gave to a model, a data set or parameters.
  ///
  /// Letters `A-Z a-z`, digits and `-_.`, at most 64, the first one not a dot.
  public static func check(_ name: String, of what: String) throws(StorageError) {
    let isAllowed =
      !name.isEmpty && name.utf8.count <= 64 && name.first != "."
      && name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 45 || $0 == 95 || $0 == 46 }
    if !isAllowed {
      throw StorageError(
        .invalid, path: "",
        "“\(name.prefix(80))” cannot be the name of \(what): use 1 to 64 letters, digits, “-”, “_”"
          + " or “.”, not starting with a dot")
    }
  }

  /// A new id of a session: 26 random characters of `0-9a-z`.
  public static func newSessionID() -> String { randomText(26) }

  /// Whether a text has the form of a session's id.
  public static func isSessionID(_ text: String) -> Bool {
    text.utf8.count == 26
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
  }

  static func randomText(_ count: Int) -> String {
    let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
