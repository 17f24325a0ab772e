import Lasagne
import Testing

@Suite struct GoldenNetworkTests {
  @Test(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
  func `layers and networks give Lasagne's numbers`() throws {
    let cases = try GoldenCase.all("layers") + GoldenCase.all("networks")
    let covered = cases.filter { $0.missingTypes.isEmpty }
    var failed = 0
    for golden in covered {
      let problems = GoldenRun.problems(golden)
      failed += problems.isEmpty ? 0 : 1
      for problem in problems { Issue.record("\(problem)") }
    }
    for golden in cases {
      for type in golden.missingTypes.prefix(1) {
        print("not yet covered: \(golden.name) (\(type))")
      }
    }
    print(
      "golden layers+networks: \(covered.count) run / \(cases.count) in folder, \(failed) failed")
  }
}
