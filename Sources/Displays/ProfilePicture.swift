import Foundation
import Records

/// A ``StepProfile`` as a picture: for each layer a bar of its time, forward and backward, with a mark where the
/// machine's limit is, and a bar of its memory.
public struct ProfilePicture: Sendable {
  private let profile: StepProfile
  private let width = 1_080.0
  private let rowHeight = 25.0
  private let times = (start: 250.0, end: 640.0)
  private let memory = (start: 800.0, end: 950.0)

  private let ink = Ink(0x1f2733)
  private let soft = Ink(0x667085)
  private let line = Ink(0xe7e9ee)
  private let limit = Ink(0xb45309)
  private let forward = Ink(0x2f6fd0)
  private let backward = Ink(0xa9c5f0)

  /// A picture of a profile.
  public init(_ profile: StepProfile) { self.profile = profile }

  /// The picture as an SVG document.
  public var svg: String { picture.svg }

  /// The picture as a PNG file, two pixels a side for each of its own.
  public func png() throws -> Data { try picture.png() }

  var picture: Picture {
    let drawing = ProfileDrawing(profile)
    var picture = Picture(
      width: width, height: 0, ground: Ink(0xffffff),
      title: "Where the time of a step of \(profile.network) goes")
    var top = 36.0
    picture.shapes.append(
      .text(drawing.head[0], Spot(x: 24, y: top), size: 19, ink, isBold: true))
    for text in drawing.head.dropFirst() {
      top += 20
      picture.shapes.append(.text(sentence(text), Spot(x: 24, y: top), size: 12.5, soft))
    }
    top = legend(from: top + 30, on: &picture)
    let first = top
    for layer in profile.layers {
      draw(layer, from: top, on: &picture)
      top += rowHeight
    }
    for x in [times.start, memory.start] {
      picture.shapes.append(
        .line([Spot(x: x, y: first - 4), Spot(x: x, y: top)], Ink(0xb9c0cb), width: 1))
    }
    top += 8
    for text in drawing.foot {
      top += 20
      picture.shapes.append(.text(text, Spot(x: 24, y: top), size: 12.5, soft))
    }
    picture.height = top + 20
    return picture
  }

  private func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// What colours and marks mean; where the rows begin.
  private func legend(from top: Double, on picture: inout Picture) -> Double {
    func key(_ text: String, _ color: Ink, at x: Double) {
      picture.shapes += [
        box(x, x + 14, top - 9, top + 1, color),
        .text(text, Spot(x: x + 20, y: top), size: 12, soft),
      ]
    }
    key("forward", forward, at: times.start)
    key("backward", backward, at: times.start + 90)
    picture.shapes += [
      .line(
        [Spot(x: times.start + 196, y: top - 11), Spot(x: times.start + 196, y: top + 3)], limit,
        width: 2),
      .text(
        "what the machine could do", Spot(x: times.start + 204, y: top), size: 12, soft),
      .text("memory", Spot(x: memory.start, y: top), size: 12, soft),
    ]
    return top + 18
  }

  private func draw(_ layer: LayerProfile, from top: Double, on picture: inout Picture) {
    let (upper, lower, base) = (top + 4, top + rowHeight - 5, top + rowHeight - 8)
    let isRefused = layer.planRefusal != nil
    picture.shapes += [
      .line(
        [Spot(x: 24, y: top + rowHeight), Spot(x: width - 24, y: top + rowHeight)], line, width: 1),
      .text(
        shortened(printable(layer.name), to: 16), Spot(x: 24, y: base), size: 12.5,
        isRefused ? limit : ink),
      .text(
        shortened(layer.type.replacingOccurrences(of: "Layer", with: ""), to: 17),
        Spot(x: times.start - 12, y: base), size: 11.5, soft, anchor: .end),
    ]
    let longest = profile.layers.map { max($0.seconds, $0.limitSeconds) }.max() ?? 0
    if longest > 0 {
      let scale = (times.end - times.start) / longest
      let middle = times.start + scale * layer.forwardSeconds
      let end = times.start + scale * layer.seconds
      if layer.forwardSeconds > 0 {
        picture.shapes.append(box(times.start, middle, upper, lower, forward))
      }
      if layer.backwardSeconds > 0 {
        picture.shapes.append(box(middle, end, upper, lower, backward))
      }
      if layer.seconds > 0 {
        let mark = times.start + scale * layer.limitSeconds
        picture.shapes.append(
          .line([Spot(x: mark, y: upper - 2), Spot(x: mark, y: lower + 2)], limit, width: 2))
      }
    }
    let share = layer.share.map { ", \(ProfileDrawing.percentage($0))" } ?? ""
    picture.shapes.append(
      .text(
        ProfileDrawing.time(layer.seconds) + share, Spot(x: times.end + 10, y: base), size: 12,
        ink))
    drawMemory(of: layer, upper, lower, base, on: &picture)
  }

  private func drawMemory(
    of layer: LayerProfile, _ upper: Double, _ lower: Double, _ base: Double,
    on picture: inout Picture
  ) {
    func bytes(_ layer: LayerProfile) -> Int { layer.forwardBytes + layer.backwardBytes }
    let most = profile.layers.map(bytes).max() ?? 0
    guard most > 0, bytes(layer) > 0 else { return }
    let scale = (memory.end - memory.start) / Double(most)
    let middle = memory.start + scale * Double(layer.forwardBytes)
    let end = memory.start + scale * Double(bytes(layer))
    picture.shapes += [
      box(memory.start, middle, upper, lower, forward),
      box(middle, end, upper, lower, backward),
      .text(
        NumberText.bytes(bytes(layer)), Spot(x: memory.end + 10, y: base), size: 12, ink),
    ]
  }

  private func box(
    _ left: Double, _ right: Double, _ upper: Double, _ lower: Double, _ color: Ink
  ) -> Shape {
    .area(
      [
        Spot(x: left, y: upper), Spot(x: right, y: upper), Spot(x: right, y: lower),
        Spot(x: left, y: lower),
      ], color, opacity: 1)
  }
}
