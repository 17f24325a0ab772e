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
        validationFraction: 0.25, dropLast: true, l1: 0.1, l2: 0.2, totalNormConstraint: 3,
        inputScale: 0.5, checkpointEveryEpochs: 0, reportEverySteps: 1, observeEverySteps: 0,
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
