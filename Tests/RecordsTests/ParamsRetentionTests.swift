import Records
import Testing

@Suite struct ParamsRetentionTests {
  private func version(
    _ number: Int, step: Int? = nil, accuracy: Double? = nil, parent: String? = nil,
    pinned: Bool = false, mixture: [String] = []
  ) -> ParamsVersion {
    ParamsVersion(
      version: number, file: "f", sha256: "s", byteCount: 10, createdAt: Double(number),
      session: nil, step: step, metrics: accuracy.map { ["valid/accuracy": $0] } ?? [:],
      parent: parent,
      mixture: mixture.isEmpty
        ? nil
        : ParamsMixture(method: .mean, sources: mixture.map { .init(reference: $0, weight: 0.5) }),
      isPinned: pinned)
  }

  private func removed(
    _ policy: ParamsRetention, _ versions: [ParamsVersion], needed: [Int: String] = [:]
  ) -> [Int] {
    policy.plan(for: ParamsRecord(model: "m", name: "a", versions: versions), needed: needed)
      .removed
  }

  @Test func `the newest and the best stay`() {
    let versions = [0.5, 0.9, .nan, 0.9, 0.7].enumerated().map {
      version($0.offset + 1, accuracy: $0.element)
    }
    #expect(removed(ParamsRetention(last: 2), versions) == [1, 2, 3])
    // Of two equally good ones the newer is the better.
    #expect(removed(.init(best: .init(metric: "valid/accuracy")), versions) == [1, 2, 3, 5])
    #expect(
      removed(.init(last: 1, best: .init(metric: "valid/accuracy", count: 2)), versions) == [1, 3])
    #expect(
      removed(.init(best: .init(metric: "valid/accuracy", isLowerBetter: true)), versions)
        == [2, 3, 4, 5])
    #expect(ParamsRetention.Best(metric: "valid/loss").isLowerBetter)
  }

  @Test func `steps that are a multiple stay`() {
    let versions = [10, 15, 20, 25].enumerated().map { version($0.offset + 1, step: $0.element) }
    #expect(removed(ParamsRetention(everySteps: 10), versions + [version(5)]) == [2, 4, 5])
  }

  @Test func `pinned versions, starts of sessions and what stays was made from are never taken`() {
    let versions = [
      version(1), version(2, parent: "a@1"), version(3), version(4, pinned: true), version(5),
      version(6, mixture: ["a@3", "a@5"]), version(7, parent: "a@2"),
    ]
    let policy = ParamsRetention(last: 1)
    #expect(removed(policy, versions) == [3, 5, 6])
    #expect(removed(policy, versions, needed: [6: "a session started from it"]) == [])
    let plan = policy.plan(for: ParamsRecord(model: "m", name: "a", versions: versions))
    #expect(
      plan.kept.map { "\($0.version) \($0.reason)" } == [
        "1 a@2 was made from it", "2 a@7 was made from it", "4 pinned", "7 newest",
      ])
    #expect(plan.freedBytes == 30)
  }

  @Test func `a budget keeps the best first and versions only with what they were made from`() {
    let versions = [
      version(1, accuracy: 0.9), version(2), version(3, parent: "a@2"), version(4), version(5),
    ]
    #expect(removed(.init(byteBudget: 30), versions) == [1, 3])
    #expect(removed(.init(byteBudget: 45), versions) == [1])
    #expect(
      removed(.init(last: 5, best: .init(metric: "valid/accuracy"), byteBudget: 20), versions)
        == [2, 3, 4])
    #expect(removed(.init(byteBudget: 0), versions) == [1, 2, 3, 4, 5])
  }

  @Test func `weights of averages add up to one`() {
    #expect(ParamsMixture.equalWeights(4) == [0.25, 0.25, 0.25, 0.25])
    // a = v1; a = a/2 + v2/2; a = a/2 + v3/2.
    #expect(ParamsMixture.exponentialWeights(3, decay: 0.5) == [0.25, 0.25, 0.5])
  }
}
