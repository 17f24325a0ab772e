/// One public name of Lasagne, what it is here, and what shows that it does the same.
struct LasagneName: Equatable {
  let lasagne: String
  /// The Swift name.
  let swift: String
  let evidence: Evidence

  init(_ lasagne: String, _ swift: String, _ evidence: Evidence) {
    self.lasagne = lasagne
    self.swift = swift
    self.evidence = evidence
  }

  /// What was recorded from the real Lasagne under the name, or a test where numbers cannot tell.
  enum Evidence: Equatable {
    /// The layer and network cases with a layer of one of these types.
    case types([String])
    /// These layer cases.
    case cases([String])
    /// The layer cases that spell out what this function makes.
    case expansion
    /// The entries of these names in a list of a table.
    case table(String, String, [String])
    /// The updates that are applied on top of another.
    case onTop
    /// The training runs.
    case trainings
    /// Every layer and network case goes through it.
    case everyCase
    /// The test of this name.
    case test(String)
  }

  /// The identifiers that the sources must declare.
  var declarations: [Substring] {
    swift.split(separator: ".").filter { $0 != "init" }
  }
}
