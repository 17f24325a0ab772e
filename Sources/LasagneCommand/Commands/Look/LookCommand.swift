import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne look …`: what a session's network sees.
struct LookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "look",
    abstract: "See what a session's network makes of its data.",
    discussion: """
      By the newest weights that the session has kept. SESSION is an id, its beginning, or a name; \
      without --part the test samples are meant, else those held out for validation.

        lasagne look confusion demo
        lasagne look sample demo 17 --of saliency -o saliency.png
        lasagne look projection demo dense1 --by tsne -o map.svg
        lasagne look strongest demo conv2 -o strongest.png
      """,
    subcommands: [
      LookConfusionCommand.self, LookCasesCommand.self, LookSampleCommand.self,
      LookProjectionCommand.self, LookStrongestCommand.self,
    ])
}

/// A session and the part of its data to look at.
struct LookTarget: ParsableArguments {
  @Argument(help: "A session's id (or its beginning), or its name.")
  var session: String

  @Option(help: ArgumentHelp("The part of the data: test or validation.", valueName: "name"))
  var part: String?

  @OptionGroup var common: CommonOptions

  /// The session's network with its newest weights.
  func open() throws -> SessionLook {
    let workspace = try common.existing()
    return try SessionLook(
      SessionRecords.find(session, in: workspace).request.id, in: workspace)
  }

  /// The part meant.
  func part(of look: SessionLook) throws -> String {
    guard let name = part ?? look.parts.first else {
      throw EngineError(
        .invalid, "The session has neither test nor validation samples to look at.")
    }
    return name
  }
}

/// A file that a picture is written to.
enum PictureOutput {
  /// Checks that a file's name ends in a kind that can be written.
  static func check(_ path: String?, kinds: [String]) throws {
    guard let path, !kinds.contains(URL(fileURLWithPath: path).pathExtension.lowercased()) else {
      return
    }
    throw ValidationError(
      "'\(path)' ends in no kind of file that can be written: use "
        + kinds.map { ".\($0)" }.joined(separator: " or ") + ".")
  }

  /// Writes a picture and says so.
  static func write(_ content: Data, to path: String, _ common: CommonOptions) throws {
    let file = URL(fileURLWithPath: path)
    try NewFile.checkFolder(of: file)
    try AtomicFile.write(content, to: file, replacing: true)
    if common.json {
      try common.putJSON(["output": file.path])
    } else {
      put("Wrote \(file.path) (\(NumberText.bytes(content.count))).")
    }
  }
}

extension ImageStack {
  /// The same images with each entry as a square of so many.
  func enlarged(by factor: Int) -> ImageStack {
    guard factor > 1 else { return self }
    var copy = self
    (copy.height, copy.width) = (height * factor, width * factor)
    copy.values = (0..<(count * channels)).flatMap { plane in
      (0..<copy.height).flatMap { row in
        let start = (plane * height + row / factor) * width
        return (0..<copy.width).map { values[start + $0 / factor] }
      }
    }
    return copy
  }
}
