import Foundation
import Records
import Testing

@testable import Displays

@Suite struct ReportTests {
  static let hostile = "</script><img src=x onerror=alert(1)>\u{2028}<!--"

  private func report(named name: String) -> Report {
    var record = SessionRecord(
      request: SessionRequest(
        id: "0123456789abcdefghijklmnop", name: name, model: name, data: name, startParams: nil,
        saveParams: name, recipe: .object([name: .string(name)]), device: "cpu", threads: 1,
        writesTensorBoard: false, createdAt: 0),
      state: .finished, step: 3, epoch: 1, epochs: 1, totalSteps: 3, message: name,
      latest: ["train/loss": 0.123456789, "params/\(name).W/updateRatio": 1e-3])
    record.endedAt = 9
    let series = Series(
      session: record.request.id, key: "train/loss",
      buckets: [0.5, 0.25, 0.123456789].enumerated().map { step, value in
        Series.Bucket(
          firstStep: step, lastStep: step, minimum: value, maximum: value, mean: value,
          last: value, lastTime: Double(step), count: 1, nonFiniteCount: 0)
      }, totalCount: 3)
    var strange = series
    strange.key = name
    let network = NetworkSummary(
      name: name,
      layers: [
        LayerSummary(
          name: name, type: name, incomings: [name], outputShape: [nil, 2], parameters: [],
          detail: name)
      ], outputs: [name])
    let images = ImageStack(
      key: name, step: 3, time: 0, count: 2, channels: 1, height: 2, width: 2,
      values: [-1, 0, 0.5, 1, 0, 0, 0, 0])
    let event = Report.Event(time: 1, step: 1, who: name, what: name, mark: name)
    return Report(
      title: name,
      parts: [
        Report.Part(
          record: record, network: network, series: [series, strange], images: [images],
          events: [event], epochs: [(0, 0), (3, 1)], capacity: Self.capacity(name),
          sight: Self.sight(name))
      ], time: 0)
  }

  private static func capacity(_ name: String) -> CapacityReport {
    CapacityReport(
      name: name, input: name, inputSize: [9, 9],
      layers: [
        LayerCapacity(
          name: name, type: name, outputShape: [nil, 2], field: [7, 5], filter: nil, coverage: nil,
          capacity: nil)
      ])
  }

  private static func sight(_ name: String) -> ReportSight {
    ReportSight(
      summary: name, classNames: [name, "b"], matrix: [[8, 1], [0, 4321]],
      worst: ReportSight.Samples(
        images: ImageStack(
          key: name, step: 0, time: 0, count: 1, channels: 1, height: 1, width: 2, values: [0, 1]),
        range: nil, captions: [name]),
      map: ScatterDrawing(
        [ScatterDrawing.Point(x: 0, y: 0, group: 0)], groups: [name], title: name, note: name))
  }

  @Test func `what the network sees stands in the report`() throws {
    let page = try report(named: "demo").page()
    #expect(page.contains("<td class=\"number\">7×5</td>"))
    #expect(page.contains("<td class=\"number right shade-8\">4,321</td>"))
    #expect(page.contains("<td class=\"number wrong shade-1\">1</td>"))
    #expect(page.contains("<td class=\"number wrong shade-0\"></td>"))
    #expect(page.contains("<figure class=\"map\"><svg"))
  }

  @Test func `no name can break out of where it stands`() throws {
    let page = try report(named: Self.hostile).page()
    #expect(!page.contains("<img src=x"))
    #expect(!page.contains("<!--"))
    // The records' own end and the script's own end, and no other.
    #expect(page.components(separatedBy: "</script").count == 3)
    #expect(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"))
    for address in ["http://", "https://", "src=\"//"] {
      let rest = page.replacing("http://www.w3.org/2000/svg", with: "")
      #expect(!rest.contains(address))
    }
  }

  @Test func `the policy allows nothing but the report's own script, style and pictures`() throws {
    let page = try report(named: "demo").page()
    let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
    #expect(policy.hasPrefix("default-src 'none'; img-src data:; script-src 'sha256-"))
    #expect(!policy.contains("unsafe"))
    #expect(page.firstMatch(of: #/ style="| onclick=| onload=/#) == nil)
  }

  @Test func `figures are exact, and pictures say their range`() throws {
    let page = try report(named: "demo").page()
    #expect(page.contains("data-newest=\"0.123456789\""))
    #expect(page.contains("data-greatest=\"0.5\""))
    #expect(page.contains("<span>−1</span>"))
    #expect(page.contains("data:image/png;base64,"))
    let records = try #require(
      page.firstMatch(of: /<script type="application\/json" id="records">(.*)<\/script>/)
    ).1
    let content = try JSONDecoder().decode(JSONValue.self, from: Data(records.utf8))
    guard case .array(let panels) = content["panels"],
      case .array(let curves) = panels[0]["curves"],
      case .array(let means) = curves[0]["mean"]
    else {
      Issue.record("The records lack the first curve's means.")
      return
    }
    // Six digits are kept for the curves.
    #expect(means == [.number(0.5), .number(0.25), .number(0.123457)])
  }

  @Test func `layers are graded by how large their updates are`() {
    let grades = LayerHealth.grades([
      "params/a.W/updateRatio": 1e-3, "params/a.b/updateRatio": 1, "params/b.b/updateRatio": 1e-6,
      "params/b.b/norm": 3,
    ])
    #expect(grades == ["a": "good", "b": "still"])
  }
}
