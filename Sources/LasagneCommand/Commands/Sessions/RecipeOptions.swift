import ArgumentParser
import Foundation
import Lasagne
import LasagneEngine
import Records
import Training
import Yams

/// The options from which a recipe is made; what is left out keeps its usual value.
struct RecipeOptions: ParsableArguments {
  @Option(help: "A file with the whole recipe, YAML or JSON; the options below change it.")
  var recipe: String?

  @Option(parsing: .unconditional, help: "How often each training sample is used.")
  var epochs: Int?

  @Option(parsing: .unconditional, help: "Samples in a batch.")
  var batchSize: Int?

  @Option(parsing: .unconditional, help: "The step size of the update rule.")
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      """
      The update rule: \(RecipeOptions.list(UpdateRule.names)); with arguments as \
      '{adam: {beta1: 0.8}}'.
      """,
      valueName: "rule"))
  var update: String?

  @Option(help: ArgumentHelp("What is minimized: \(RecipeOptions.list(Objective.names))."))
  var objective: String?

  @Option(
    help: ArgumentHelp(
      """
      How the learning rate changes over the run: \(RecipeOptions.list(Schedule.names)); with \
      arguments as '{warmUp: {epochs: 2, then: cosine}}'.
      """))
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: "Decides initial weights, the split, the order of samples and dropout.")
  var seed: UInt64?

  @Option(parsing: .unconditional, help: "The share of training samples held out for validation.")
  var validationFraction: Double?

  @Option(parsing: .unconditional, help: "The weight of the sum of squares of the weights.")
  var l2: Double?

  @Option(
    help: ArgumentHelp(
      "Any field of the recipe: --set l1=0.0001.", valueName: "field=value"))
  var set: [String] = []

  /// The recipe as JSON, checked.
  func json() throws -> JSONValue {
    var members = try fileMembers()
    func put(_ field: String, _ value: JSONValue?) {
      if let value { members[field] = value }
    }
    let numbers = [
      ("learningRate", learningRate), ("validationFraction", validationFraction), ("l2", l2),
    ]
    for (field, number) in numbers {
      // JSON, in which recipes are kept, has no such numbers.
      if let number, !number.isFinite {
        throw EngineError(.invalid, "The recipe's \(field) is \(number); it must be a number.")
      }
    }
    put("epochs", epochs.map { .number(Double($0)) })
    put("batchSize", batchSize.map { .number(Double($0)) })
    put("learningRate", learningRate.map { .number($0) })
    put("update", update.map(Self.value))
    put("objective", objective.map(Self.value))
    put("schedule", schedule.map(Self.value))
    put("seed", seed.map { .number(Double($0)) })
    put("validationFraction", validationFraction.map { .number($0) })
    put("l2", l2.map { .number($0) })
    for assignment in set {
      let (field, value) = try Self.assignment(assignment)
      members[field] = value
    }
    var recipe = try Recipe(json: .object(members))
    // Each rule has a step size of its own that most people start from.
    if members["learningRate"] == nil, members["update"] != nil,
      let usual = recipe.update.defaultLearningRate
    {
      recipe.learningRate = usual
    }
    return recipe.json
  }

  /// `field=value`, the value read as JSON where it is JSON, else as text.
  static func assignment(_ text: String) throws -> (field: String, value: JSONValue) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw EngineError(.invalid, "'\(text)' is no assignment; write field=value.")
    }
    return (parts[0], value(parts[1]))
  }

  /// A value as JSON where it is JSON, in brackets also as YAML, else as text.
  static func value(_ text: String) -> JSONValue {
    if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) { return value }
    guard let first = text.first, "{[".contains(first),
      let value = try? YAMLDecoder().decode(JSONValue.self, from: text)
    else { return .string(text) }
    return value
  }

  /// The names that a recipe may use, for the help of an option.
  static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  private func fileMembers() throws -> [String: JSONValue] {
    guard let recipe else { return [:] }
    let text = try TextFile.read(recipe, "recipe file")
    do {
      let value = try YAMLDecoder().decode(JSONValue.self, from: text)
      if case .object(let members) = value { return members }
    } catch {
      throw EngineError(
        .invalid,
        "The recipe file '\(recipe)' is neither YAML nor JSON\(Self.place(of: error)); write one "
          + "field a line, such as 'learningRate: 0.01'.")
    }
    throw EngineError(
      .invalid, "The recipe file '\(recipe)' holds no fields such as 'learningRate: 0.01'.")
  }

  /// Where a parser stopped: `: did not find expected ',' or '}' in line 3`.
  private static func place(of error: any Error) -> String {
    var cause = error
    if case DecodingError.dataCorrupted(let context) = error {
      cause = context.underlyingError ?? error
    }
    switch cause as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ": \(problem) in line \(mark.line)"
    default: return ""
    }
  }
}
