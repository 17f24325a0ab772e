import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Training

/// `lasagne find …`: short trials before a session.
struct FindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Try which learning rates and batch sizes a model can be trained with.",
    subcommands: [FindLearningRateCommand.self, FindBatchSizeCommand.self])
}

/// What a trial is made with.
struct TrialOptions: ParsableArguments {
  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The name of a data set in the workspace.")
  var data: String

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(help: ArgumentHelp("Weights to start from: params of the model.", valueName: "name[@v]"))
  var params: String?

  @Option(help: "Where to compute: cpu, cuda:0, ….")
  var device = "cpu"

  @Option(parsing: .unconditional, help: "Threads on the CPU; by default all cores.")
  var threads: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let threads { try AtLeast.one(threads, "--threads") }
  }

  /// Everything read and tried on each other.
  func setting() throws -> TrialSetting {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let recipe = try Recipe(json: recipe.json())
    let data = try TrainingData(data, in: workspace)
    // Batches of any size are tried, so that only the rest of the recipe has to fit.
    try data.check(against: model.network, recipe: recipe.fitting(data))
    let device = try DeviceOption.device(device)
    if device == .cpu, let threads { Backend.setThreadCount(threads) }
    let weights = try params.map {
      try Weights(
        Params.find($0, model: model.name, in: workspace).load(for: model.network),
        for: model.network, device: device)
    }
    return TrialSetting(
      network: model.network, weights: weights, data: data, recipe: recipe, device: device)
  }
}

/// What a trial is made with, ready to be used.
struct TrialSetting {
  let network: Network
  let weights: Weights?
  let data: TrainingData
  var recipe: Recipe
  let device: Device
}

/// `lasagne find learning-rate MODEL DATA`.
struct FindLearningRateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-rate",
    abstract: "Train a few steps with a rising learning rate, and see where the loss falls.",
    discussion: """
      Each step has a rate of its own, from --lowest to --highest; the trial ends where the loss runs \
      away. The suggestion is the rate under which the loss fell fastest. It works on a copy of the \
      weights, in this process; nothing of the trial stays.
      """)

  @OptionGroup var options: TrialOptions

  @Option(parsing: .unconditional, help: "The first rate.")
  var lowest = LearningRateFinder().lowest

  @Option(parsing: .unconditional, help: "The last rate.")
  var highest = LearningRateFinder().highest

  @Option(parsing: .unconditional, help: "How many steps the trial takes at most.")
  var steps = LearningRateFinder().steps

  func run() throws {
    var setting = try options.setting()
    // A small data set is one batch.
    setting.recipe = setting.recipe.fitting(setting.data)
    let result = try LearningRateFinder(lowest: lowest, highest: highest, steps: steps).find(
      network: setting.network, weights: setting.weights, data: setting.data,
      recipe: setting.recipe, device: setting.device)
    if options.common.json { return try options.common.putJSON(result) }
    guard !result.points.isEmpty else {
      put("The loss of the first step is not finite already; look for such numbers in the data.")
      return
    }
    put(Terminal.standard.bold("loss by learning rate"))
    put(Self.chart(result, width: min(100, Terminal.standard.width - 2)))
    guard let suggestion = result.suggestion else {
      put("The loss never fell; try other rates by --lowest and --highest, or more --steps.")
      return
    }
    put(
      "Suggestion: --learning-rate \(Self.rounded(suggestion)), where the loss fell fastest in "
        + "\(result.points.count) steps.")
  }

  /// The losses in the order of the rates, with the rates below and a mark at the suggestion.
  static func chart(_ result: LearningRateFinder.Result, width: Int) -> String {
    // Where the loss runs away it would press all else flat.
    let highest = 1.25 * (result.points.first?.loss ?? .infinity)
    let buckets = result.points.enumerated().map { step, point in
      let loss = point.loss.isFinite ? min(point.loss, highest) : nil
      return Series.Bucket(
        firstStep: step, lastStep: step, minimum: loss, maximum: loss, mean: loss, last: loss,
        lastTime: 0, count: 1, nonFiniteCount: loss == nil ? 1 : 0)
    }
    let series = Series(
      session: "", key: "loss", buckets: buckets, totalCount: result.points.count)
    var lines = TextCurve.braille(series, width: width, height: 10).split(separator: "\n")
      .map(String.init)
    guard lines.count > 1, let axis = lines[0].firstIndex(of: "┤"),
      let first = result.points.first, let last = result.points.last
    else { return lines.joined(separator: "\n") }
    // The line below has the numbers of steps; here each step is a rate.
    lines.removeLast()
    let margin = lines[0].distance(from: lines[0].startIndex, to: axis) + 1
    let across = lines[0].count - margin
    if let place = result.points.firstIndex(where: { $0.learningRate == result.suggestion }) {
      let column = place * (across - 1) / max(1, result.points.count - 1)
      lines.append(String(repeating: " ", count: margin + column) + "▲")
    }
    let (start, end) = (rounded(first.learningRate), rounded(last.learningRate))
    let space = max(1, across - start.count - end.count)
    lines.append(
      String(repeating: " ", count: margin) + start + String(repeating: " ", count: space) + end)
    return lines.joined(separator: "\n")
  }

  /// A rate with two digits: `0.0032`, `100`.
  private static func rounded(_ rate: Double) -> String {
    String(format: "%g", Double(String(format: "%.1e", rate)) ?? rate)
  }
}

/// `lasagne find batch-size MODEL DATA`.
struct FindBatchSizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch-size",
    abstract: "Double the batch size until memory or samples end, and see how fast each is.",
    discussion: """
      The suggestion is the smallest size that is nearly as fast as the fastest. It works on copies \
      of the weights, in this process; nothing of the trials stays. On a CPU, sizes that are expected \
      to need more memory than the machine has are not tried.
      """)

  @OptionGroup var options: TrialOptions

  @Option(parsing: .unconditional, help: "The first size.")
  var smallest = BatchSizeFinder().smallest

  @Option(parsing: .unconditional, help: "No larger size is tried.")
  var largest = BatchSizeFinder().largest

  @Option(parsing: .unconditional, help: "Updates that are measured at each size.")
  var steps = BatchSizeFinder().steps

  func run() throws {
    let setting = try options.setting()
    let limit = setting.device == .cpu ? MachineMemory.limit : .max
    let result = try BatchSizeFinder(smallest: smallest, largest: largest, steps: steps).find(
      network: setting.network, weights: setting.weights, data: setting.data,
      recipe: setting.recipe, device: setting.device
    ) { size in
      var recipe = setting.recipe
      recipe.batchSize = size
      return MemoryEstimate(setting.network, recipe: recipe, data: setting.data).total <= limit
    }
    if options.common.json { return try options.common.putJSON(result) }
    let fastest = result.points.map(\.samplesPerSecond).max() ?? 1
    let rows = result.points.map { point in
      let share = point.samplesPerSecond / fastest
      let bar = String(repeating: "█", count: max(1, Int((share * 30).rounded())))
      return [
        "\(point.batchSize)", NumberText.grouped(Int(point.samplesPerSecond.rounded())), bar,
      ]
    }
    put(TextTable([("batch size", .right), ("samples/s", .right), ("", .left)], rows: rows))
    let end =
      switch result.limit {
      case .memory: "the next size does not fit into the memory of \(setting.device)"
      case .samples: "there are not more samples"
      case .largest: "no larger size was asked for"
      }
    put(
      "Suggestion: --batch-size \(result.suggestion), the smallest that is nearly as fast as the "
        + "fastest; \(end).")
  }
}
