import Lasagne
import Records
import Training

/// A field of a recipe that can change while a session runs, with all that a form needs to show it.
public struct RecipeField: Codable, Equatable, Sendable {
  /// How a value is written.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case number
    case wholeNumber
    /// One of a few words.
    case choice
    /// A word, or a word with arguments; `choices` are the words.
    case schedule
    /// JSON of any form.
    case json
  }

  /// A word that a field can have, with the arguments it takes and their usual values.
  public struct Choice: Codable, Equatable, Sendable {
    /// An argument of a choice.
    public struct Argument: Codable, Equatable, Sendable {
      /// Its name.
      public var name: String
      /// The value a form begins with.
      public var value: JSONValue
    }

    /// The word.
    public var name: String
    /// Its arguments.
    public var arguments: [Argument]
  }

  /// The name in a recipe: `learningRate`.
  public var name: String
  /// What people call it.
  public var title: String
  /// The part of the form it stands in.
  public var group: String
  /// How a value is written.
  public var kind: Kind
  /// What the number counts; `nil` for plain numbers.
  public var unit: String?
  /// The smallest number; `nil` for no limit.
  public var minimum: Double?
  /// The number that all have to be below; `nil` for no limit.
  public var below: Double?
  /// Whether the smallest number itself is too small.
  public var isAboveMinimum: Bool
  /// The words it can have.
  public var choices: [Choice]
  /// Whether it can be left empty.
  public var isOptional: Bool
  /// What it does, as one sentence.
  public var help: String
  /// The present value.
  public var value: JSONValue
}

extension RecipeField {
  /// The live fields of a recipe with their present values, as a form shows them.
  ///
  /// `momentum` is there only where the update rule has one.
  public static func liveFields(of recipe: Recipe) -> [RecipeField] {
    let json = recipe.json
    // A field that nobody has described yet is shown as what it is.
    let others = Recipe.liveFields.filter { name in !forms.contains { $0.name == name } }
      .map { form($0, $0, "Others", .json, isOptional: true, "A live field of the recipe.") }
    return (forms + others).compactMap { form in
      var field = form
      if field.name == "momentum" {
        guard let momentum = recipe.update.momentum else { return nil }
        field.value = .number(momentum)
      } else {
        field.value = json[field.name] ?? .null
      }
      return field
    }
  }

  private static func form(
    _ name: String, _ title: String, _ group: String, _ kind: Kind, unit: String? = nil,
    minimum: Double? = nil, below: Double? = nil, isAboveMinimum: Bool = false,
    choices: [String] = [], isOptional: Bool = false, _ help: String
  ) -> RecipeField {
    RecipeField(
      name: name, title: title, group: group, kind: kind, unit: unit, minimum: minimum,
      below: below, isAboveMinimum: isAboveMinimum,
      choices: choices.map { Choice(name: $0, arguments: Schedule.formArguments(of: $0)) },
      isOptional: isOptional, help: help, value: .null)
  }

  /// All forms, in the order in which they are shown.
  private static let forms: [RecipeField] = learning + batches + limits + watching

  private static let learning = [
    form(
      "learningRate", "Learning rate", "Learning", .number, minimum: 0,
      "The step size of the update rule, before the schedule."),
    form(
      "momentum", "Momentum", "Learning", .number, minimum: 0, below: 1,
      "How much of the last update is in the next one."),
    form(
      "schedule", "Schedule", "Learning", .schedule, choices: Schedule.names,
      "How the step size changes over the run."),
    form(
      "epochs", "Epochs", "Learning", .wholeNumber, unit: "epochs", minimum: 1,
      "How often each training sample is used in all."),
    form(
      "update", "Update rule", "Learning", .json,
      "How gradients change the weights: \"adam\", or {\"adam\": {\"beta1\": 0.8}}."),
  ]

  private static let batches = [
    form(
      "batchSize", "Batch size", "Batches", .wholeNumber, unit: "samples", minimum: 1,
      "Samples that go through the network at once."),
    form(
      "accumulationSteps", "Batches per update", "Batches", .wholeNumber, unit: "batches",
      minimum: 1, "Batches whose gradients make one update."),
    form(
      "precision", "Precision", "Batches", .choice, choices: Precision.allCases.map(\.rawValue),
      "What dense and convolutional layers compute in while training."),
  ]

  private static let limits = [
    form("l1", "L1 penalty", "Limits", .number, minimum: 0, "The price on absolute weights."),
    form("l2", "L2 penalty", "Limits", .number, minimum: 0, "The price on squared weights."),
    form(
      "gradientClipping", "Clip gradients at", "Limits", .number, minimum: 0,
      isAboveMinimum: true, isOptional: true,
      "Each entry of a gradient is brought between ± this; empty for no limit."),
    form(
      "totalNormConstraint", "Limit of the gradient norm", "Limits", .number, minimum: 0,
      isAboveMinimum: true, isOptional: true,
      "All gradients together are scaled down to this norm; empty for no limit."),
    form(
      "dropout", "Dropout", "Limits", .json, isOptional: true,
      "The probability in all dropout layers, or {\"layer\": 0.2}; empty for the network's own."),
    form(
      "penalties", "Penalties on layers", "Limits", .json,
      "Prices on chosen parameters, beside L1 and L2: a list."),
    form(
      "normConstraints", "Limits of weight norms", "Limits", .json,
      "Limits on the norms of weights, kept after every update: a list."),
    form(
      "nonFinite", "Where a loss is not finite", "Limits", .json,
      "\"stop\", \"skip\", or {\"rollback\": {\"limit\": 3, \"factor\": 0.5}}."),
    form(
      "earlyStopping", "Early stopping", "Limits", .json, isOptional: true,
      "When the run ends before its epochs are over; empty for never."),
    form(
      "average", "Average of the weights", "Limits", .json, isOptional: true,
      "The average that is kept beside the weights; empty for none."),
  ]

  private static let watching = [
    form(
      "reportEverySteps", "Report every", "Records", .wholeNumber, unit: "steps", minimum: 1,
      "Steps between two reports of the loss."),
    form(
      "observeEverySteps", "Observe every", "Records", .wholeNumber, unit: "steps", minimum: 0,
      "Steps between two looks at the parameters; 0 never looks."),
    form(
      "metrics", "Metrics", "Records", .json,
      "What is measured beside loss and accuracy: a list of names."),
    form(
      "checkpointEveryEpochs", "Checkpoint every", "Records", .wholeNumber, unit: "epochs",
      minimum: 0, "Epochs between two checkpoints; 0 makes none."),
    form(
      "checkpointEverySteps", "Checkpoint every", "Records", .wholeNumber, unit: "steps",
      minimum: 0, "Updates between two checkpoints within an epoch; 0 makes none."),
    form(
      "checkpointEveryMinutes", "Checkpoint after", "Records", .number, unit: "minutes",
      minimum: 0, "Minutes after which a checkpoint is made within an epoch; 0 makes none."),
    form(
      "keepCheckpoints", "Checkpoints kept", "Records", .wholeNumber, unit: "checkpoints",
      minimum: 2, "How many of the newest checkpoints are kept."),
    form(
      "bestCheckpointBy", "Keep the best by", "Records", .json, isOptional: true,
      "The metric whose best epoch keeps its checkpoint, \"valid/loss\"; empty for none."),
  ]
}

extension UpdateRule {
  /// The momentum that the field of that name sets; `nil` where the rule has none.
  fileprivate var momentum: Double? {
    switch self {
    case .momentum(let momentum), .nesterovMomentum(let momentum),
      .applyMomentum(_, let momentum), .applyNesterovMomentum(_, let momentum):
      momentum
    case .lookahead(let below, _, _): below.momentum
    default: nil
    }
  }
}

extension Schedule {
  /// The arguments that a form offers for a schedule of this name.
  fileprivate static func formArguments(of name: String) -> [RecipeField.Choice.Argument] {
    let arguments: [(String, JSONValue)] =
      switch name {
      case "polynomial": [("power", .number(2))]
      case "step": [("every", .number(10)), ("factor", .number(0.1))]
      case "multiStep": [("at", .array([.number(30), .number(60)])), ("factor", .number(0.1))]
      case "exponential": [("factor", .number(0.95))]
      case "oneCycle":
        [("rise", .number(0.3)), ("startDivisor", .number(25)), ("endDivisor", .number(10_000))]
      case "plateau":
        [
          ("metric", .string("valid/loss")), ("factor", .number(0.1)), ("patience", .number(10)),
        ]
      case "warmUp": [("epochs", .number(5)), ("from", .number(0.01)), ("then", .string("cosine"))]
      default: []
      }
    return arguments.map { RecipeField.Choice.Argument(name: $0.0, value: $0.1) }
  }
}
