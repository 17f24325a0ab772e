import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Storage

/// The options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of models, data, parameters and sessions.",
      discussion: "Without it LASAGNE_WORKSPACE, else ./lasagne-workspace.", valueName: "folder"))
  var workspace: String?

  @Flag(help: "Print one JSON record a line instead of text.")
  var json = false

  /// The folder meant.
  var folder: URL {
    let environment = ProcessInfo.processInfo.environment["LASAGNE_WORKSPACE"]
    let named = environment.flatMap { $0.isEmpty ? nil : $0 }
    return URL(fileURLWithPath: workspace ?? named ?? "lasagne-workspace")
  }

  /// The workspace, which must be there.
  func existing() throws -> Workspace {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw EngineError(
        .unknown,
        "There is no workspace '\(folder.path)'; 'lasagne data add NAME PATH' makes one, and "
          + "--workspace names another.")
    }
    guard isFolder.boolValue else {
      throw EngineError(
        .invalid, "The workspace '\(folder.path)' is a file; a workspace is a folder.")
    }
    return try Workspace.open(at: folder)
  }

  /// The workspace, made if it is not there.
  func openOrCreate() throws -> Workspace {
    try Workspace.openOrCreate(at: folder)
  }

  /// Prints a record as one line of JSON.
  func putJSON(_ value: some Encodable) throws {
    put(String(decoding: try RecordJSON.encode(value), as: UTF8.self))
  }
}
