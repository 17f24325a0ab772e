import Foundation
import Testing

@testable import Displays

private func points(_ values: [Double?]) -> [PlotPoint] {
  values.enumerated().map { step, value in
    PlotPoint(x: Double(step), minimum: value, maximum: value, mean: value, last: value, count: 1)
  }
}

private func plot(_ values: [Double?]..., isLogarithmic: Bool = false, smoothing: Double = 0)
  -> Plot
{
  Plot(
    panels: [
      PlotPanel(
        title: "Loss",
        curves: values.enumerated().map {
          PlotCurve(name: "curve \($0)", points: points($1), smoothing: smoothing)
        })
    ], isLogarithmic: isLogarithmic)
}

@Suite struct SmoothingTests {
  /// Worked out by hand: v1 = 0.5·1/0.5, v2 = (0.5·0.5·1 + 0.5·3)/0.75, v3 = (0.875 + 1)/0.875.
  @Test func `the moving average does not lean towards 0 at the start`() {
    let smoothed = Smoothing.smoothed(points([1, 3, 2]), weight: 0.5)
    #expect(smoothed.count == 3)
    #expect(abs((smoothed[0] ?? 0) - 1) < 1e-12)
    #expect(abs((smoothed[1] ?? 0) - 1.75 / 0.75) < 1e-12)
    #expect(abs((smoothed[2] ?? 0) - 1.875 / 0.875) < 1e-12)
  }

  @Test func `a place that stands for several points counts as so many`() {
    let single = Smoothing.smoothed(points([5, 2, 2, 2, 2]), weight: 0.9)
    var thinned = points([5, 2])
    thinned[1].count = 4
    let together = Smoothing.smoothed(thinned, weight: 0.9)
    #expect(abs((single[4] ?? 0) - (together[1] ?? 1)) < 1e-12)
  }

  @Test func `gaps stay gaps`() {
    #expect(Smoothing.smoothed(points([1, nil, 1]), weight: 0.5)[1] == nil)
  }
}

@Suite struct TextPlotTests {
  @Test func `a rising line goes from corner to corner, and round numbers stand beside it`() {
    let text = TextPlot(plot([0, 1, 2, 3, 4]), width: 30, height: 12).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "Loss")
    #expect(lines[1].hasPrefix("4 ┤"))
    #expect(lines[1].unicodeScalars.last.map { $0.value & 0x08 } == 0x08)
    // Twelve lines without title, rule, numbers, legend and the prompt leave seven rows.
    #expect(lines[7].hasPrefix("0 ┤"))
    #expect(lines[7].unicodeScalars.dropFirst(3).first.map { $0.value & 0x40 } == 0x40)
    #expect(lines[8].hasPrefix("  └┬"))
    #expect(lines[9].hasSuffix("step"))
    #expect(lines[10] == "  ━━ curve 0 4")
    #expect(lines.allSatisfy { $0.count <= 30 })
  }

  @Test func `a spike of one point among ten thousand reaches the top`() {
    var places = points(Array(repeating: 1, count: 200))
    places[77].maximum = 50
    places[77].count = 50
    let plot = Plot(panels: [
      PlotPanel(title: "Loss", curves: [PlotCurve(name: "a", points: places)])
    ])
    let lines = TextPlot(plot, width: 60, height: 14).text.split(separator: "\n")
    #expect(lines[1].unicodeScalars.contains { (0x2801...0x28ff).contains($0.value) })
  }

  @Test func `without colours letters say which curve is which, with colours they are not needed`()
  {
    let two = plot([0, 0, 0], [1, 1, 1])
    let plain = TextPlot(two, width: 40, height: 12)
    #expect(plain.text.contains("a curve 0 0   b curve 1 1"))
    let rows = plain.text.split(separator: "\n")
    #expect(rows[1].hasSuffix(" b"))
    #expect(rows[7].hasSuffix(" a"))
    let styles = TextPlot(two, width: 40, height: 12, isColored: true).lines.joined().map(\.style)
    #expect(styles.contains(.curve(0)) && styles.contains(.curve(1)))
  }

  @Test func `what happened is marked and told`() {
    var marked = plot([0, 1, 2, 3])
    marked.marks = [PlotMark(x: 2, text: "set learningRate to 0.1 (page)")]
    let text = TextPlot(marked, width: 60, height: 14).text
    #expect(text.contains("▲ step 2: set learningRate to 0.1 (page)"))
    #expect(text.components(separatedBy: "▲").count == 3)
  }

  @Test func `a measured line stands behind its smoothed one, fainter`() {
    let smoothed = plot([0, 4, 0, 4, 0, 4], smoothing: 0.9)
    let spans = TextPlot(smoothed, width: 50, height: 16, isColored: true).lines.joined()
    #expect(
      spans.contains {
        $0.style == .faint
          && $0.text.unicodeScalars.contains { (0x2801...0x28ff).contains($0.value) }
      })
    #expect(spans.contains { $0.style == .curve(0) && $0.text.count > 2 })
  }

  @Test func `names cannot steer the terminal, and nothing to show is said`() {
    let hostile = Plot(panels: [
      PlotPanel(
        title: "a\u{1b}[2J", curves: [PlotCurve(name: "b\u{1b}]0;x", points: points([1, 2]))])
    ])
    #expect(!TextPlot(hostile).text.contains("\u{1b}"))
    #expect(TextPlot(plot([])).text.contains("no points yet"))
  }
}

@Suite struct AxisTests {
  @Test func `the numbers beside an axis have equally many decimals`() {
    #expect(AxisText.labels([0, 0.5, 1]) == ["0.0", "0.5", "1.0"])
    #expect(AxisText.labels([0.2, 0.25, 0.3]) == ["0.20", "0.25", "0.30"])
    #expect(AxisText.labels([0, 20_000, 40_000]) == ["0", "20k", "40k"])
    #expect(AxisText.labels([0.5, 1], isPercentage: true) == ["50 %", "100 %"])
    #expect(AxisText.labels([1e-5, 0.1, 100], isLogarithmic: true) == ["1e-5", "0.1", "100"])
    #expect(AxisText.labels([0, 1e-5, 2e-5]) == ["0", "1e-5", "2e-5"])
  }

  @Test func `time is shown in a unit that suits its length`() {
    let axis = PlotAxis([0, 3600], .time)
    #expect(axis.title == "minutes")
    #expect(axis.ticks(about: 6).map(\.label) == ["0", "10", "20", "30", "40", "50", "60"])
    #expect(axis.ticks(about: 6)[1].value == 600)
  }

  @Test func `a logarithmic axis of one decade has numbers between the powers`() {
    #expect(ChartScale([0.15, 3], isLogarithmic: true).ticks(about: 5) == [0.2, 0.5, 1, 2])
  }
}

@Suite struct PlotFileTests {
  @Test func `an SVG has a line, a band, a mark and escaped names`() {
    var places = points([1, 2, 3])
    places[1].maximum = 9
    var plot = Plot(panels: [
      PlotPanel(title: "Loss", curves: [PlotCurve(name: "<b>&", points: places)])
    ])
    plot.marks = [PlotMark(x: 1, text: "pause (\"me\")")]
    let svg = PlotDrawing(plot, title: "</title><script>").svg
    #expect(svg.contains("<polyline") && svg.contains("<polygon"))
    #expect(svg.contains("&lt;b&gt;&amp;"))
    #expect(svg.contains("pause (&quot;me&quot;)"))
    #expect(!svg.contains("<script>"))
    #expect(svg.contains("stroke-dasharray"))
  }

  @Test func `a PNG has the size and the ink of its shapes`() throws {
    var picture = Picture(width: 20, height: 10, ground: Ink(0xffffff), title: "")
    picture.shapes = [
      .area(
        [Spot(x: 4, y: 2), Spot(x: 12, y: 2), Spot(x: 12, y: 8), Spot(x: 4, y: 8)], Ink(0xff0000),
        opacity: 1),
      .line([Spot(x: 0, y: 9.5), Spot(x: 20, y: 9.5)], Ink(0x0000ff), width: 1),
    ]
    var raster = Raster(picture, scale: 1)
    for shape in picture.shapes { raster.draw(shape) }
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      Array(raster.pixels[(y * 20 + x) * 4..<(y * 20 + x) * 4 + 4])
    }
    #expect(pixel(5, 3) == [255, 0, 0, 255])
    #expect(pixel(3, 3) == [255, 255, 255, 255])
    #expect(pixel(13, 5) == [255, 255, 255, 255])
    #expect(pixel(10, 9) == [0, 0, 255, 255])
    let file = try picture.png(scale: 2)
    // The header says 40 × 20.
    #expect(Array(file.prefix(24).suffix(8)) == [0, 0, 0, 40, 0, 0, 0, 20])
  }

  @Test func `half a pixel is half the ink`() {
    let picture = Picture(width: 4, height: 4, ground: Ink(0xffffff), title: "")
    var raster = Raster(picture, scale: 1)
    raster.draw(
      .area(
        [Spot(x: 1, y: 1), Spot(x: 2.5, y: 1), Spot(x: 2.5, y: 3), Spot(x: 1, y: 3)],
        Ink(0x000000), opacity: 1))
    #expect(raster.pixels[(1 * 4 + 1) * 4] == 0)
    #expect(raster.pixels[(1 * 4 + 2) * 4] == 128)
    #expect(raster.pixels[(1 * 4 + 3) * 4] == 255)
  }

  @Test func `figures are equally wide, and every printable letter has lines`() {
    let widths = Set("0123456789".map { StrokeFont.width(String($0), size: 10) })
    #expect(widths.count == 1)
    let box = StrokeFont.lines("\u{4e00}", at: Spot(x: 0, y: 0), size: 10)
    for scalar in UInt8(33)...126 {
      let letter = String(UnicodeScalar(scalar))
      let lines = StrokeFont.lines(letter, at: Spot(x: 0, y: 0), size: 10)
      #expect(!lines.isEmpty && lines != box, "\(letter)")
    }
  }

  @Test func `a table has one row a point, and quotes what would break it`() {
    let table = PlotTable([
      PlotTable.Row(
        session: "s", name: "a,\"b\"", metric: "train/loss", step: 3, epoch: 0.5, time: 7,
        value: 0.1),
      PlotTable.Row(
        session: "s", name: "c", metric: "train/loss", step: 4, epoch: nil, time: 8, value: nil),
    ])
    #expect(
      table.text == "session,name,metric,step,epoch,time,value\r\n"
        + "s,\"a,\"\"b\"\"\",train/loss,3,0.5,7.0,0.1\r\ns,c,train/loss,4,,8.0,nan\r\n")
  }

  @Test(arguments: [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1+1", "'+1+1"), ("-2+3", "'-2+3"),
    ("@SUM(A1:A2)", "'@SUM(A1:A2)"), ("\t=1", "'\t=1"), ("\r\n=1", "\"'\r\n=1\""),
    ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
    ("a=b", "a=b"),
  ])
  func `H7: a name that is a formula stays text in a spreadsheet`(name: String, cell: String) {
    let row = PlotTable.Row(
      session: "s", name: name, metric: name, step: 1, epoch: nil, time: 2, value: -1)
    let expected = "session,name,metric,step,epoch,time,value\r\n"
    #expect(PlotTable([row]).text == expected + "s,\(cell),\(cell),1,,2.0,-1.0\r\n")
  }
}
