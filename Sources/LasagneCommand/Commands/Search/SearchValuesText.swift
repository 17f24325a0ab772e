import Foundation
import LasagneEngine
import Records

/// What a field may be, as it is written on the command line: `32,64`, `log:0.001..0.1`.
enum SearchValuesText {
  /// The parts of `field=values`.
  static func assignment(_ text: String) throws -> (field: String, values: SearchValues) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw EngineError(
        .invalid, "--over is '\(text)'; write field=values, like learningRate=log:0.0001..0.1.")
    }
    return (parts[0], try values(parts[1], of: parts[0]))
  }

  private static func values(_ text: String, of field: String) throws -> SearchValues {
    if text.hasPrefix("[") {
      guard case .array(let values) = RecipeOptions.value(text) else {
        throw EngineError(.invalid, "The values '\(text)' of '\(field)' are no JSON list.")
      }
      return .choice(values)
    }
    let kinds = ["log:": (true, false), "int:": (false, true), "intlog:": (true, true)]
    let kind = kinds.first { text.hasPrefix($0.key) }
    let plain = String(text.dropFirst(kind?.key.count ?? 0))
    guard let dots = plain.range(of: "..") else {
      if kind == nil {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return .choice(words.map(RecipeOptions.value))
      }
      throw noRange(text, of: field)
    }
    let end = plain[dots.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
    let points = end.count == 2 ? Int(end[1]) : nil
    guard let from = Double(plain[..<dots.lowerBound]), let to = end.first.flatMap({ Double($0) }),
      end.count == 1 || points != nil
    else { throw noRange(text, of: field) }
    let (isLogarithmic, isWhole) = kind?.value ?? (false, false)
    return .range(
      SearchRange(
        from: from, to: to, isLogarithmic: isLogarithmic, isWhole: isWhole, points: points))
  }

  private static func noRange(_ text: String, of field: String) -> EngineError {
    EngineError(
      .invalid,
      "The range '\(text)' of '\(field)' cannot be read; write one like 0..1, log:0.001..0.1, "
        + "int:1..8 or 0..1/5.")
  }
}
