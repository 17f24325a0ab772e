import Foundation
import Records
import Storage
import Synchronization

/// Finds out what `lasagne top` shows, and asks sessions for what its keys mean, on a thread of its
/// own: the screen never waits for an engine or a disk.
final class TopFeed: Sendable {
  /// What the screen is interested in.
  struct Interest: Equatable {
    var session: String?
    var kind: String
    var pixels: Int
    var isLogarithmic = false
  }

  private struct Box {
    var interest: Interest
    var wishes: [(session: String, action: ControlAction)] = []
    var figures: TopFigures?
    var isOver = false
  }

  private let workspace: Workspace
  private let box: Mutex<Box>
  private let wakeUp = DispatchSemaphore(value: 0)
  private let hasNews: @Sendable () -> Void

  /// Begins with this interest; `hasNews` is called from the feed's thread when there are figures.
  init(_ workspace: Workspace, _ interest: Interest, hasNews: @escaping @Sendable () -> Void) {
    self.workspace = workspace
    self.hasNews = hasNews
    box = Mutex(Box(interest: interest))
  }

  /// Starts to look, about twice a second.
  func start() {
    Thread.detachNewThread { [self] in
      var worker = TopWorker(workspace)
      while !box.withLock({ $0.isOver }) {
        let (interest, wishes) = box.withLock { box in
          defer { box.wishes = [] }
          return (box.interest, box.wishes)
        }
        for wish in wishes { worker.ask(wish.action, of: wish.session) }
        let begin = ContinuousClock.now
        let figures = worker.figures(for: interest)
        box.withLock { $0.figures = figures }
        hasNews()
        // A workspace that takes long to read is read less often.
        let pause = max(Duration.milliseconds(500), (ContinuousClock.now - begin) * 4)
        let seconds =
          Double(pause.components.seconds) + Double(pause.components.attoseconds) * 1e-18
        _ = wakeUp.wait(timeout: .now() + seconds)
      }
    }
  }

  /// The newest figures, once.
  func news() -> TopFigures? {
    box.withLock { box in
      defer { box.figures = nil }
      return box.figures
    }
  }

  /// Says what the screen shows from now on.
  func show(_ interest: Interest) {
    let isNew = box.withLock { box in
      defer { box.interest = interest }
      return box.interest != interest
    }
    if isNew { wakeUp.signal() }
  }

  /// Asks something of a session; the answer comes with the figures.
  func ask(_ action: ControlAction, of session: String) {
    box.withLock { $0.wishes.append((session, action)) }
    wakeUp.signal()
  }

  /// Looks no more.
  func end() {
    box.withLock { $0.isOver = true }
    wakeUp.signal()
  }
}
