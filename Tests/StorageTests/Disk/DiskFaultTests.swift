import Foundation
import Testing

@testable import Storage

/// A disk that fails once, at each operation in turn: nothing is said to be done that is not, and
/// nothing old is lost.
@Suite struct DiskFaultTests {
  /// What goes wrong, and where it can.
  struct Trouble: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var fault: FileFaults.Fault
    /// Whether the program has to get over it.
    var isHarmless = false
    var fits: @Sendable (FileOperation) -> Bool

    static let all = [
      Trouble(testDescription: "EIO", fault: .error(EIO)) { _ in true },
      Trouble(testDescription: "ENOSPC", fault: .error(ENOSPC)) { operation in
        if case .write = operation { true } else { false }
      },
      Trouble(testDescription: "EINTR", fault: .error(EINTR), isHarmless: true) { operation in
        switch operation {
        case .open, .write, .synchronize, .close, .read: true
        default: false
        }
      },
      Trouble(testDescription: "a short write", fault: .shortWrite, isHarmless: true) { operation in
        if case .write = operation { true } else { false }
      },
    ]
  }

  @Test(arguments: DiskScenario.all, Trouble.all)
  func `a failure is said, and costs nothing old`(
    scenario: DiskScenario, trouble: Trouble
  ) throws {
    let (before, old, new) = try scenario.expected()
    for count in 0..<500 {
      let folder = try TemporaryFolder()
      try LossyDisk.write(before, to: folder("space"))
      var disk = try LossyDisk(folder("space"))
      let faults = FileFaults(trouble.fault, after: count, where: trouble.fits)
      var problem: (any Error)?
      FileFaults.$current.withValue(faults) {
        do { try scenario.change(Workspace.open(at: folder("space"))) } catch { problem = error }
      }
      guard faults.hasStruck else { return }
      let story = "operation \(count) of the kind: \(problem.map { "\($0)" } ?? "no error")"
      if trouble.isHarmless { #expect(problem == nil, "\(story)") }
      // What is said to be done survives a power failure; what failed has left the old or the new.
      if problem == nil {
        for operation in faults.operations { disk.apply(operation) }
      } else {
        disk = try LossyDisk(folder("space"))
      }
      // Rotation keeps what it cannot read.
      let mustBeNew = problem == nil && (trouble.isHarmless || !scenario.isGradual)
      try scenario.check(
        disk.files(after: disk.worst), old: old, new: new, mustBeNew: mustBeNew, story)
    }
    Issue.record("The change never came to its end.")
  }
}
