import Foundation
import Testing

@testable import Storage

/// What a power failure leaves of a change is the old state or the new one, whatever the disk had
/// got to by then.
@Suite struct PowerFailureTests {
  /// Failures to look at for each scenario; all of them where LASAGNE_TORTURE is set.
  private static let limit =
    ProcessInfo.processInfo.environment["LASAGNE_TORTURE"] == nil ? 20 : Int.max

  @Test(arguments: DiskScenario.all)
  func `a change is whole or not there after a power failure`(scenario: DiskScenario) throws {
    let (before, old, new) = try scenario.expected()
    let folder = try TemporaryFolder()
    try LossyDisk.write(before, to: folder("space"))
    var disk = try LossyDisk(folder("space"))
    let record = FileFaults(after: .max)
    try FileFaults.$current.withValue(record) {
      try scenario.change(Workspace.open(at: folder("space")))
    }
    let operations = record.operations
    #expect(operations.count > 3)

    var generator = SmallGenerator(state: 7)
    var known: Set<[String: Data]> = []
    var states: [(count: Int, files: [String: Data])] = []
    for count in 0...operations.count {
      if count > 0 { disk.apply(operations[count - 1]) }
      for failure in disk.failures(&generator) {
        let files = disk.files(after: failure)
        // Once the change has returned, its own states count again: then it must be the new one.
        if known.insert(files).inserted || count == operations.count {
          states.append((count, files))
        }
      }
    }
    let ends = states.filter { $0.count == operations.count }
    let others = states.filter { $0.count < operations.count }.shuffled(using: &generator)
    for (count, files) in ends.prefix(Self.limit) + others.prefix(Self.limit) {
      try scenario.check(
        files, old: old, new: new, mustBeNew: count == operations.count,
        "after \(count) of \(operations.count) operations")
    }
  }

  @Test func `the disk of these tests loses what was not synchronized, and only that`() throws {
    let folder = try TemporaryFolder()
    try Data("old".utf8).write(to: folder("a"))
    var disk = try LossyDisk(folder.url)
    for operation in [
      FileOperation.open(folder("b"), isEmptied: false), .write(folder("b"), Data("1234".utf8)),
      .rename(folder("b"), folder("a")),
    ] { disk.apply(operation) }
    var generator = SmallGenerator(state: 1)
    func states() -> Set<[String: Data]> {
      Set(disk.failures(&generator).map { disk.files(after: $0) })
    }
    let contents = ["1234", "", "12", "\0\0\0\0"].map { Data($0.utf8) }
    // The new name is lost or not; so is the file's own, which a rename takes away.
    let all = contents.flatMap { [["a": $0], ["a": Data("old".utf8), "b": $0]] }
    #expect(states() == Set(all + [["a": Data("old".utf8)]]))
    disk.apply(.synchronize(folder("a")))
    let one = Data("1234".utf8)
    #expect(
      states() == [["a": one], ["a": Data("old".utf8), "b": one], ["a": Data("old".utf8)]])
    disk.apply(.synchronize(folder.url))
    #expect(states() == [["a": one]])
  }
}
