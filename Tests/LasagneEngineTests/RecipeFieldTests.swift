import Lasagne
import LasagneEngine
import Records
import Testing
import Training

@Suite struct RecipeFieldTests {
  @Test func `every live field has a form with its present value`() throws {
    var recipe = Recipe(update: .momentum(momentum: 0.8), learningRate: 0.25)
    recipe.gradientClipping = 2
    let fields = RecipeField.liveFields(of: recipe)
    #expect(Set(fields.map(\.name)) == Set(Recipe.liveFields))
    #expect(fields.count == Recipe.liveFields.count)
    func value(_ name: String) -> JSONValue? { fields.first { $0.name == name }?.value }
    #expect(value("learningRate") == .number(0.25))
    #expect(value("momentum") == .number(0.8))
    #expect(value("gradientClipping") == .number(2))
    #expect(value("totalNormConstraint") == .null)
  }

  @Test func `a rule without momentum shows no field for it`() {
    let fields = RecipeField.liveFields(of: Recipe(update: .adam()))
    #expect(!fields.contains { $0.name == "momentum" })
  }

  @Test func `the limits of a form are those that the recipe keeps`() throws {
    for field in RecipeField.liveFields(of: Recipe()) {
      func isTaken(_ number: Double) -> Bool {
        var recipe = Recipe()
        return (try? recipe.setLive(field.name, to: .number(number))) != nil
      }
      if let minimum = field.minimum {
        #expect(isTaken(minimum) != field.isAboveMinimum, "\(field.name)")
        #expect(!isTaken(minimum - 1), "\(field.name)")
        #expect(isTaken(minimum + (field.below == nil ? 1 : 0.5)), "\(field.name)")
      }
      if let below = field.below { #expect(!isTaken(below), "\(field.name)") }
    }
  }

  @Test func `every schedule that a form offers is one`() throws {
    let field = try #require(
      RecipeField.liveFields(of: Recipe()).first { $0.name == "schedule" })
    #expect(field.choices.map(\.name) == Schedule.names)
    for choice in field.choices {
      let arguments = Dictionary(
        choice.arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      var recipe = Recipe()
      try recipe.setLive(
        "schedule",
        to: arguments.isEmpty ? .string(choice.name) : .object([choice.name: .object(arguments)]))
      #expect(recipe.schedule.name == choice.name)
    }
  }

  @Test func `the curve of a schedule is what the run will do`() throws {
    // Half a cosine from 0.2: full at the start, half in the middle, nothing at the end.
    let curve = LearningRateCurve(
      Recipe(learningRate: 0.2, schedule: .cosine, epochs: 8), pointCount: 4)
    #expect(curve.points.map(\.epoch) == [0, 2, 4, 6, 8])
    #expect(abs(curve.points[0].rate - 0.2) < 1e-12)
    #expect(abs(curve.points[2].rate - 0.1) < 1e-12)
    #expect(abs(curve.points[4].rate) < 1e-12)
    #expect(curve.note == nil)
    let plateau = LearningRateCurve(Recipe(schedule: .plateau()))
    #expect(plateau.note?.contains("valid/loss") == true)
  }
}
