import Foundation

/// Points of several groups in a plane, with a legend.
public struct ScatterDrawing: Sendable {
  /// One point.
  public struct Point: Equatable, Sendable {
    /// To the right.
    public var x: Double
    /// Upwards.
    public var y: Double
    /// The number of its group.
    public var group: Int
    /// Whether it has a dark rim.
    public var isMarked: Bool

    /// Makes a point from its parts.
    public init(x: Double, y: Double, group: Int, isMarked: Bool = false) {
      self.x = x
      self.y = y
      self.group = group
      self.isMarked = isMarked
    }
  }

  private let points: [Point]
  private let groups: [String]
  private let title: String
  private let note: String
  private let side = 640.0
  private let legendWidth = 190.0
  private static let inks = [
    0x2f6fd0, 0xd9702a, 0x2f9e6e, 0xa855a0, 0xa8800f, 0x3a95ab, 0xc4455a, 0x756bd0, 0x6b7280,
    0x8a5a3c,
  ].map(Ink.init)

  /// Prepares a picture.
  ///
  /// - Parameters:
  ///   - groups: The names of the groups, by their numbers.
  ///   - note: A line below the title.
  public init(_ points: [Point], groups: [String], title: String, note: String) {
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.groups = groups
    self.title = title
    self.note = note
  }

  /// The picture as an SVG document.
  public var svg: String { picture.svg }

  /// The picture as a PNG file, two pixels a side for each of its own.
  public func png() throws -> Data { try picture.png() }

  private static func ink(_ group: Int) -> Ink {
    inks[(group % inks.count + inks.count) % inks.count]
  }

  /// The groups that have points, in order.
  private var present: [Int] { Set(points.map(\.group)).sorted() }

  private var picture: Picture {
    let ink = Ink(0x1f2733)
    var picture = Picture(
      width: side + legendWidth + 48, height: side + 92, ground: Ink(0xffffff), title: title)
    picture.shapes = [
      .text(title, Spot(x: 24, y: 34), size: 19, ink, isBold: true),
      .text(note, Spot(x: 24, y: 56), size: 12.5, Ink(0x667085)),
    ]
    let scale = Scale(points, side: side - 16)
    for point in points.filter({ !$0.isMarked }) + points.filter(\.isMarked) {
      let spot = scale.spot(point, left: 32, top: 80)
      if point.isMarked { picture.shapes.append(.disc(spot, radius: 4.6, ink)) }
      picture.shapes.append(.disc(spot, radius: 3.2, Self.ink(point.group)))
    }
    var y = 92.0
    for group in present.prefix(30) {
      let name = groups.indices.contains(group) ? groups[group] : String(group)
      picture.shapes += [
        .disc(Spot(x: side + 44, y: y - 4), radius: 5, Self.ink(group)),
        .text(String(name.prefix(24)), Spot(x: side + 56, y: y), size: 13, ink),
      ]
      y += 21
    }
    if points.contains(where: \.isMarked) {
      picture.shapes += [
        .disc(Spot(x: side + 44, y: y + 6), radius: 6, ink),
        .disc(Spot(x: side + 44, y: y + 6), radius: 4, Ink(0xffffff)),
        .text("given another class", Spot(x: side + 56, y: y + 10), size: 13, ink),
      ]
    }
    return picture
  }

  /// The picture in letters: in each cell the sign of the group that has most points there.
  public func text(width: Int, height: Int) -> String {
    let signs = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    let scale = Scale(points, side: 1)
    var cells = [[Int: Int]](repeating: [:], count: max(1, width * height))
    for point in points {
      let spot = scale.spot(point, left: 0, top: 0)
      let column = min(width - 1, max(0, Int(spot.x * Double(width))))
      let row = min(height - 1, max(0, Int(spot.y * Double(height))))
      cells[row * width + column][point.group, default: 0] += 1
    }
    var lines = (0..<height).map { row in
      let line = (0..<width).map { column -> Character in
        let most = cells[row * width + column].max {
          ($0.value, $1.key) < ($1.value, $0.key)
        }
        return most.map { signs[$0.key % signs.count] } ?? " "
      }
      return String(String(line).reversed().drop { $0 == " " }.reversed())
    }
    lines.append("")
    lines += present.map { group in
      "\(signs[group % signs.count])  "
        + printable(groups.indices.contains(group) ? groups[group] : String(group))
    }
    return lines.joined(separator: "\n")
  }

  /// The same scale along both axes, all points inside, in the middle.
  private struct Scale {
    private let left: Double
    private let top: Double
    private let factor: Double

    init(_ points: [Point], side: Double) {
      let (x, y) = (points.map(\.x), points.map(\.y))
      let (low, high) = (x.min() ?? 0, x.max() ?? 0)
      let (bottom, top) = (y.min() ?? 0, y.max() ?? 0)
      let span = max(high - low, top - bottom)
      factor = span > 0 ? side / span : 1
      let room = span > 0 ? span : side
      left = (low + high - room) / 2
      self.top = (bottom + top + room) / 2
    }

    func spot(_ point: Point, left: Double, top: Double) -> Spot {
      Spot(x: left + (point.x - self.left) * factor, y: top + (self.top - point.y) * factor)
    }
  }
}
