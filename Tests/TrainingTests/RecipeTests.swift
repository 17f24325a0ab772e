import Foundation
import Lasagne
import Records
import Testing

@testable import Training

struct RecipeTests {
  @Test func `a recipe and its JSON are the same`() throws {
    let recipes = [
      Recipe(),
      Recipe(
        objective: .squaredError, update: .adam(beta1: 0.8), learningRate: 0.1,
        schedule: .warmUp(epochs: 0.5, then: .cosine), batchSize: 5, accumulationSteps: 3,
        epochs: 2, seed: Recipe.largestSeed,
        validationFraction: 0.25, dropLast: true, l1: 0.1, l2: 0.2,
        penalties: [PenaltyTerm(.l1, weight: 0.5, layers: ["a"], tags: [], without: [.trainable])],
        normConstraints: [NormLimit(2, layers: ["b"], axes: [0])], gradientClipping: 0.5,
        totalNormConstraint: 3, metrics: [.f1(perClass: true), .confusion, .topKAccuracy(k: 2)],
        inputScale: 0.5, precision: .bfloat16,
        earlyStopping: EarlyStopping(metric: "valid/f1", goal: .higher, patience: 1),
        average: .exponential(decay: 0.5), nonFinite: .rollback(limit: 1), checkpointEveryEpochs: 0,
        checkpointEverySteps: 3, checkpointEveryMinutes: 0.5, keepCheckpoints: 4,
        bestCheckpointBy: "valid/loss", reportEverySteps: 1, observeEverySteps: 0,
        fusesCrossEntropy: false),
    ]
    for recipe in recipes { #expect(try Recipe(json: recipe.json) == recipe) }
    #expect(try Recipe(json: .object([:])) == Recipe())
  }

  @Test func `fields nobody knows and values that cannot be are refused by name`() {
    let cases: [([String: JSONValue], String)] = [
      (
        ["learninRate": .number(1)],
        "A recipe has no field 'learninRate': did you mean 'learningRate'?"
      ),
      (["learningRate": .number(-1)], "The recipe's learningRate is -1.0; it must be a number"),
      (["batchSize": .number(0)], "The recipe's batchSize is 0; it must be at least 1."),
      (["batchSize": .number(1.5)], "The recipe's batchSize must be a whole number."),
      (["accumulationSteps": .number(0)], "The recipe's accumulationSteps is 0; it must be"),
      (["epochs": .number(0)], "The recipe's epochs is 0; it must be at least 1."),
      (["validationFraction": .number(1)], "The recipe's validationFraction is 1.0; it must be"),
      (["l1": .number(-1)], "The recipe's l1 is -1.0;"),
      (["inputScale": .number(0)], "The recipe's inputScale is 0.0;"),
      (["totalNormConstraint": .number(0)], "The recipe's totalNormConstraint is 0.0;"),
      (["seed": .number(1e16)], "The recipe's seed is 10000000000000000;"),
      (["reportEverySteps": .number(0)], "The recipe's reportEverySteps is 0;"),
      (
        ["keepCheckpoints": .number(1)], "The recipe's keepCheckpoints is 1; it must be at least 2."
      ),
      (["gradientClipping": .number(0)], "The recipe's gradientClipping is 0.0;"),
      (["precision": .string("half")], "The recipe's precision must be one of float32, bfloat16."),
      (
        ["penalties": .array([.object(["wieght": .number(1)])])],
        "A penalty has no field 'wieght': did you mean 'weight'?"
      ),
      (
        ["penalties": .array([.object(["weight": .number(-1)])])],
        "The penalty's weight is -1.0; it must be a number that is not negative."
      ),
      (
        ["normConstraints": .array([.object(["maxNorm": .number(0)])])],
        "The norm constraint's maxNorm is 0.0; it must be positive."
      ),
      (
        ["earlyStopping": .object(["patience": .string("two")])],
        "The earlyStopping's patience must be a whole number."
      ),
      (["earlyStopping": .number(3)], "An earlyStopping is an object with fields such as metric."),
      (
        ["average": .object(["exponential": .object(["decay": .number(1)])])],
        "The decay of 'exponential' must be at least 0 and below 1, got 1.0."
      ),
      (
        ["nonFinite": .object(["skip": .object(["limit": .number(0)])])],
        "The limit of 'skip' must be at least 1, got 0."
      ),
      (
        ["nonFinite": .string("skipp")], "There is no nonFinite policy called 'skipp': did you mean"
      ),
      (["update": .string("adm")], "There is no update rule called 'adm': did you mean 'adam'?"),
      (
        ["schedule": .string("lineer")],
        "There is no schedule called 'lineer': did you mean 'linear'?"
      ),
    ]
    for (members, beginning) in cases {
      let text = sentence { _ = try Recipe(json: .object(members)) }
      #expect(text.hasPrefix(beginning), "\(text)")
    }
    #expect(
      sentence { _ = try Recipe(json: .number(3)) }
        == "A recipe is an object with fields such as learningRate.")
  }

  @Test func `every live field is a field, and momentum`() {
    for field in Recipe.liveFields where field != "momentum" {
      #expect(Recipe.fields.contains(field))
    }
  }

  @Test func `the page about recipes has every field, and marks those that are live`() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Documentation/recipes.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    for field in Recipe.fields {
      let row = try #require(rows.first { $0.contains("`\(field)`") }, "\(field) is missing")
      #expect(row.contains("●") == Recipe.liveFields.contains(field), "\(field)")
    }
  }

  @Test func `steps are counted with and without the last short batch`() {
    var recipe = Recipe(batchSize: 128, epochs: 2)
    #expect(recipe.totalSteps(trainingCount: 54_000) == 844)
    recipe.dropLast = true
    #expect(recipe.totalSteps(trainingCount: 54_000) == 842)
  }

  @Test func `updates of several batches are counted as updates`() {
    var recipe = Recipe(batchSize: 32, accumulationSteps: 4, epochs: 2)
    #expect(recipe.samplesPerUpdate == 128)
    #expect(recipe.totalSteps(trainingCount: 54_000) == 844)
    recipe.dropLast = true
    #expect(recipe.totalSteps(trainingCount: 54_000) == 842)
  }
}
