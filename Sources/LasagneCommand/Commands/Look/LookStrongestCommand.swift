import ArgumentParser
import Displays
import LasagneEngine

/// `lasagne look strongest SESSION LAYER`.
struct LookStrongestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strongest",
    abstract: "Find the samples that excite each channel or unit of a layer most.",
    discussion: "With -o a picture: a row for each channel, its strongest sample first.")

  @OptionGroup var target: LookTarget

  @Argument(help: "The layer's name.")
  var layer: String

  @Option(help: "The first channel or unit shown.")
  var from = 0

  @Option(help: "How many are shown.")
  var count = 12

  @Option(name: .shortAndLong, help: ArgumentHelp("Write a picture (.png).", valueName: "file"))
  var output: String?

  func validate() throws {
    try PictureOutput.check(output, kinds: ["png"])
    guard from >= 0, count > 0 else {
      throw ValidationError("--from must be at least 0 and --count at least 1.")
    }
  }

  func run() throws {
    let look = try target.open()
    let found = try look.strongestInputs(of: layer, part: target.part(of: look))
      .units(from: from, count: count)
    if let output {
      let cases = found.units.flatMap(\.cases)
      guard !cases.isEmpty else {
        throw EngineError(
          .unknown, "The layer '\(layer)' has channels 0 to \(found.unitCount - 1) only.")
      }
      let stack = try look.data.images(of: found.array, at: cases.map(\.index))
      let sheet = SampleSheet(
        stack.enlarged(by: max(1, 56 / max(stack.width, stack.height))),
        range: look.data.range(of: found.array), columns: found.units[0].cases.count)
      try PictureOutput.write(sheet.png(), to: output, target.common)
    } else if target.common.json {
      try target.common.putJSON(found)
    } else {
      put(Displayer.strongest(found))
    }
  }
}
