import Foundation

/// The image files under a folder, by class.
struct ImageTrees {
  struct Tree {
    var folder: URL
    var files: [String: [URL]]
  }

  var train: Tree
  var test: Tree?

  private static let endings: Set<String> = ["png", "jpg", "jpeg"]
  private static let deepest = 32

  /// Lists `train` with `val`, `validation` or `test`, or else the folder itself.
  init(_ folder: URL) throws(FileFormatError) {
    let subfolders = try Self.contents(of: folder).filter(Self.isFolder)
    func named(_ names: [String]) -> URL? {
      names.lazy.compactMap { name in
        subfolders.first { $0.lastPathComponent.lowercased() == name }
      }.first
    }
    let trainFolder = named(["train", "training"])
    train = try Self.tree(trainFolder ?? folder)
    if trainFolder != nil, let other = named(["val", "validation", "valid", "test", "testing"]) {
      let tree = try Self.tree(other)
      for name in tree.files.keys.sorted() where train.files[name] == nil {
        throw FileFormatError(
          path: other.appendingPathComponent(name).path,
          reason: "is a class that has no folder in \(train.folder.path)")
      }
      test = tree
    }
  }

  /// The classes in alphabetical order.
  var classNames: [String] { train.files.keys.sorted() }

  /// Whether a folder holds folders, which may then be classes.
  static func mayBePresent(in folder: URL) -> Bool {
    ((try? contents(of: folder)) ?? []).contains(where: isFolder)
  }

  private static func tree(_ folder: URL) throws(FileFormatError) -> Tree {
    var files: [String: [URL]] = [:]
    for subfolder in try contents(of: folder) where isFolder(subfolder) {
      var found: [URL] = []
      var visited: Set<String> = []
      try collect(subfolder, depth: 0, &visited, into: &found)
      if !found.isEmpty { files[subfolder.lastPathComponent] = found }
    }
    guard !files.isEmpty else {
      throw FileFormatError(
        path: folder.path,
        reason: "has no class folders with PNG or JPEG files, expected one folder a class")
    }
    return Tree(folder: folder, files: files)
  }

  private static func collect(
    _ folder: URL, depth: Int, _ visited: inout Set<String>, into files: inout [URL]
  ) throws(FileFormatError) {
    // A link may lead back up: no folder is entered twice.
    guard visited.insert(folder.resolvingSymlinksInPath().path).inserted else { return }
    guard depth < deepest else {
      throw FileFormatError(path: folder.path, reason: "lies more than \(deepest) folders deep")
    }
    for url in try contents(of: folder) {
      if isFolder(url) {
        try collect(url, depth: depth + 1, &visited, into: &files)
      } else if endings.contains(url.pathExtension.lowercased()) {
        files.append(url)
      }
    }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The visible files and folders in alphabetical order.
  private static func contents(of folder: URL) throws(FileFormatError) -> [URL] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { !$0.hasPrefix(".") }.sorted().map { folder.appendingPathComponent($0) }
    } catch {
      throw FileFormatError(
        path: folder.path, reason: "cannot be listed (\(FileBytes.cause(error)))")
    }
  }
}
