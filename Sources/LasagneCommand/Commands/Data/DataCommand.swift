import ArgumentParser
import Datasets
import Displays
import Foundation
import LasagneEngine
import Records
import Storage
import Tensors

/// `lasagne data …`: the data sets of a workspace.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Add data sets to a workspace, look at them, rename and remove them.",
    subcommands: [
      AddDataCommand.self, ListDataCommand.self, ShowDataCommand.self,
      DataStatisticsCommand.self, DataSamplesCommand.self, PlacementsCommand.self,
      RenameDataCommand.self, RemoveDataCommand.self, UndoDataCommand.self,
    ],
    defaultSubcommand: ListDataCommand.self)
}

/// `lasagne data add NAME PATH [TARGETS]`.
struct AddDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a data set to the workspace.",
    discussion: """
      PATH is a folder (MNIST's IDX files, CIFAR's, .npy files, images in one folder a class) or a \
      file (.npz, .safetensors, .csv, .tsv, or .npy with TARGETS beside it). With --text it is a text \
      file, or a folder of .txt and .md files, of which each character is learned from those before.
      """)

  @Argument(help: "What to call it.")
  var name: String

  @Argument(help: "A file or a folder.")
  var path: String

  @Argument(help: "An .npy file with the targets, where PATH is one with the inputs.")
  var targets: String?

  @Option(help: "An .npy file with inputs for the test.")
  var testInputs: String?

  @Option(help: "An .npy file with targets for the test.")
  var testTargets: String?

  @Option(
    help: ArgumentHelp(
      """
      An .npy file for another input layer of networks, or the targets of another output, by the \
      layer's name; of the test as testNAME. The first input layer takes PATH.
      """, valueName: "name=file"))
  var array: [String] = []

  @Option(help: "The column of a table that is the target; by default the last.")
  var target: String?

  @Flag(help: "Read text: rows of characters, with the character that follows each as its target.")
  var text = false

  @Option(parsing: .unconditional, help: "The characters of a row of text; by default 64.")
  var window: Int?

  @Option(
    parsing: .unconditional,
    help: "The share of a text, from its end, that is kept for the test; by default 0.1.")
  var testFraction: Double?

  @Flag(help: "Replace a data set of that name.")
  var replace = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    try Names.check(name, of: "a data set")
    let dataset = try read()
    let workspace = try common.openOrCreate()
    let record = try dataset.add(to: workspace, as: name, replacing: replace)
    if common.json {
      try common.putJSON(record)
    } else {
      put("Added \(name): \(DataText.line(record)).")
    }
  }

  func validate() throws {
    if !text, window != nil || testFraction != nil {
      throw ValidationError("--window and --test-fraction cut texts; add --text.")
    }
    if text,
      targets != nil || testInputs != nil || testTargets != nil || target != nil
        || !array.isEmpty
    {
      throw ValidationError("A text has its targets in itself; leave them out.")
    }
  }

  private func read() throws -> Dataset {
    if text {
      var options = TextWindows.Options()
      options.length = window ?? options.length
      options.testFraction = testFraction ?? options.testFraction
      return try TextWindows.read(URL(fileURLWithPath: path), options: options, name: name)
    }
    if targets == nil, !array.isEmpty {
      throw EngineError(
        .invalid,
        "--array adds to .npy files with inputs and targets; name the targets too, or put all arrays "
          + "into an .npz file by their names.")
    }
    if let targets {
      func array(_ path: String?) throws -> HostArray? {
        try path.map { try Npy.read(URL(fileURLWithPath: $0)) }
      }
      return try Dataset(
        name: name, inputs: Npy.read(URL(fileURLWithPath: path)), targets: array(targets),
        testInputs: array(testInputs), testTargets: array(testTargets), others: others(),
        source: "npy files \(path), \(targets)")
    }
    var options = Dataset.ReadOptions(name: name)
    if let target { options.table.labelColumn = target }
    return try Dataset.read(from: URL(fileURLWithPath: path), options: options)
  }
}

extension AddDataCommand {
  /// The arrays of `--array`.
  private func others() throws -> [String: HostArray] {
    var others: [String: HostArray] = [:]
    for text in array {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, others[parts[0]] == nil else {
        throw EngineError(
          .invalid, "'\(text)' names no array; write --array name=file, once for each name.")
      }
      try Names.check(parts[0], of: "an array")
      others[parts[0]] = try Npy.read(URL(fileURLWithPath: parts[1]))
    }
    return others
  }
}

/// `lasagne data list`.
struct ListDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the data sets of the workspace, and where those in use lie.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let records = try workspace.data.list()
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put("No data yet; add some with 'lasagne data add NAME PATH'.")
      return
    }
    put(Displayer.data(records))
    let placements = workspace.placements()
    if !placements.isEmpty {
      put("")
      put(Displayer.placements(placements))
    }
  }
}

/// `lasagne data placements`.
struct PlacementsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "placements",
    abstract: "Show where the arrays of the sessions that run lie, with their bytes.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let placements = try common.existing().placements()
    if common.json {
      for placement in placements { try common.putJSON(placement) }
      return
    }
    guard !placements.isEmpty else {
      put("No session runs that uses data.")
      return
    }
    put(Displayer.placements(placements))
  }
}

/// `lasagne data show NAME`.
struct ShowDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the arrays and classes of a data set.")

  @Argument(help: "The name of a data set.")
  var name: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let record = try DataRecord.find(name, in: common.existing())
    if common.json {
      try common.putJSON(record)
      return
    }
    put(Terminal.standard.bold(record.name) + "  " + DataText.line(record))
    put("from \(record.source)")
    put("SHA-256 \(record.fingerprint)")
    let rows = record.arrays.map { [$0.name, Displayer.shapeText($0.shape), $0.dataType, $0.file] }
    put("")
    put(
      TextTable([("array", .left), ("shape", .left), ("type", .left), ("file", .left)], rows: rows))
    if !record.classNames.isEmpty {
      put("")
      put("classes: " + record.classNames.prefix(40).map(DataText.visible).joined(separator: ", "))
    }
  }
}

/// What is said of a data set in tables and sentences.
enum DataText {
  /// A class name of which something can be seen.
  static func visible(_ name: String) -> String {
    ["\n": "⏎", "\r": "␍", "\t": "⇥", " ": "␣"][name] ?? name
  }

  static func line(_ record: DataRecord) -> String {
    var parts = record.arrays.map { "\($0.name) \(Displayer.shapeText($0.shape)) \($0.dataType)" }
    if !record.classNames.isEmpty { parts.append("\(record.classNames.count) classes") }
    parts.append(NumberText.bytes(record.byteCount))
    return parts.joined(separator: ", ")
  }
}
