import ArgumentParser
import Displays
import LasagneEngine

/// `lasagne look sample SESSION INDEX`.
struct LookSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Show what the network makes of one sample, layer by layer.",
    discussion: """
      With -o a picture: what each pixel does to the output of the sample's class (saliency), what \
      is lost where a square is covered (occlusion), or what a layer gives (layer, with --layer).
      """)

  /// What can be drawn of a sample.
  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case saliency
    case occlusion
    case layer
  }

  @OptionGroup var target: LookTarget

  @Argument(help: "The sample's place in its array.")
  var index: Int

  @Option(help: "What to draw.")
  var of: Subject = .saliency

  @Option(help: ArgumentHelp("The layer whose outputs to draw.", valueName: "name"))
  var layer: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write a picture (.png).", valueName: "file"))
  var output: String?

  func validate() throws {
    try PictureOutput.check(output, kinds: ["png"])
    if of == .layer, layer == nil {
      throw ValidationError("--of layer needs the layer: add --layer NAME.")
    }
  }

  func run() throws {
    let look = try target.open()
    let part = try target.part(of: look)
    if let output {
      let picture: SamplePicture =
        switch of {
        case .saliency: .saliency
        case .occlusion: .occlusion
        case .layer: .activation(layer: layer ?? "")
        }
      let stack = try look.picture(picture, of: index, in: part)
      let side = stack.count == 1 ? 336 : 84
      let grid = FilterGrid(
        stack, palette: .diverging, scale: max(1, side / max(stack.width, stack.height)), gap: 3)
      try PictureOutput.write(grid.png(), to: output, target.common)
      return
    }
    let found = try look.sample(index, of: part)
    if target.common.json {
      try target.common.putJSON(found)
    } else {
      put(Displayer.sample(found, look.data.className))
    }
  }
}
