/// Curves as comma-separated values (RFC 4180): one row a measured point.
public struct PlotTable: Sendable {
  /// One row.
  public struct Row: Sendable {
    /// The session's id.
    public var session: String
    /// What people call the session.
    public var name: String
    /// The metric's key.
    public var metric: String
    /// Updates done when it was measured.
    public var step: Int
    /// The position in epochs; `nil` where it is unknown.
    public var epoch: Double?
    /// Seconds since 1970.
    public var time: Double
    /// The value; `nil` where it is not finite.
    public var value: Double?

    /// Makes a row from its parts.
    public init(
      session: String, name: String, metric: String, step: Int, epoch: Double?, time: Double,
      value: Double?
    ) {
      self.session = session
      self.name = name
      self.metric = metric
      self.step = step
      self.epoch = epoch
      self.time = time
      self.value = value
    }
  }

  private let rows: [Row]

  /// Prepares a table of these rows.
  public init(_ rows: [Row]) { self.rows = rows }

  /// The table with its head; numbers have all their digits, and what is not finite is `nan`.
  public var text: String {
    var text = "session,name,metric,step,epoch,time,value\r\n"
    for row in rows {
      text += "\(Self.field(row.session)),\(Self.field(row.name)),\(Self.field(row.metric)),"
      text += "\(row.step),\(row.epoch.map { "\($0)" } ?? ""),\(row.time),"
      text += "\(row.value.map { "\($0)" } ?? "nan")\r\n"
    }
    return text
  }

  /// A name as a cell; one that a spreadsheet would compute is marked as text by an apostrophe.
  private static func field(_ name: String) -> String {
    let signs = "=+-@\t\r".unicodeScalars
    let isFormula = name.unicodeScalars.first.map { signs.contains($0) } ?? false
    let text = isFormula ? "'" + name : name
    guard text.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
