import Records

/// Finds the session a person means.
public enum SessionLookup {
  /// The session with this id, the beginning of an id, or a name; the newest of several equal names.
  ///
  /// - Throws: `EngineError` if nothing or too much fits.
  public static func find(_ text: String, among records: [SessionRecord]) throws -> SessionRecord {
    if let exact = records.first(where: { $0.request.id == text }) { return exact }
    let named = records.filter { $0.request.name == text }
    if let newest = named.max(by: { $0.request.createdAt < $1.request.createdAt }) { return newest }
    let begun = text.count >= 3 ? records.filter { $0.request.id.hasPrefix(text) } : []
    if begun.count == 1 { return begun[0] }
    if begun.count > 1 {
      throw EngineError(
        .invalid, "\(begun.count) sessions have an id that begins with '\(text)'; give more of it.")
    }
    throw EngineError.unknown("session", text, among: records.map(\.request.name))
  }
}
