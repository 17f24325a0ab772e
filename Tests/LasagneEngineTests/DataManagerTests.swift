import LasagneEngine
import Tensors
import Testing

struct DataManagerTests {
  private func array(_ count: Int) throws -> HostArray {
    try HostArray([Float](repeating: 1, count: count), shape: [count])
  }

  @Test func `an array lies once on a device however many use it`() throws {
    let manager = DataManager()
    manager.set("a", try array(10))
    let first = try manager.use("a", on: .cpu)
    let second = try manager.use("a", on: .cpu)
    #expect(first.tensor === second.tensor)
    #expect(manager.placements.map(\.name) == ["a"])
    #expect(manager.placements.map(\.byteCount) == [40])
    #expect(manager.placements.map(\.users) == [2])
    withExtendedLifetime((first, second)) {}
  }

  @Test func `the array that was not used for longest goes first`() throws {
    let manager = DataManager(budgets: [.cpu: 100])
    for name in ["a", "b", "c"] { manager.set(name, try array(10)) }
    _ = try manager.use("a", on: .cpu)
    _ = try manager.use("b", on: .cpu)
    _ = try manager.use("a", on: .cpu)
    _ = try manager.use("c", on: .cpu)
    #expect(manager.placements.map(\.name) == ["a", "c"])
    #expect(manager.byteCount(on: .cpu) == 80)
  }

  @Test func `arrays in use are never dropped`() throws {
    let manager = DataManager(budgets: [.cpu: 100])
    manager.set("a", try array(20))
    manager.set("b", try array(10))
    let use = try manager.use("a", on: .cpu)
    let error = #expect(throws: EngineError.self) { _ = try manager.use("b", on: .cpu) }
    #expect(error?.kind == .busy)
    withExtendedLifetime(use) {}
    manager.evictUnused(on: .cpu)
    #expect(manager.byteCount(on: .cpu) == 80)
  }

  @Test func `an unknown array names the closest one`() throws {
    let manager = DataManager()
    manager.set("images", try array(1))
    let error = #expect(throws: EngineError.self) { _ = try manager.array("image") }
    #expect(error?.description == "There is no array 'image'; did you mean 'images'?")
  }
}
