import ArgumentParser
import Displays
import LasagneEngine
import Records
import Storage

/// `lasagne data statistics NAME`.
struct DataStatisticsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics",
    abstract: "Print the balance of the classes and the figures of each channel, from every number."
  )

  @Argument(help: "The name of a data set.")
  var name: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let found = try DataView(name, in: common.existing()).statistics()
    if common.json {
      try common.putJSON(found)
      return
    }
    let rows = found.arrays.filter(\.classes.isEmpty).flatMap { array in
      array.channels.enumerated().map { channel, figures in
        [
          array.channels.count > 1 ? "\(array.name), channel \(channel)" : array.name,
          Displayer.shapeText(array.shape), array.dataType, NumberText.value(figures.minimum),
          NumberText.value(figures.maximum), NumberText.value(figures.mean),
          NumberText.value(figures.deviation), "\(figures.nonFiniteCount)",
        ]
      }
    }
    put(
      TextTable(
        [
          ("array", .left), ("shape", .right), ("type", .left), ("least", .right),
          ("most", .right), ("mean", .right), ("deviation", .right), ("not finite", .right),
        ], rows: rows))
    for array in found.arrays where !array.classes.isEmpty {
      put("")
      let most = max(1, array.classes.map(\.count).max() ?? 1)
      put(
        TextTable(
          [(array.name, .left), ("samples", .right), ("", .left)],
          rows: array.classes.map { one in
            [
              one.name, NumberText.grouped(one.count),
              String(repeating: "▇", count: (one.count * 30 + most / 2) / most),
            ]
          }))
    }
  }
}

/// `lasagne data samples NAME`.
struct DataSamplesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "samples",
    abstract: "List samples of a data set, of one class or of all, or draw them.")

  @Argument(help: "The name of a data set.")
  var name: String

  @Option(help: ArgumentHelp("The array of inputs.", valueName: "name"))
  var array = "inputs"

  @Option(help: "Only samples of this class, by its number or its name.")
  var label: String?

  @Option(help: "How many to leave out first.")
  var from = 0

  @Option(help: "How many at most.")
  var count = 60

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write their pictures (.png).", valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try PictureOutput.check(output, kinds: ["png"])
    guard from >= 0, (1...500).contains(count) else {
      throw ValidationError("--from must be at least 0 and --count 1 to 500.")
    }
  }

  func run() throws {
    let view = try DataView(name, in: common.existing())
    let found = try view.samples(of: array, label: number(view), from: from, count: count)
    if let output {
      let indices = found.samples.map(\.index)
      guard !indices.isEmpty else {
        throw EngineError(.unknown, "No sample of '\(array)' fits; there is nothing to draw.")
      }
      let stack = try view.images(of: array, at: indices)
      let sheet = SampleSheet(
        stack.enlarged(by: max(1, 56 / max(stack.width, stack.height))),
        range: view.range(of: array), columns: min(12, indices.count))
      try PictureOutput.write(sheet.png(), to: output, common)
    } else if common.json {
      try common.putJSON(found)
    } else {
      put("\(found.samples.count) of \(found.fitting) samples that fit, of \(found.total)")
      put("")
      put(
        TextTable(
          [("sample", .right), ("class", .left), ("numbers", .left)],
          rows: found.samples.map { one in
            let numbers = one.values?.map(NumberText.value).joined(separator: "  ")
            return ["\(one.index)", one.name ?? "", numbers ?? Displayer.shapeText(found.shape)]
          }))
    }
  }

  /// The class by its number or its name.
  private func number(_ view: DataView) throws -> Int? {
    guard let label else { return nil }
    let names = view.record.classNames
    if let place = names.firstIndex(of: label) { return place }
    guard let number = Int(label) else {
      throw EngineError(
        .unknown,
        "There is no class '\(label)'; "
          + (names.isEmpty
            ? "the data have no names of classes, use a number."
            : "there are: \(names.prefix(12).joined(separator: ", "))."))
    }
    return number
  }
}
