/// The value of an argument.
enum ZooValue: Sendable {
  case count(Int)
  case counts([Int])
  case shape([Int])
  case number(Double)
  case flag(Bool)
  case word(String)

  /// How it is written.
  var text: String {
    switch self {
    case .count(let count): "\(count)"
    case .counts(let counts): counts.map(String.init).joined(separator: ",")
    case .shape(let lengths): lengths.map(String.init).joined(separator: "x")
    case .number(let number): "\(number)"
    case .flag(let isOn): isOn ? "yes" : "no"
    case .word(let word): word
    }
  }

  /// What a person must write, for sentences.
  var kind: String {
    switch self {
    case .count: "a whole number"
    case .counts: "whole numbers with commas between them"
    case .shape: "lengths with an x between them, like 1x28x28,"
    case .number: "a number"
    case .flag: "yes or no"
    case .word: "a word"
    }
  }

  /// A value of the same kind from text; nil where the text is none.
  func read(_ text: String) -> ZooValue? {
    switch self {
    case .count: Int(text).map(ZooValue.count)
    case .counts: Self.numbers(text, ",").map(ZooValue.counts)
    case .shape: Self.numbers(text, "x").map(ZooValue.shape)
    case .number: Double(text).map(ZooValue.number)
    case .flag: ["yes": true, "true": true, "no": false, "false": false][text].map(ZooValue.flag)
    case .word: .word(text)
    }
  }

  private static func numbers(_ text: String, _ separator: Character) -> [Int]? {
    if text.isEmpty { return [] }
    let words = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }
    return numbers.count == words.count ? numbers : nil
  }
}

/// All arguments of a network with their values.
struct ZooValues: Sendable {
  let values: [String: ZooValue]

  func count(_ name: String) -> Int {
    if case .count(let count) = values[name] { count } else { 0 }
  }

  func number(_ name: String) -> Double {
    if case .number(let number) = values[name] { number } else { 0 }
  }

  func isOn(_ name: String) -> Bool {
    if case .flag(let isOn) = values[name] { isOn } else { false }
  }

  func word(_ name: String) -> String {
    if case .word(let word) = values[name] { word } else { "" }
  }

  func list(_ name: String) -> [Int] {
    switch values[name] {
    case .counts(let numbers), .shape(let numbers): numbers
    default: []
    }
  }
}
