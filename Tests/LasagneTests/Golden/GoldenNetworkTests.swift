import Lasagne
import Tensors
import Testing

@Suite struct GoldenNetworkTests {
  @Test(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
  func `layers and networks give Lasagne's numbers`() throws {
    let cases = try GoldenCase.all("layers") + GoldenCase.all("networks")
    var (run, failed) = (0, 0)
    let before = Backend.liveTensorsOnThisThread
    for golden in cases {
      let missing = golden.missingTypes
      let problems =
        missing.isEmpty
        ? GoldenRun.problems(golden)
        : ["\(golden.name): there is no layer \(missing.joined(separator: ", "))"]
      run += missing.isEmpty ? 1 : 0
      failed += problems.isEmpty ? 0 : 1
      for problem in problems { Issue.record("\(problem)") }
    }
    #expect(Backend.liveTensorsOnThisThread == before, "tensors were leaked")
    #expect(run == cases.count, "cases were left out")
    print("golden layers+networks: \(run) run / \(cases.count), \(failed) failed")
  }
}
