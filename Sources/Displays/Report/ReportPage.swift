import Crypto
import Foundation
import Records

extension Report {
  /// The file's text.
  ///
  /// - Throws: ``PictureError`` if a picture of filters cannot be made.
  public func page() throws -> String {
    let style = ReportStyle.text
    let script = ReportScript.text
    let policy =
      "default-src 'none'; img-src data:; script-src '\(Self.hash(script))'; "
      + "style-src '\(Self.hash(style))'; base-uri 'none'; form-action 'none'"
    let sections = try parts.map { try section($0) }.joined(separator: "\n")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(escaped(title))</title>
      <link rel="icon" href="data:,">
      <style>\(style)</style>
      </head>
      <body>
      <header class="top"><h1>\(escaped(title))</h1>
      <p>\(parts.count) \(parts.count == 1 ? "session" : "sessions"), \(Self.moment(time)).
      This file needs nothing beside itself.</p></header>
      <main>
      \(curvesSection)
      \(metricsSection)
      \(sections)
      </main>
      <script type="application/json" id="records">\(try records())</script>
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  private static func hash(_ text: String) -> String {
    "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
  }

  /// A moment, local, with its zone: `2026-11-22 19:22:13 UTC`.
  static func moment(_ seconds: Double?) -> String {
    guard let seconds else { return "" }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss zzz"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }

  // MARK: Curves and metrics

  private var curvesSection: String {
    guard parts.contains(where: { !$0.series.isEmpty }) else {
      return "<section><h2>Curves</h2><p>Nothing was measured.</p></section>"
    }
    let figures = kinds.enumerated().map { index, kind in
      let title = escaped(MetricKind.title(of: kind))
      return "<figure class=\"chart\" data-panel=\"\(index)\"><figcaption><h3>\(title)</h3>"
        + "<output></output><button type=\"button\" class=\"all\" hidden>all</button>"
        + "<button type=\"button\" class=\"log\" aria-pressed=\"false\""
        + " aria-label=\"Logarithmic axis of \(title)\">log</button></figcaption>"
        + "<canvas tabindex=\"0\" role=\"img\" aria-label=\"Curves of \(title). Arrow keys move"
        + " the cursor, plus and minus zoom, 0 shows all.\"></canvas><ul class=\"legend\"></ul>"
        + "</figure>"
    }.joined(separator: "\n")
    return """
      <section id="curves"><h2>Curves</h2>
      <div class="tools"><label>Over <select id="over"><option value="step">steps</option>
      <option value="epoch">epochs</option><option value="time">time</option></select></label>
      <label>Smoothing <input id="smoothing" type="range" min="0" max="0.99" step="0.01" value="0">
      <output id="weight">0</output></label></div>
      <p class="hint">Drag to zoom in, double-click for all. Bands are exact extremes.</p>
      <noscript><p>The curves need scripts; everything else is here without them.</p></noscript>
      <div class="charts">\(figures)</div></section>
      """
  }

  private var metricsSection: String {
    let isOne = parts.count == 1
    func rows(_ isWanted: (String) -> Bool) -> String {
      parts.flatMap { part in
        part.series.filter { isWanted($0.key) }.map { series in
          let newest = part.record.latest[series.key] ?? series.buckets.last?.last
          let low = series.buckets.compactMap(\.minimum).min()
          let high = series.buckets.compactMap(\.maximum).max()
          let cells = [("newest", newest), ("least", low), ("greatest", high)].map { name, value in
            "<td class=\"number\" data-\(name)=\"\(value.map { "\($0)" } ?? "")\">"
              + "\(value.map { text($0, series.key) } ?? "–")</td>"
          }.joined()
          let owner = isOne ? "" : "<td>\(escaped(name(part)))</td>"
          return "<tr data-session=\"\(escaped(part.record.request.id))\""
            + " data-metric=\"\(escaped(series.key))\">\(owner)<th scope=\"row\">"
            + "\(escaped(series.key))</th>\(cells)"
            + "<td class=\"number\">\(NumberText.grouped(series.totalCount))</td></tr>"
        }
      }.joined(separator: "\n")
    }
    let head =
      "<thead><tr>\(isOne ? "" : "<th>session</th>")<th>metric</th>"
      + ["newest", "least", "greatest", "points"].map { "<th class=\"number\">\($0)</th>" }.joined()
      + "</tr></thead>"
    func table(_ rows: String) -> String {
      "<div class=\"scroll\"><table>\(head)<tbody>\(rows)</tbody></table></div>"
    }
    let ofParameters = rows { MetricPoints.isOfPart($0) }
    return "<section id=\"metrics\"><h2>Metrics</h2>\(table(rows { !MetricPoints.isOfPart($0) }))"
      + (ofParameters.isEmpty
        ? ""
        : "<details><summary>Of single parameters and layers</summary>\(table(ofParameters))</details>")
      + "</section>"
  }

  private func text(_ value: Double, _ key: String) -> String {
    MetricKind.isPart(MetricKind.name(of: key))
      ? NumberText.percentage(value) : NumberText.value(value)
  }
}
