import Foundation
import Records
import Testing

@testable import Displays

private func layer(
  _ name: String, _ incomings: [String] = [], shape: [Int?] = [nil, 4, 8, 8], count: Int = 0
) -> LayerSummary {
  LayerSummary(
    name: name, type: "Conv2DLayer", incomings: incomings, outputShape: shape,
    parameters: count == 0
      ? []
      : [
        ParameterSummary(
          name: "\(name).W", shape: [count], isTrainable: true, isRegularizable: true)
      ], detail: "")
}

@Suite struct NetworkDrawingTests {
  private let branched = NetworkSummary(
    name: "branched",
    layers: [
      layer("in"), layer("a", ["in"], count: 1234), layer("b", ["in"]), layer("sum", ["a", "b"]),
      layer("out", ["sum", "in"]),
    ], outputs: ["out"])

  @Test func `each layer stands below all it reads`() {
    let layout = NetworkLayout(branched)
    #expect(layout.places.map(\.row) == [0, 1, 1, 2, 3])
    #expect(layout.widest == 2)
    #expect(layout.places[1].x < layout.places[2].x)
    #expect(layout.places[1].x <= layout.places[3].x && layout.places[3].x <= layout.places[2].x)
  }

  @Test func `boxes hold name, kind, shape and parameter count`() {
    let svg = NetworkDrawing(branched).svg
    #expect(svg.components(separatedBy: "<g class=\"layer").count == 6)
    #expect(svg.components(separatedBy: "class=\"edge\"").count == 7)
    #expect(svg.contains("<title>a, Conv2DLayer, output 4 × 8 × 8, 1,234 parameters</title>"))
    #expect(svg.contains("class=\"layer learns\" id=\"layer-1\" data-layer=\"a\""))
    #expect(svg.contains("class=\"layer output\" id=\"layer-4\""))
  }

  @Test func `a small picture has a line a layer, with its name, its reading and no glyph`() {
    let small = NetworkDrawing(branched, isSmall: true)
    #expect(small.size.height < NetworkDrawing(branched).size.height)
    #expect(small.svg.components(separatedBy: "<g class=\"layer").count == 6)
    #expect(small.svg.components(separatedBy: "class=\"reading\"").count == 6)
    #expect(small.svg.components(separatedBy: "class=\"health\"").count == 6)
    #expect(small.svg.contains("<title>a, Conv2DLayer, output 4 × 8 × 8, 1,234 parameters</title>"))
    #expect(small.svg.contains(">1.2k</text>"))
    #expect(!small.svg.contains("class=\"glyph\"") && !small.svg.contains("class=\"detail\""))
    // Alone in its row there is room for the shape; beside others there is not.
    #expect(!small.svg.contains("class=\"shape\""))
    let layers = [layer("in"), layer("a", ["in"])]
    let chain = NetworkSummary(name: "chain", layers: layers, outputs: [])
    #expect(NetworkDrawing(chain, isSmall: true).svg.contains(">4 × 8 × 8</text>"))
    // Two boxes of 300 × 32 with 10 between, and of 372 × 58 with 24, in a margin of 10.
    #expect(NetworkDrawing(chain, isSmall: true).size == (320, 94))
    #expect(NetworkDrawing(chain).size == (392, 160))
  }

  @Test func `a hostile name is text, and the picture well-formed`() throws {
    let name = "\"><script>alert(1)</script>\u{202E}\u{1}"
    let summary = NetworkSummary(name: name, layers: [layer(name)], outputs: [])
    let svg = NetworkDrawing(summary).svg
    #expect(!svg.contains("<script"))
    #expect(svg.contains("&lt;script&gt;"))
    #expect(!svg.contains("\u{202E}") && !svg.contains("\u{1}"))
    #expect(!svg.contains("style="))
  }

  @Test func `an empty network and one with unknown inputs are drawn`() {
    let empty = NetworkSummary(name: "empty", layers: [], outputs: [])
    #expect(NetworkDrawing(empty).svg.contains("</svg>"))
    let lost = NetworkSummary(name: "lost", layers: [layer("a", ["nowhere"])], outputs: [])
    #expect(!NetworkDrawing(lost).svg.contains("class=\"edge\""))
  }
}

@Suite struct FilterGridTests {
  private func stack(_ values: [Float], count: Int, channels: Int = 1, side: Int = 1) -> ImageStack
  {
    ImageStack(
      key: "conv.W", step: 0, time: 0, count: count, channels: channels, height: side, width: side,
      values: values)
  }

  @Test func `grey is symmetric around zero`() {
    let grid = FilterGrid(stack([-2, 0, 2], count: 3), columns: 3, scale: 1, gap: 0)
    #expect(grid.range == 2)
    #expect(grid.pixels == [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255])
  }

  @Test func `entries become squares with transparent gaps`() {
    let grid = FilterGrid(stack([1, -1], count: 2), columns: 2, scale: 2, gap: 1)
    #expect(grid.width == 5 && grid.height == 2)
    let row: [UInt8] =
      [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255]
    #expect(grid.pixels == row + row)
  }

  @Test func `three channels are colours, other numbers their mean`() {
    let colour = FilterGrid(
      stack([1, 0, -1], count: 1, channels: 3), columns: 1, scale: 1, gap: 0)
    #expect(colour.pixels == [255, 128, 0, 255])
    let mean = FilterGrid(stack([1, -1], count: 1, channels: 2), columns: 1, scale: 1, gap: 0)
    #expect(mean.pixels == [128, 128, 128, 255])
  }

  @Test func `what is not a number has a colour of its own`() {
    let grid = FilterGrid(stack([.nan, 1], count: 2), columns: 2, scale: 1, gap: 0)
    #expect(Array(grid.pixels[..<4]) == [255, 0, 255, 255])
  }

  @Test func `the file is a PNG of that size`() throws {
    let file = Array(try FilterGrid(stack([1, -1], count: 2), scale: 10, gap: 2).png())
    #expect(Array(file[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(file[16..<24]) == [0, 0, 0, 22, 0, 0, 0, 10])
  }

  @Test func `too few values give an empty picture, not a crash`() {
    let grid = FilterGrid(stack([1], count: 4))
    #expect(grid.pixels.allSatisfy { $0 == 0 })
  }
}
