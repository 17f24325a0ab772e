import Records

/// What a session's network made of samples when a report was written, as plain values.
public struct ReportSight: Sendable {
  /// Samples of one kind as a picture.
  public struct Samples: Sendable {
    /// The samples.
    public var images: ImageStack
    /// The numbers that are black and white; `nil` where that is for the samples to say.
    public var range: ClosedRange<Double>?
    /// What is said of each.
    public var captions: [String]

    /// Makes it from its parts.
    public init(images: ImageStack, range: ClosedRange<Double>?, captions: [String]) {
      self.images = images
      self.range = range
      self.captions = captions
    }
  }

  /// What it was looked at by and how well it did, as a sentence.
  public var summary: String
  /// The names of the classes.
  public var classNames: [String]
  /// How many samples of each class (rows) are given each class (columns).
  public var matrix: [[Int]]
  /// The errors of which the network is surest; `nil` where samples are no pictures.
  public var worst: Samples?
  /// The samples in a plane; `nil` where they could not be laid out.
  public var map: ScatterDrawing?

  /// Makes it from its parts.
  public init(
    summary: String, classNames: [String], matrix: [[Int]], worst: Samples?, map: ScatterDrawing?
  ) {
    self.summary = summary
    self.classNames = classNames
    self.matrix = matrix
    self.worst = worst
    self.map = map
  }
}

extension Report {
  /// More classes than this make no table that a person reads.
  private static let classLimit = 40

  /// The section about what the network sees.
  func sight(_ part: Part) throws -> String {
    guard let sight = part.sight else { return "" }
    // The page takes no styles but those of its sheet.
    let map = sight.map?.svg.replacing(" style=\"font-variant-numeric: tabular-nums\"", with: "")
    return """
      <h3>What it sees</h3>
      <p>\(escaped(sight.summary))</p>
      \(confusion(sight))
      \(try worst(sight))
      \(map.map { "<figure class=\"map\">\($0)</figure>" } ?? "")
      """
  }

  private func confusion(_ sight: ReportSight) -> String {
    guard sight.matrix.count <= Self.classLimit else { return "" }
    let heads = sight.classNames.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    let rows = zip(sight.classNames, sight.matrix).enumerated().map { label, row in
      let most = max(1, row.1.max() ?? 1)
      let cells = row.1.enumerated().map { given, count -> String in
        // Eight shades, as a style sheet can have no numbers of its own here.
        let shade = count == 0 ? 0 : 1 + 7 * count / most
        let kind = label == given ? "right" : "wrong"
        return "<td class=\"number \(kind) shade-\(shade)\">"
          + "\(count == 0 ? "" : NumberText.grouped(count))</td>"
      }.joined()
      return "<tr data-label=\"\(label)\"><th scope=\"row\">\(escaped(row.0))</th>\(cells)</tr>"
    }.joined(separator: "\n")
    return """
      <div class="scroll"><table class="confusion"><thead><tr><th>is ↓ given →</th>\(heads)</tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }

  private func worst(_ sight: ReportSight) throws -> String {
    guard let worst = sight.worst, worst.images.count > 0 else { return "" }
    let figures = try (0..<worst.images.count).map { index in
      let one = worst.images[index]
      let sheet = SampleSheet(one, range: worst.range, columns: 1)
      let factor = max(1, 64 / max(1, max(one.width, one.height)))
      let caption = worst.captions.indices.contains(index) ? worst.captions[index] : ""
      return "<figure><img src=\"data:image/png;base64,\(try sheet.png().base64EncodedString())\""
        + " width=\"\(one.width * factor)\" height=\"\(one.height * factor)\""
        + " alt=\"\(escaped(caption))\"><figcaption>\(escaped(caption))</figcaption></figure>"
    }.joined(separator: "\n")
    return "<h4>Errors of which it is surest</h4><div class=\"worst\">\(figures)</div>"
  }
}

extension ImageStack {
  /// One of the images.
  fileprivate subscript(_ index: Int) -> ImageStack {
    let size = channels * height * width
    var copy = self
    copy.count = 1
    copy.values = Array(values.dropFirst(index * size).prefix(size))
    return copy
  }
}
