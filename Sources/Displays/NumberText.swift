import Foundation

/// How numbers are written for people, the same in the terminal, in pictures and in reports.
public enum NumberText {
  /// A measured value with four significant digits: `0.1234`, `12.5`, `3.2e-05`, `NaN`.
  public static func value(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number > 0 ? "∞" : "−∞" }
    if number == 0 { return "0" }
    let size = abs(number)
    if size >= 1e6 || size < 1e-3 { return scientific(number) }
    if size >= 1000 { return grouped(Int(number.rounded())) }
    let decimals = max(0, 3 - Int(log10(size).rounded(.down)))
    return trimmed(fixed(number, decimals: min(decimals, 5)))
  }

  /// A whole number with its thousands set apart: `61,706`.
  public static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return number < 0 ? "−" + result : result
  }

  /// A count in three digits and a letter: `61.7k`, `1.2M`.
  public static func short(_ number: Int) -> String {
    scaled(Double(number), step: 1000, units: ["", "k", "M", "G", "T"])
  }

  /// Bytes: `512 B`, `1.5 MiB`.
  public static func bytes(_ number: Int) -> String {
    scaled(Double(number), step: 1024, units: [" B", " KiB", " MiB", " GiB", " TiB"])
  }

  /// Seconds as a person says them: `0.8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 9.95 { return fixed(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
  }

  /// A part of one as a percentage: `91.25 %`.
  public static func percentage(_ fraction: Double) -> String {
    fraction.isFinite ? fixed(fraction * 100, decimals: 2) + " %" : value(fraction)
  }

  static func fixed(_ number: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", number)
  }

  private static func scientific(_ number: Double) -> String { String(format: "%.1e", number) }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let kept = text.reversed().drop { $0 == "0" }
    return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
  }

  private static func scaled(_ number: Double, step: Double, units: [String]) -> String {
    var rest = number
    var unit = 0
    while abs(rest) >= step, unit < units.count - 1 {
      rest /= step
      unit += 1
    }
    if unit == 0 { return "\(Int(number))" + units[0] }
    return trimmed(fixed(rest, decimals: abs(rest) < 100 ? 1 : 0)) + units[unit]
  }
}
