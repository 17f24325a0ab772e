import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Storage

/// `lasagne zoo …`: ready networks.
struct ZooCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo", abstract: "List the ready networks, write one as a model file.",
    discussion: "Wherever a model is asked for, zoo:NAME is the ready network of that name.",
    subcommands: [ListZooCommand.self, WriteZooCommand.self],
    defaultSubcommand: ListZooCommand.self)
}

/// `lasagne zoo list [NAME]`.
struct ListZooCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the ready networks with their arguments.")

  @Argument(help: "A network whose arguments to explain.")
  var name: String?

  @OptionGroup var common: CommonOptions

  /// A network of the zoo as a record.
  private struct Record: Encodable {
    var name: String
    var summary: String
    var inputs: [String]
    var parameters: Int
    var arguments: [Argument]

    struct Argument: Encodable {
      var name: String
      var standard: String
      var help: String
    }
  }

  func run() throws {
    let entries = try name.map { [try Zoo.entry($0)] } ?? Zoo.entries
    let records = try entries.map(record)
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    put(
      TextTable(
        [
          ("network", .left), ("input", .left), ("parameters", .right), ("what it is", .left),
        ],
        rows: records.map {
          [
            $0.name, $0.inputs.joined(separator: ", "), NumberText.grouped($0.parameters),
            $0.summary,
          ]
        }))
    put("")
    if name == nil {
      put("With all arguments at their defaults:")
      for record in records { put("  lasagne zoo write \(usage(record))") }
    } else if let record = records.first {
      put(
        TextTable(
          [("argument", .left), ("default", .left), ("what it decides", .left)],
          rows: record.arguments.map { ["--\($0.name)", $0.standard, $0.help] }))
    }
  }

  private func usage(_ record: Record) -> String {
    let arguments = record.arguments.map { "--\($0.name) \($0.standard)" }
    return ([record.name] + arguments).joined(separator: " ")
  }

  private func record(_ entry: ZooEntry) throws -> Record {
    let network = try entry.network()
    let inputs = try network.inputs.map { name in
      try network.outputShape(of: name).dropFirst().map { $0.map(String.init) ?? "any" }
        .joined(separator: "×")
    }
    return Record(
      name: entry.name, summary: entry.summary, inputs: inputs,
      parameters: network.parameterCount,
      arguments: entry.arguments.map {
        Record.Argument(name: $0.name, standard: $0.defaultText, help: $0.help)
      })
  }
}

/// `lasagne zoo write NAME`.
struct WriteZooCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write", abstract: "Write a ready network as a model file.",
    discussion: """
      What follows the name are the network's own arguments, such as --input 1x28x28 --classes 10; \
      'lasagne zoo list NAME' explains them. Without -o the file goes to standard output.
      """)

  @Argument(help: "The name of a network; 'lasagne zoo list' has them.")
  var name: String

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The network's own arguments.", valueName: "--argument value"))
  var arguments: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write: a .yaml or .json file.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file if it is there.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let format = try format()
    let network = try Zoo.entry(name).network(values())
    let text = try network.modelFile(format: format)
    guard let output else { return put(text, terminator: "") }
    let target = URL(fileURLWithPath: output)
    if !force, FileManager.default.fileExists(atPath: target.path) {
      throw EngineError(
        .invalid, "The file '\(output)' is there already; name another, or replace it by --force.")
    }
    var isFolder: ObjCBool = false
    let folder = target.deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw EngineError(
        .invalid, "The file '\(output)' cannot be written: there is no folder '\(folder)'.")
    }
    try AtomicFile.write(Data(text.utf8), to: target, replacing: force)
    if common.json {
      try common.putJSON(["output": target.path, "name": network.name])
    } else {
      put(
        "Wrote \(network.name) to \(output): \(network.layers.count) layers, "
          + "\(NumberText.grouped(network.parameterCount)) parameters.")
    }
  }

  private func format() throws -> ModelFileFormat {
    guard let output else { return common.json ? .json : .yaml }
    switch URL(fileURLWithPath: output).pathExtension.lowercased() {
    case "yaml", "yml": return .yaml
    case "json": return .json
    default:
      throw EngineError(
        .invalid, "The file '\(output)' is no model file by its name; end it in .yaml or .json.")
    }
  }

  /// The network's arguments by name, from `--name value` and `--name=value`.
  private func values() throws -> [String: String] {
    var values: [String: String] = [:]
    var words = arguments[...]
    while let word = words.popFirst() {
      guard word.hasPrefix("--"), word.count > 2 else {
        throw EngineError(
          .invalid, "'\(word)' is no argument of a network; write --argument value.")
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      guard let value = parts.count == 2 ? parts[1] : words.popFirst() else {
        throw EngineError(.invalid, "The argument '\(word)' has no value; write \(word) value.")
      }
      let argument = Self.camelCase(parts[0])
      guard values.updateValue(value, forKey: argument) == nil else {
        throw EngineError(.invalid, "The argument '\(word)' is given twice; leave one out.")
      }
    }
    return values
  }

  /// `input-dropout` as `inputDropout`.
  private static func camelCase(_ text: String) -> String {
    let words = text.split(separator: "-").map(String.init)
    return words.prefix(1).joined()
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
