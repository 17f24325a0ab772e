import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Training

/// `lasagne profile MODEL`.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time of a training step goes, layer by layer.",
    discussion: """
      The machine is measured first: how fast it multiplies matrices and copies memory. Then every \
      layer is timed forward and backward, and whole steps as a session makes them. 'of step' is a \
      layer's share of the step; 'of limit' is how much of what the machine could do it reaches, above \
      100 % where its numbers stay in a cache. Without --data the samples are random numbers. On the \
      CPU; other programs that compute meanwhile make every figure worse.

        lasagne profile lenet.yaml --batch 128
        lasagne profile zoo:resnet -o resnet.svg
      """)

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Option(parsing: .unconditional, help: "Samples in a batch; by default the recipe's.")
  var batch: Int?

  @Option(help: "The name of a data set in the workspace; by default random numbers.")
  var data: String?

  @Option(help: "A file with a recipe, YAML or JSON.")
  var recipe: String?

  @Option(parsing: .unconditional, help: "Threads that compute.")
  var threads = 1

  @Option(parsing: .unconditional, help: "How often everything is timed; medians count.")
  var rounds = 20

  @Option(parsing: .unconditional, help: "The length of unknown axes, such as steps.")
  var length = 32

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write it as a picture too (.svg, .png).", valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let output, !["svg", "png"].contains(Self.ending(of: output)) {
      throw ValidationError(
        "'\(output)' ends in no kind of file that can be written: use .svg or .png.")
    }
    if let batch { try AtLeast.one(batch, "--batch") }
    for (count, option) in [(threads, "--threads"), (rounds, "--rounds"), (length, "--length")] {
      try AtLeast.one(count, option)
    }
  }

  func run() throws {
    if let output { try NewFile.checkFolder(of: URL(fileURLWithPath: output)) }
    let workspace = data == nil ? try? common.existing() : try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    var recipe = try steadyRecipe(for: model.network)
    if let batch { recipe.batchSize = batch }
    try Backend.load()
    Backend.setThreadCount(threads)
    let samples: TrainingData
    if let data, let workspace {
      samples = try TrainingData(data, in: workspace)
      try samples.check(against: model.network, recipe: recipe)
    } else {
      samples = try TrainingData(
        noiseFor: model.network, count: 4 * recipe.batchSize, objective: recipe.objective,
        objectives: recipe.objectives, length: length)
    }
    let trainer = try Trainer(network: model.network, data: samples, recipe: recipe)
    let profile = try StepProfiler(trainer, rounds: rounds).profile()
    if common.json {
      try common.putJSON(profile)
    } else {
      show(ProfileDrawing(profile))
    }
    if let output { try write(ProfilePicture(profile), to: output) }
  }

  private static func ending(of path: String) -> String {
    URL(fileURLWithPath: path).pathExtension.lowercased()
  }

  private func write(_ picture: ProfilePicture, to path: String) throws {
    let content =
      try Self.ending(of: path) == "png" ? picture.png() : Data(picture.svg.utf8)
    let file = URL(fileURLWithPath: path)
    try AtomicFile.write(content, to: file, replacing: true)
    if !common.json { put("Wrote \(file.path) (\(NumberText.bytes(content.count))).") }
  }

  /// The recipe without anything that happens between two steps.
  private func steadyRecipe(for network: Network) throws -> Recipe {
    var options = try RecipeOptions.parse([])
    options.recipe = recipe
    var steady = try Recipe(json: options.json())
    if recipe == nil { steady.objective = try .usual(for: network) }
    steady.epochs = 1_000_000
    steady.validationFraction = 0
    steady.checkpointEveryEpochs = 0
    steady.reportEverySteps = 1_000_000_000
    steady.observeEverySteps = 0
    steady.dropLast = true
    return steady
  }

  private func show(_ drawing: ProfileDrawing) {
    let head = drawing.head
    put(Terminal.standard.bold(head[0]))
    for line in head.dropFirst() { put(line) }
    put("")
    put(drawing.table)
    put("")
    for line in drawing.foot { put(line) }
  }
}
