import Records
import Testing

@testable import Displays

private func series(_ values: [Double?], key: String = "train/loss") -> Series {
  Series(
    session: "s", key: key,
    buckets: values.enumerated().map { step, value in
      Series.Bucket(
        firstStep: step, lastStep: step, minimum: value, maximum: value, mean: value, last: value,
        lastTime: 0, count: 1, nonFiniteCount: value == nil ? 1 : 0)
    }, totalCount: values.count)
}

@Suite struct CurveDrawingTests {
  @Test func `a curve is a line, a gap cuts it`() {
    let svg = CurveDrawing([series([1, 2, 3, nil, 2, 1])], title: "Loss").svg
    #expect(svg.components(separatedBy: "<polyline").count == 3)
    #expect(!svg.contains("<polygon"))
    #expect(svg.contains(">Loss</text>"))
  }

  @Test func `extremes that differ from the mean are a band`() {
    var wide = series([1, 1, 1])
    wide.buckets[1].maximum = 100
    let svg = CurveDrawing([wide]).svg
    #expect(svg.contains("<polygon class=\"band\""))
    #expect(svg.contains(">100</text>"))
  }

  @Test func `without points the chart says so`() {
    #expect(CurveDrawing([series([])]).svg.contains("No points yet"))
    #expect(CurveDrawing([]).svg.contains("No points yet"))
  }

  @Test func `a logarithmic axis leaves out what it cannot show`() {
    let scale = ChartScale([-1, 0, 0.01, 100], isLogarithmic: true)
    #expect(scale.position(0) == nil)
    #expect(scale.position(1) == 0.5)
    #expect(scale.ticks(about: 5) == [0.01, 0.1, 1, 10, 100])
  }

  @Test func `ticks are round numbers`() {
    #expect(ChartScale([0, 1], isLogarithmic: false).ticks(about: 5).count == 6)
    #expect(ChartScale([4, 4], isLogarithmic: false).ticks(about: 2).contains(4))
  }
}

@Suite struct TextCurveTests {
  @Test func `a sparkline goes from low to high`() {
    #expect(TextCurve.sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(TextCurve.sparkline([1, .nan, 2]) == "▁ █")
    #expect(TextCurve.sparkline([3, 3, 3]) == "▁▁▁")
    #expect(TextCurve.sparkline([]) == "")
    #expect(TextCurve.sparkline(Array(repeating: 1, count: 500), width: 30).count == 30)
  }

  @Test func `braille shows the range, the steps and a spike`() {
    var values = [Double?](repeating: 1, count: 200)
    values[100] = 9
    let text = TextCurve.braille(series(values), width: 40, height: 4)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("9 ┤"))
    #expect(lines[3].hasPrefix("1 ┤"))
    #expect(lines[0].unicodeScalars.contains { $0.value > 0x2800 && $0.value < 0x2900 })
    #expect(lines[4].hasSuffix("199"))
    #expect(lines.allSatisfy { $0.count <= 40 })
  }

  @Test func `an empty series says so`() {
    #expect(TextCurve.braille(series([])) == "train/loss: no points yet")
  }
}

@Suite struct TextTests {
  @Test func `columns are aligned`() {
    let table = TextTable(
      [("layer", .left), ("size", .right)], rows: [["conv1", "832"], ["out", "12,345"]])
    #expect(
      table.description == """
        layer    size
        ─────  ──────
        conv1     832
        out    12,345
        """)
  }

  @Test func `a name cannot steer the terminal`() {
    let table = TextTable([("name", .left)], rows: [["a\u{1B}[2Jb\n"]])
    #expect(!table.description.contains("\u{1B}"))
    #expect(table.description.hasSuffix("a�[2Jb�"))
  }

  @Test(arguments: [
    (0.0, "0"), (0.12345, "0.1235"), (12.5, "12.5"), (1234.5, "1,235"), (1e-5, "1.0e-05"),
    (.nan, "NaN"), (-.infinity, "−∞"), (2, "2"),
  ])
  func `values have four digits`(number: Double, text: String) {
    #expect(NumberText.value(number) == text)
  }

  @Test func `counts, bytes and times are short`() {
    #expect(NumberText.grouped(-1_234_567) == "−1,234,567")
    #expect(NumberText.short(61_706) == "61.7k")
    #expect(NumberText.bytes(1536) == "1.5 KiB")
    #expect(NumberText.duration(185) == "3 min 05 s")
    #expect(NumberText.percentage(0.9125) == "91.25 %")
  }

  @Test func `the timeline speaks in sentences`() {
    let start = TimelineEntry(
      time: 0, attempt: 1, step: 0,
      event: .started(process: 7, totalSteps: 4200, epochs: 1, fingerprint: [:]))
    #expect(start.sentence == "Started in process 7: 4,200 steps in 1 epoch.")
    let refusal = TimelineEntry(
      time: 0, attempt: 1, step: 9, event: .acknowledged(command: 2, refusal: "It is paused."))
    let command = ControlCommand(
      number: 2, time: 0, origin: "page", action: .set(field: "learningRate", value: .number(0.01)))
    #expect(command.sentence == "The page asked: set learningRate to 0.01.")
    #expect(refusal.sentence == "Command 2 was refused: It is paused.")
  }
}
