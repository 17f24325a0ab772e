import ArgumentParser
import Displays
import Foundation
import LasagneEngine

/// `lasagne look projection SESSION LAYER`.
struct LookProjectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projection",
    abstract: "Lay samples out in a plane by what a layer gives for them.",
    discussion: """
      Along the two directions in which they differ most (pca), or so that neighbours stay \
      neighbours (tsne). The same seed draws the same samples.
      """)

  @OptionGroup var target: LookTarget

  @Argument(help: "The layer's name.")
  var layer: String

  @Option(help: "How many numbers become two.")
  var by: Projection.Method = .pca

  @Option(help: "How many samples at most, 4 to \(Projection.mostSamples).")
  var samples = Projection.usualSamples

  @Option(help: "What the samples are drawn by, where the part has more.")
  var seed = 0

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write a picture (.svg, .png).", valueName: "file"))
  var output: String?

  func validate() throws { try PictureOutput.check(output, kinds: ["svg", "png"]) }

  func run() throws {
    let look = try target.open()
    let found = try look.projection(
      of: layer, part: target.part(of: look), by: by, count: samples, seed: seed)
    let drawing = Displayer.drawing(of: found)
    if let output {
      let isSVG = URL(fileURLWithPath: output).pathExtension.lowercased() == "svg"
      try PictureOutput.write(
        isSVG ? Data(drawing.svg.utf8) : drawing.png(), to: output, target.common)
    } else if target.common.json {
      try target.common.putJSON(found)
    } else {
      let width = min(100, Terminal.standard.width - 1)
      put(Displayer.projectionNote(found))
      put("")
      put(drawing.text(width: width, height: min(width / 2, 36)))
    }
  }
}

extension Projection.Method: ExpressibleByArgument {}
