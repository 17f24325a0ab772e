import Foundation
import Lasagne
import Records
import Testing

@testable import Displays

/// The pictures of the zoo's networks: no connection crosses another, or runs behind a box.
@Suite struct NetworkPictureTests {
  private struct Box {
    let name: Int
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>
  }

  @Test(arguments: ["inception", "resnet", "unet", "lenet", "densenet", "siamese"])
  func `connections do not cross`(name: String) throws {
    let drawing = NetworkDrawing(try Zoo.entry(name).network().summary())
    #expect(drawing.crossings == 0)
    #expect(Self.crossings(of: drawing.svg) == 0)
  }

  @Test(arguments: Zoo.entries.map(\.name))
  func `no connection runs behind a box, and no box over another`(name: String) throws {
    let svg = NetworkDrawing(try Zoo.entry(name).network().summary()).svg
    let boxes = try Self.boxes(of: svg)
    for (index, box) in boxes.enumerated() {
      for other in boxes[..<index] where box.y.overlaps(other.y) {
        #expect(!box.x.overlaps(other.x), "\(box.name) and \(other.name)")
      }
    }
    let paths = Self.paths(of: svg)
    #expect(!paths.isEmpty)
    for path in paths {
      for box in boxes where box.name != path.source && box.name != path.target {
        let isHidden = path.points.contains { box.x.contains($0.x) && box.y.contains($0.y) }
        #expect(!isHidden, "\(path.source) → \(path.target) behind \(box.name)")
      }
      // It begins and ends at its own two boxes, and always goes down.
      let own = boxes.filter { [path.source, path.target].contains($0.name) }
      #expect(own.count == 2 && abs(own[0].y.upperBound - path.points[0].y) < 0.2)
      #expect(zip(path.points, path.points.dropFirst()).allSatisfy { $0.y <= $1.y + 1e-6 })
    }
  }

  @Test func `a way beside a chain is straight`() throws {
    // a → b → c → d, and a → d: the long way has one bend at each end only.
    let names = ["a", "b", "c", "d"]
    let layers = names.enumerated().map { index, name in
      LayerSummary(
        name: name, type: "DenseLayer",
        incomings: index == 0 ? [] : index == 3 ? ["c", "a"] : [names[index - 1]],
        outputShape: [nil, 4], parameters: [], detail: "")
    }
    let layout = NetworkLayout(NetworkSummary(name: "n", layers: layers, outputs: ["d"]))
    #expect(layout.places.map(\.row) == [0, 1, 2, 3])
    let long = try #require(layout.edges.first { $0.source == 0 && $0.target == 3 })
    #expect(long.bends.count == 2 && long.bends[0] == long.bends[1])
    #expect(layout.places[1].x == layout.places[2].x)
    // Half a box and half a lane and the gap lie between the long way and the chain.
    #expect(abs(long.bends[0] - layout.places[1].x) >= 372 / 2 + 22 / 2)
  }

  @Test func `thousands of layers are drawn in a moment, whatever they read`() {
    let layers = (0..<2000).map { index in
      LayerSummary(
        name: "l\(index)", type: "ConcatLayer",
        incomings: (0..<min(index, 40)).map { "l\((index * 7 + $0 * 13) % index)" },
        outputShape: [nil, 4], parameters: [], detail: "")
    }
    let svg = NetworkDrawing(NetworkSummary(name: "n", layers: layers, outputs: [])).svg
    #expect(svg.hasSuffix("</svg>\n"))
  }

  // MARK: reading a picture

  private static func numbers(_ text: Substring) -> [Double] {
    text.split { !$0.isNumber && $0 != "." && $0 != "-" }.compactMap { Double($0) }
  }

  private static func boxes(of svg: String) throws -> [Box] {
    var boxes: [Box] = []
    var corner: [Double] = []
    for line in svg.split(separator: "\n") {
      if line.contains("class=\"layer"), let at = line.range(of: "translate(") {
        corner = numbers(line[at.upperBound...])
      } else if line.contains("class=\"box\"") {
        let width = try #require(line.range(of: "width=\"").map { numbers(line[$0.upperBound...]) })
        boxes.append(
          Box(
            name: boxes.count, x: corner[0]...(corner[0] + width[0]),
            y: corner[1]...(corner[1] + width[1])))
      }
    }
    return boxes
  }

  private struct Path {
    let source: Int
    let target: Int
    var points: [(x: Double, y: Double)]
  }

  /// Each connection as many short pieces.
  private static func paths(of svg: String) -> [Path] {
    svg.split(separator: "\n").filter { $0.contains("class=\"edge\"") }.compactMap { line in
      func text(_ key: String) -> Substring? {
        guard let start = line.range(of: " \(key)=\"") else { return nil }
        return line[start.upperBound...].prefix { $0 != "\"" }
      }
      guard let d = text("d"), let source = text("data-source").flatMap({ Int($0) }),
        let target = text("data-target").flatMap({ Int($0) })
      else { return nil }
      var path = Path(source: source, target: target, points: [])
      for piece in d.replacing("V", with: "|V").replacing("C", with: "|C").split(separator: "|") {
        let values = numbers(piece)
        guard let last = path.points.last else {
          path.points.append((values[0], values[1]))
          continue
        }
        let ends =
          piece.hasPrefix("V")
          ? [last.x, last.y, last.x, values[0], last.x, values[0]] : values
        for step in 1...24 {
          let t = Double(step) / 24
          let u = 1 - t
          let (a, b, c, e) = (u * u * u, 3 * t * u * u, 3 * t * t * u, t * t * t)
          path.points.append(
            (
              a * last.x + b * ends[0] + c * ends[2] + e * ends[4],
              a * last.y + b * ends[1] + c * ends[3] + e * ends[5]
            ))
        }
      }
      return path
    }
  }

  /// How many pairs of connections without a common end cross, found by their pieces.
  private static func crossings(of svg: String) -> Int {
    func side(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double), _ c: (x: Double, y: Double))
      -> Double
    { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
    let paths = paths(of: svg)
    var count = 0
    for (index, one) in paths.enumerated() {
      for other in paths[..<index]
      where one.source != other.source && one.target != other.target {
        let cross = zip(one.points, one.points.dropFirst()).contains { a, b in
          zip(other.points, other.points.dropFirst()).contains { c, d in
            min(a.y, b.y) <= max(c.y, d.y) && min(c.y, d.y) <= max(a.y, b.y)
              && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
          }
        }
        if cross { count += 1 }
      }
    }
    return count
  }
}
