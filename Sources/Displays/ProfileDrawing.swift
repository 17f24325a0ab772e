import Records

/// A ``StepProfile`` for the terminal: a table of the layers, each with a bar of its time.
///
/// As a picture it is a ``ProfilePicture``.
public struct ProfileDrawing: CustomStringConvertible {
  private let profile: StepProfile
  private let barWidth: Int

  /// A drawing whose longest bar has so many characters.
  public init(_ profile: StepProfile, barWidth: Int = 20) {
    self.profile = profile
    self.barWidth = max(4, barWidth)
  }

  /// The lines before the table: what was measured, and how steps are made.
  public var head: [String] {
    let machine = profile.machine
    var lines = [
      "\(printable(profile.network)), batches of \(profile.batchSize), "
        + (profile.threads == 1 ? "1 thread" : "\(profile.threads) threads"),
      "this machine: products at \(rate(machine.planProductRate)) in plans and "
        + "\(rate(machine.libraryProductRate)) in libtorch, copies at "
        + "\(NumberText.bytes(Int(machine.copyRate)))/s",
    ]
    if let refusal = profile.planRefusal {
      lines.append("Steps are made by libtorch's autograd: \(printable(refusal)).")
    } else {
      lines.append("Steps are planned: every layer has a plan rule.")
    }
    return lines
  }

  /// The table of the layers.
  public var table: TextTable {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("layer", .left), ("type", .left), ("forward", .right), ("backward", .right),
      ("of step", .right), ("of limit", .right), ("bytes forward", .right),
      ("bytes backward", .right), ("weights", .right), ("█ forward ░ backward", .left),
    ]
    if profile.layers.contains(where: { $0.planRefusal != nil }) {
      columns.append(("why there is no plan", .left))
    }
    return TextTable(columns, rows: profile.layers.map(row))
  }

  /// The lines after the table: the step as a whole.
  public var foot: [String] {
    let step = profile.stepSeconds
    var lines = [
      "A step takes \(Self.time(step)), \(Self.percentage(profile.share)) of the machine's measured "
        + "limits: at these its layers' work would take \(Self.time(profile.limitSeconds))."
    ]
    // Layers alone may take longer than within a step, where caches are warm.
    if step > 0, profile.otherSeconds > 0 {
      lines.append(
        "Batch, loss, penalties and update: \(Self.time(profile.otherSeconds)), "
          + "\(Self.percentage(profile.otherSeconds / step)) of the step.")
    }
    if let bytes = profile.planBytes {
      lines.append(
        "The plan's memory for outputs and gradients, which layers share: "
          + "\(NumberText.bytes(bytes)).")
    }
    if profile.planRefusal == nil, profile.layers.contains(where: { $0.seconds == 0 }) {
      lines.append("A layer without times is one pass with another, or only another view of it.")
    }
    return lines
  }

  /// All of it.
  public var description: String {
    (head + [""] + ["\(table)"] + [""] + foot).joined(separator: "\n")
  }

  private func row(_ layer: LayerProfile) -> [String] {
    let step = profile.stepSeconds
    return [
      layer.name, layer.type, Self.time(layer.forwardSeconds), Self.time(layer.backwardSeconds),
      Self.percentage(step > 0 ? layer.seconds / step : 0), layer.share.map(Self.percentage) ?? "–",
      bytes(layer.forwardBytes), bytes(layer.backwardBytes),
      layer.parameterBytes > 0 ? NumberText.bytes(layer.parameterBytes) : "",
      bar(layer), layer.planRefusal ?? "",
    ]
  }

  /// The longest layer fills the width; what takes any time at all has a character.
  private func bar(_ layer: LayerProfile) -> String {
    let longest = profile.layers.map(\.seconds).max() ?? 0
    guard longest > 0, layer.seconds > 0 else { return "" }
    let whole = max(1, Int((Double(barWidth) * layer.seconds / longest).rounded()))
    let forward = Int((Double(whole) * layer.forwardSeconds / layer.seconds).rounded())
    return String(repeating: "█", count: forward)
      + String(repeating: "░", count: whole - forward)
  }

  private func bytes(_ count: Int) -> String { count > 0 ? NumberText.bytes(count) : "–" }

  private func rate(_ operations: Double) -> String {
    "\(NumberText.value((operations / 1e8).rounded() / 10)) GFLOP/s"
  }

  static func percentage(_ share: Double) -> String {
    "\(NumberText.fixed(100 * share, decimals: share < 0.0995 ? 1 : 0)) %"
  }

  static func time(_ seconds: Double) -> String {
    if seconds <= 0 { return "–" }
    if seconds < 1e-3 { return "\(NumberText.fixed(seconds * 1e6, decimals: 1)) µs" }
    return seconds < 1
      ? "\(NumberText.fixed(seconds * 1e3, decimals: 2)) ms"
      : "\(NumberText.fixed(seconds, decimals: 2)) s"
  }
}
