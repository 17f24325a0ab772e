import ArgumentParser
import Lasagne
import LasagneEngine
import Records
import Training

/// `lasagne generate MODEL DATA`: text that a language model of characters writes.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write text with a network that was trained on text.",
    discussion: """
      DATA is the text that 'lasagne data add NAME PATH --text' has added: its characters are those \
      that the network reads and writes.
      """)

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Argument(help: "The name of the data set it learned from.")
  var data: String

  @OptionGroup var trained: WeightOptions

  @Option(help: "What the text begins with; by default a new line.")
  var start: String?

  @Option(parsing: .unconditional, help: "How many characters to write.")
  var length = 400

  @Option(
    parsing: .unconditional,
    help: "Below 1 what is probable becomes more so, above 1 less; 0 takes the most probable.")
  var temperature = 1.0

  @Option(parsing: .unconditional, help: "Decides what is drawn.")
  var seed: UInt64 = 1

  @OptionGroup var common: CommonOptions

  func validate() throws { try AtLeast.one(length, "--length") }

  func run() throws {
    let workspace = try common.existing()
    let model = try ModelReference(text: model).model(in: workspace)
    let record = try DataRecord.find(data, in: workspace)
    let vocabulary = try Vocabulary(record)
    let weights = try trained.weights(of: model, in: workspace)
    let continuation = try SequenceContinuation(
      network: model.network, weights: weights,
      context: record.arrays.first { $0.name == "inputs" }?.shape.last ?? 64,
      device: trained.place())
    guard continuation.classCount == vocabulary.count else {
      throw EngineError(
        .invalid,
        "The network '\(model.network.name)' knows \(continuation.classCount) characters, but the "
          + "data '\(data)' have \(vocabulary.count); name the data it learned from.")
    }
    let beginning = try vocabulary.numbers(start ?? vocabulary.usualStart)
    let written = try continuation.next(
      length, after: beginning, temperature: temperature, seed: seed)
    let text = vocabulary.text(written)
    if common.json {
      try common.putJSON(["start": start ?? "", "text": text])
    } else {
      put((start ?? "") + text)
    }
  }
}

/// The characters of a text, by their numbers.
struct Vocabulary {
  private let characters: [String]
  private let places: [String: Int]
  private let data: String

  /// The characters that the classes of a data set are named after.
  init(_ record: DataRecord) throws {
    characters = record.classNames
    data = record.name
    guard !characters.isEmpty, characters.allSatisfy({ $0.unicodeScalars.count == 1 }) else {
      throw EngineError(
        .invalid,
        "The classes of the data '\(record.name)' are no characters; name data that were added with "
          + "'lasagne data add NAME PATH --text'.")
    }
    places = Dictionary(
      characters.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var count: Int { characters.count }

  /// A text begins where a line does.
  var usualStart: String { places["\n"] == nil ? characters[0] : "\n" }

  func text(_ numbers: [Int]) -> String { numbers.map { characters[$0] }.joined() }

  func numbers(_ text: String) throws -> [Int] {
    guard !text.isEmpty else {
      throw EngineError(
        .invalid, "The start is empty; give at least one character, or leave it out.")
    }
    return try text.unicodeScalars.map { scalar in
      guard let place = places[String(scalar)] else {
        throw EngineError(
          .invalid,
          "The start has the character '\(scalar)', which is not among the \(count) of the data "
            + "'\(data)'; write it with others.")
      }
      return place
    }
  }
}
