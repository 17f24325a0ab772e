import Records
import Testing

@testable import Displays

@Suite struct ScatterTests {
  private let points = [
    ScatterDrawing.Point(x: 0, y: 0, group: 0), ScatterDrawing.Point(x: 10, y: 0, group: 1),
    ScatterDrawing.Point(x: 0, y: 10, group: 1, isMarked: true),
    ScatterDrawing.Point(x: .nan, y: 0, group: 5),
  ]

  @Test func `points stand where they belong, upwards, at one scale, and strangers nowhere`() {
    let drawing = ScatterDrawing(points, groups: ["a", "<b>"], title: "t & t", note: "n")
    let lines = drawing.text(width: 21, height: 11).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].first == "1" && lines[10].first == "0" && lines[10].last == "1")
    #expect(lines[10].count == 21)
    #expect(lines.suffix(2) == ["0  a", "1  <b>"])
    let svg = drawing.svg
    #expect(svg.contains("&lt;b&gt;") && svg.contains("t &amp; t") && !svg.contains("nan"))
    // Three points, a rim, two groups, and the rim's explanation of two discs.
    #expect(svg.components(separatedBy: "<circle").count - 1 == 8)
    #expect(svg.contains("given another class"))
  }

  @Test func `a single point stands in the middle`() {
    let drawing = ScatterDrawing(
      [ScatterDrawing.Point(x: 3, y: -2, group: 0)], groups: [], title: "", note: "")
    let lines = drawing.text(width: 11, height: 5).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[2] == "     0")
  }

  @Test func `the table of capacities has numbers where they are known, and warns in words`() {
    let report = CapacityReport(
      name: "n", input: "in", inputSize: [28, 14],
      layers: [
        LayerCapacity(
          name: "conv", type: "Conv2DLayer", outputShape: [nil, 8, 24, 10], field: [20, 20],
          filter: [3, 3], coverage: [20.0 / 28, 20.0 / 14], capacity: [0.15, 0.15]),
        LayerCapacity(
          name: "other", type: "Other", outputShape: [nil, 3], field: nil, filter: nil,
          coverage: nil, capacity: nil),
      ])
    let lines = "\(CapacityTable(report))".split(separator: "\n").map(String.init)
    for text in ["20×20", "71×143 %", "3×3", "15 %", "low capacity, sees beyond the input"] {
      #expect(lines[2].contains(text), "\(text)")
    }
    #expect(lines[3].contains("–") && !lines[3].contains("%"))
    var empty = report
    empty.input = nil
    #expect("\(CapacityTable(empty))".hasPrefix("The inputs of n have no places"))
  }
}
