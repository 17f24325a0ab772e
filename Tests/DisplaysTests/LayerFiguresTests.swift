import Records
import Testing

@testable import Displays

@Suite struct LayerFiguresTests {
  private let latest = [
    "train/loss": 1, "params/b.W/norm": 2, "params/b.W/alpha": 3.25, "params/b.b/norm": 0.5,
    "params/a.W/norm": 4, "layers/b/deadShare": 0.25, "layers/c/deadShare": 0, "layers/c/other": 1,
  ]

  @Test func `figures are rows of parameters in the order of names, or of the network`() {
    let figures = LayerFigures(latest)
    #expect(figures.columns.map(\.kind) == ["norm", "alpha", "deadShare"])
    #expect(figures.rows.map(\.name) == ["a.W", "b.W", "b.b", "c"])
    #expect(
      figures.rows.map(\.values) == [
        [4, nil, nil], [2, 3.25, 0.25], [0.5, nil, nil], [nil, nil, 0],
      ])
    #expect(figures.texts(figures.rows[1]) == ["2", "3.25", "25.00 %"])
    func layer(_ name: String, _ parameters: [String]) -> LayerSummary {
      LayerSummary(
        name: name, type: "DenseLayer", incomings: [], outputShape: [nil, 2],
        parameters: parameters.map {
          ParameterSummary(name: $0, shape: [2], isTrainable: true, isRegularizable: true)
        }, detail: "")
    }
    let network = NetworkSummary(
      name: "n", layers: [layer("c", []), layer("b", ["b.W", "b.b"]), layer("a", ["a.W"])],
      outputs: ["a"])
    #expect(LayerFigures(latest, network: network).rows.map(\.name) == ["c", "b.W", "b.b", "a.W"])
  }

  @Test func `a session without figures has no rows`() {
    let figures = LayerFigures(["train/loss": 1])
    #expect(figures.rows.isEmpty && figures.columns.isEmpty)
  }
}
