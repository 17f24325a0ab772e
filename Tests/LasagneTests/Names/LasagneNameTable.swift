import Foundation
import Testing

/// The table of Documentation/lasagne-names.md.
enum LasagneNameTable {
  static let sections: [(title: String, names: [LasagneName])] = [
    ("Layers", LasagneName.layers), ("Around layers", LasagneName.helpers),
    ("Nonlinearities", LasagneName.nonlinearities), ("Initializers", LasagneName.initializers),
    ("Objectives", LasagneName.objectives), ("Updates", LasagneName.updates),
    ("Regularization", LasagneName.penalties),
    ("Utilities, random numbers and extensions of Theano", LasagneName.utilities),
  ]

  static let names = sections.flatMap(\.names)

  static let package: URL = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    return package
  }()
  static let document = package.appending(path: "Documentation/lasagne-names.md")

  /// The whole page; needs the golden values.
  static func page() throws -> String {
    let cases = try GoldenCase.all("layers") + GoldenCase.all("networks")
    var text = introduction
    for section in sections {
      text += "\n## \(section.title)\n\n| Lasagne | Swift | golden cases |\n|---|---|---|\n"
      for name in section.names {
        text += "| `\(name.lasagne)` | `\(name.swift)` | \(try cell(name, cases)) |\n"
      }
    }
    return text + ending
  }

  private static func cell(_ name: LasagneName, _ cases: [GoldenCase]) throws -> String {
    switch name.evidence {
    case .types(let types):
      return try listed(
        cases.filter { !Set($0.facts.types).isDisjoint(with: types) }.map(\.name), name)
    case .cases(let wanted):
      let known = Set(cases.map(\.name))
      try #require(known.isSuperset(of: wanted), "\(name.lasagne): \(wanted)")
      return try listed(wanted, name)
    case .expansion:
      return try listed(
        cases.filter { $0.facts.expands?.hasPrefix(name.lasagne + "(") ?? false }.map(\.name), name)
    case .table(let file, let list, let entries):
      return try counted(
        GoldenTables.entries(file, list).filter { entries.contains($0.name) }.count, file, name)
    case .onTop:
      let count = try GoldenTables.entries("updates.json", "updates")
        .filter { $0["then"]?["name"]?.string == name.lasagne }.count
      return try counted(count, "updates.json", name)
    case .trainings:
      return try counted(
        GoldenTables.entries("training.json", "trainings").count, "training.json", name)
    case .everyCase: return "all \(cases.count) layers and networks"
    case .test(let test): return "test: \(test)"
    }
  }

  private static func listed(_ cases: [String], _ name: LasagneName) throws -> String {
    try #require(!cases.isEmpty, "\(name.lasagne) has no golden case")
    let shown = cases.prefix(4).map { "`\($0)`" }.joined(separator: ", ")
    return cases.count > 4 ? "\(cases.count): \(shown), …" : "\(cases.count): \(shown)"
  }

  private static func counted(_ count: Int, _ file: String, _ name: LasagneName) throws -> String {
    try #require(count > 0, "\(name.lasagne) has no entry in \(file)")
    return "\(count) in `\(file)`"
  }

  private static let introduction = """
    # Lasagne's names here

    What each public name of Lasagne 0.2.dev1 is in Swift, and which golden cases (recorded from the
    real Lasagne) run through it by that name; where recorded numbers cannot tell, the test that does.
    Model files use Lasagne's names of layers. Written by a test:
    `LASAGNE_WRITE_NAMES=1 swift test --filter LasagneNameTests`.

    """

  private static let ending = """

    ## What differs

    The names of GPU versions are read from model files as the ordinary layer with the version's own
    defaults. Refused are those whose arrays have the batch last: `NINLayer_c01b`, and cuda-convnet's
    layers with `dimshuffle: false`.

    Left out are constants about the Python it runs on: `int_types`, `gpu_enabled`, `dnn_enabled`.

    A parameter of a network inside a `CustomRecurrentLayer` is called as in that network. Where the
    name is taken, it is called by its place (`rec.hidden_to_hidden.x.W`), so that each name is one
    parameter; Lasagne lets two have one name. Their order, that of `model.npz`, is the same.

    ## At kinks and ties

    Where a function has no derivative, or two numbers are equal, Theano and libtorch may choose
    differently; where they do, libtorch's choice stands:

    | where | Theano | here |
    |---|---|---|
    | `rectify` and the leaky ones at exactly 0 | the mean of both slopes | the same |
    | `elu`, `selu` and `huber_loss` at the joint, `l1` at exactly 0 (slope 0) | as recorded | the same |
    | the winner of equal features in `FeatureWTALayer` | the first | the same |
    | equal maxima in a pooling region | each gets the whole gradient | the first gets it |
    | equal maxima along axes (`FeaturePoolLayer`, `GlobalPoolLayer`) | each gets the whole gradient | \
    they share it evenly |
    | equal numbers in a merge by `maximum` or `minimum` | the first gets the gradient | they share it \
    evenly |
    | equal predictions at the edge of the top k in `categorical_accuracy` | the later classes count | \
    libtorch does not say |

    """
}
