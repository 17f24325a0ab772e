import Testing

@testable import Training

/// The words of `LASAGNE_PLAN`.
struct StepPlanningTests {
  @Test func `environment words switch plans and single rewrites off`() throws {
    #expect(try StepPlanning(environment: [:]) == StepPlanning())
    #expect(try StepPlanning(environment: ["LASAGNE_PLAN": ""]) == StepPlanning())
    #expect(try StepPlanning(environment: ["LASAGNE_PLAN": "off"]) == .off)
    #expect(try !StepPlanning(environment: ["LASAGNE_PLAN": "-pooling"]).fusesPooling)
    let both = try StepPlanning(environment: ["LASAGNE_PLAN": "-normalization, -pooling"])
    #expect(!both.fusesPooling && !both.fusesNormalization && both.isOn)
    #expect(both.omissions == ["-pooling", "-normalization"])
    #expect(StepPlanning.off.omissions == ["off"] && StepPlanning().omissions.isEmpty)
  }

  @Test(arguments: ["pooling", "on", "-pool", "Off", "-blocks,-unknown"])
  func `a word that switches nothing off is refused with those that do`(words: String) {
    let refusal = sentence { _ = try StepPlanning(environment: ["LASAGNE_PLAN": words]) }
    let word = words.split(separator: ",").last ?? ""
    #expect(refusal.hasPrefix("LASAGNE_PLAN has the word '\(word)', which switches nothing off;"))
    for (name, _) in StepPlanning.rewrites { #expect(refusal.contains("-\(name),")) }
  }
}
