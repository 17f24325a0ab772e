import ArgumentParser
import Displays
import LasagneEngine

/// `lasagne look confusion SESSION`.
struct LookConfusionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confusion",
    abstract: "Print the confusion matrix, the figures of each class, and the worst errors.")

  @OptionGroup var target: LookTarget

  func run() throws {
    let look = try target.open()
    let found = try Judgement(look, part: target.part(of: look)).examination
    if target.common.json {
      try target.common.putJSON(found)
      return
    }
    put(Displayer.confusion(found))
  }
}

/// `lasagne look cases SESSION --label CLASS --predicted CLASS`.
struct LookCasesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cases",
    abstract: "List the samples behind a cell of the confusion matrix, the surest first.")

  @OptionGroup var target: LookTarget

  @Option(help: "The class they have, as a number; any without it.")
  var label: Int?

  @Option(help: "The class they are given, as a number; any without it.")
  var predicted: Int?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write their pictures (.png).", valueName: "file"))
  var output: String?

  func validate() throws { try PictureOutput.check(output, kinds: ["png"]) }

  func run() throws {
    let look = try target.open()
    let part = try target.part(of: look)
    let cases = try Judgement(look, part: part).cases(label: label, predicted: predicted)
    if let output {
      guard !cases.isEmpty else {
        throw EngineError(.unknown, "There is no such sample, so there is nothing to draw.")
      }
      let array = try look.part(part).array
      let stack = try look.data.images(of: array, at: cases.map(\.index))
      let sheet = SampleSheet(
        stack.enlarged(by: max(1, 56 / max(stack.width, stack.height))),
        range: look.data.range(of: array))
      try PictureOutput.write(sheet.png(), to: output, target.common)
      return
    }
    if target.common.json {
      for one in cases { try target.common.putJSON(one) }
      return
    }
    guard !cases.isEmpty else {
      put("None.")
      return
    }
    put(Displayer.cases(cases, look.data.className))
  }
}
