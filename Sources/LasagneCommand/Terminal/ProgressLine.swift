import Foundation
import Displays
import Records

/// One line that says how far a session is and how well it does.
struct ProgressLine {
  /// The session as it was last seen.
  var record: SessionRecord
  /// Seconds since 1970.
  var now: Double
  /// When and at which step the session was first seen running; a session that was resumed has a
  /// past that says nothing of its speed.
  var begin: (time: Double, step: Int)?

  /// The figures after the bar, the most wanted first: epoch, time left, loss, accuracy, speed.
  private var figures: [String] {
    var parts = [
      "epoch \(min(record.epochs, Int(record.epoch) + (isWhole ? 0 : 1)))/\(record.epochs)"
    ]
    if record.state != .running { parts.append(record.state.rawValue) }
    if let left = secondsLeft { parts.append("\(NumberText.duration(left)) left") }
    for (key, label) in Self.shown {
      if let value = record.latest[key] { parts.append("\(label) \(metric(value, key))") }
    }
    if let speed = record.latest["rate/samples"], speed > 0 {
      parts.append("\(NumberText.grouped(Int(speed))) samples/s")
    }
    return parts
  }

  /// The line for a terminal, not longer than it is wide.
  func bar(in terminal: Terminal) -> String {
    let cells = 20
    let eighths = Int((share * Double(cells * 8)).rounded(.down))
    var bar = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0 { bar.append(Array(" ▏▎▍▌▋▊▉")[eighths % 8]) }
    bar += String(repeating: "·", count: cells - bar.count)
    let percent = String(format: "%3d %%", Int(share * 100))
    // The last column stays free: some terminals wrap when it is written.
    var narrower = terminal
    narrower.width = max(20, terminal.width - cells - percent.count - 4)
    let text = narrower.line(figures)
    return "\(terminal.colored(bar, .green)) \(percent)  \(text)"
  }

  private static let shown = [
    ("train/loss", "loss"), ("train/accuracy", "accuracy"), ("valid/loss", "validation loss"),
    ("valid/accuracy", "validation accuracy"),
  ]

  private var isWhole: Bool { record.epoch > 0 && record.epoch == record.epoch.rounded() }

  private var share: Double {
    guard record.totalSteps > 0 else { return 0 }
    return min(1, Double(record.step) / Double(record.totalSteps))
  }

  private var secondsLeft: Double? {
    guard record.state == .running, let begin, record.step > begin.step else { return nil }
    let left = Double(record.totalSteps - record.step)
    return left > 0 ? (now - begin.time) * left / Double(record.step - begin.step) : nil
  }
}
