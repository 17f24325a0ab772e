import Tensors
import Testing

@testable import Training

struct PlanLayoutTests {
  private func fill(_ buffers: Int...) -> PlanOperation {
    PlanOperation(.fill, buffers, sizes: [1], numbers: [0])
  }

  @Test func `buffers share a place only where their times do not overlap`() {
    // 0 lives from the first to the second operation, 1 in the second, 2 from the third on.
    let layout = PlanLayout(
      operations: [fill(0), fill(0, 1), fill(2), fill(2)], counts: [32, 16, 40], bound: [],
      kept: [], bases: [:])
    #expect(layout.offsets[2] == 0)
    #expect(layout.offsets[0] == 0)
    #expect(layout.offsets[1] == 32)
    #expect(layout.total == 48)
  }

  @Test func `kept buffers share with none, bound ones take no room, parts live as their whole`() {
    // 3 is a part of 0, which therefore lives until the end.
    let layout = PlanLayout(
      operations: [fill(0), fill(1), fill(2), fill(3)], counts: [16, 16, 16, 4], bound: [2],
      kept: [1], bases: [3: 0])
    #expect(Set([layout.offsets[0], layout.offsets[1]]) == [0, 16])
    #expect(layout.total == 32)
  }
}
