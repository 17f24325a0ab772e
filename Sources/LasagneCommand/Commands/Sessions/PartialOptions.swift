import ArgumentParser
import Displays
import LasagneEngine
import Records

/// The options for weights of which only a part fits.
struct PartialOptions: ParsableArguments {
  @Flag(
    help: """
      Take of --params what fits by name and shape, and draw all else anew; the options below mean it \
      too.
      """)
  var partial = false

  @Option(
    help: ArgumentHelp("The model of --params, where it is another one.", valueName: "model"))
  var paramsModel: String?

  @Option(
    help: ArgumentHelp(
      "Take only parameters that fit this pattern, as conv*; may be given several times.",
      valueName: "pattern"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Draw parameters anew that fit this pattern; may be given several times.",
      valueName: "pattern"))
  var except: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another name for tensors, as backbone.*=encoder.*; may be given several times.",
      valueName: "theirs=ours"))
  var map: [String] = []

  /// What to take; `nil` where all has to fit.
  var start: PartialStart? {
    guard partial || paramsModel != nil || !(only + except + map).isEmpty else { return nil }
    func some(_ list: [String]) -> [String]? { list.isEmpty ? nil : list }
    return PartialStart(
      model: paramsModel, only: some(only), except: some(except), map: some(map))
  }
}

extension LoadReport {
  /// What became of each tensor.
  ///
  /// - Parameter includesLoaded: Whether those that were loaded are in it too.
  func table(includesLoaded: Bool = true) -> TextTable {
    let others =
      mismatched.map {
        let shapes = "\(Displayer.shapeText($0.found)), needs \(Displayer.shapeText($0.expected))"
        return ["other shape", $0.parameter, $0.tensor, shapes]
      }
      + missing.map { ["missing", $0, "", ""] }
      + skipped.map { ["left out", $0, "", ""] }
      + unexpected.map { ["unexpected", "", $0, ""] }
    let rows = loaded.map { ["loaded", $0.parameter, $0.tensor, ""] }
    return TextTable(
      [("", .left), ("parameter", .left), ("tensor", .left), ("shape", .left)],
      rows: (includesLoaded ? rows : []) + others)
  }
}
