import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne params note MODEL NAME[@VERSION]`.
struct NoteParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Write about a version, tag it, pin it.")

  @OptionGroup var reference: ParamsArguments

  @Option(help: "What to remember about it; an empty text forgets.")
  var notes: String?

  @Option(help: "Give it this tag; may be given several times.")
  var tag: [String] = []

  @Option(help: "Take this tag away; may be given several times.")
  var untag: [String] = []

  @Flag(inversion: .prefixedNo, help: "Let neither a policy nor a deletion take it.")
  var pin: Bool?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let params = try common.existing().params
    let old = try params.find(model: reference.model, reference: reference.params)
    let tags = Set(old.version.tags).union(tag).subtracting(untag)
    let version = try params.annotate(
      model: reference.model, reference: old.record.reference(old.version), notes: notes,
      tags: Array(tags), isPinned: pin)
    if common.json {
      try common.putJSON(version)
    } else {
      put("Noted \(reference.model) \(old.record.reference(version)).")
    }
  }
}

/// `lasagne params rename MODEL NAME NEW`.
struct RenameParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give params another name, wherever it is mentioned.")

  @OptionGroup var reference: ParamsArguments

  @Argument(help: "The new name.")
  var name: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let params = try common.existing().params
    try params.rename(model: reference.model, name: reference.params, to: name)
    try common.tellRenamed(
      "\(reference.model) \(reference.params)", name,
      params.record(model: reference.model, name: name))
  }
}

/// A command that does one thing to versions of params.
protocol VersionsCommand: ParsableCommand {
  /// What is said when it is done: `Archived`.
  static var done: String { get }
  /// What is said besides; `nil` for nothing.
  static var advice: String? { get }
  var reference: ParamsArguments { get }
  var common: CommonOptions { get }
  /// Does it, and returns the numbers of the versions.
  func change(_ params: ParamsStore) throws -> [Int]
}

extension VersionsCommand {
  static var advice: String? { nil }

  func run() throws {
    let numbers = try change(common.existing().params)
    if common.json {
      try common.putJSON(["versions": numbers])
      return
    }
    guard !numbers.isEmpty else {
      put("Nothing to do.")
      return
    }
    let list = numbers.map(String.init).joined(separator: ", ")
    put(
      "\(Self.done) \(reference.model) \(reference.params): version\(numbers.count == 1 ? "" : "s") "
        + "\(list).")
    if let advice = Self.advice { put(advice) }
  }
}

/// `lasagne params archive MODEL NAME[@VERSION]`.
struct ArchiveParamsCommand: VersionsCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "Hide versions from lists; a bare name means all of them.")
  static let done = "Archived"
  @OptionGroup var reference: ParamsArguments
  @OptionGroup var common: CommonOptions

  func change(_ params: ParamsStore) throws -> [Int] {
    try params.archive(model: reference.model, reference: reference.params)
  }
}

/// `lasagne params restore MODEL NAME[@VERSION]`.
struct RestoreParamsCommand: VersionsCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Show archived versions in lists again.")
  static let done = "Restored"
  @OptionGroup var reference: ParamsArguments
  @OptionGroup var common: CommonOptions

  func change(_ params: ParamsStore) throws -> [Int] {
    try params.restore(model: reference.model, reference: reference.params)
  }
}

/// `lasagne params delete MODEL NAME[@VERSION]`.
struct DeleteParamsCommand: VersionsCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Put versions into the trash; a bare name means all of them.")
  static let done = "Deleted"
  static let advice: String? = "'lasagne params undo' brings them back."
  @OptionGroup var reference: ParamsArguments
  @OptionGroup var common: CommonOptions

  func change(_ params: ParamsStore) throws -> [Int] {
    try params.delete(model: reference.model, reference: reference.params)
  }
}

/// `lasagne params retain MODEL NAME --last … --best …`.
struct RetainParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retain",
    abstract: "Keep some versions of a name and put the others into the trash.",
    discussion: """
      Without --apply it only shows what would go. Pinned versions, those from which others were \
      made and those from which a session started always stay.
      """)

  @OptionGroup var reference: ParamsArguments

  @Option(help: "Keep so many of the newest.")
  var last: Int?

  @Option(help: "Keep the best by this metric, as valid/accuracy.")
  var best: String?

  @Option(help: "How many of the best.")
  var count = 1

  @Option(help: "Keep those whose step is a multiple of this.")
  var everySteps: Int?

  @Option(help: "Keep at most so many bytes, as 500MB: the best first, then the newest.")
  var budget: String?

  @Flag(help: "Do it.")
  var apply = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let policy = ParamsRetention(
      last: last, best: best.map { .init(metric: $0, count: count) }, everySteps: everySteps,
      byteBudget: try budget.map(Self.bytes))
    let params = try common.existing().params
    let plan =
      apply
      ? try params.retain(policy, model: reference.model, name: reference.params)
      : try params.plan(policy, model: reference.model, name: reference.params)
    if common.json {
      try common.putJSON(plan)
      return
    }
    let kept = plan.kept.map { ["\(plan.name)@\($0.version)", "stays", $0.reason] }
    let gone = plan.removed.map { ["\(plan.name)@\($0)", apply ? "went" : "would go", ""] }
    put(TextTable([("params", .left), ("", .left), ("why", .left)], rows: kept + gone))
    put(
      apply
        ? "\(NumberText.bytes(plan.freedBytes)) went into the trash; 'lasagne params undo' brings "
          + "them back, 'lasagne params trash --purge' frees the room."
        : "\(NumberText.bytes(plan.freedBytes)) would go; --apply does it.")
  }

  /// A number of bytes: `1000`, `20KB`, `1.5GB`.
  static func bytes(_ text: String) throws -> Int {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("B", 1)]
    let upper = text.uppercased()
    let unit = units.first { upper.hasSuffix($0.0) } ?? ("", 1)
    let number = Double(upper.dropLast(unit.0.count).trimmingCharacters(in: .whitespaces))
    guard let number, number >= 0, number * unit.1 < 1e18 else {
      throw EngineError(
        .invalid, "'\(text)' is no number of bytes; write it as 1000000, 500MB or 1.5GB.")
    }
    return Int(number * unit.1)
  }
}
