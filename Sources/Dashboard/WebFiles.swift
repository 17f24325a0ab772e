import Foundation
import Hummingbird

/// The page's own files and the third-party ones, read once when the server starts.
///
/// A request is looked up by name in this table; no path is ever made from its text.
struct WebFiles: Sendable {
  private struct File {
    let content: Data
    let type: String
    let tag: String
  }

  private let files: [String: File]

  /// Where the page's own files lie, and the folder of third-party files that
  /// `scripts/fetch-web-assets` fills; a folder that is not there gives no files.
  init(web: URL, assets: URL) {
    var files: [String: File] = [:]
    for (prefix, folder) in [("web", web), ("assets", assets)] {
      for (name, url) in WebFiles.list(folder) {
        guard let type = WebFiles.type(of: name), let content = try? Data(contentsOf: url) else {
          continue
        }
        files["\(prefix)/\(name)"] = File(
          content: content, type: type, tag: WebFiles.tag(of: content))
      }
    }
    self.files = files
  }

  /// The answer for a name like `web/app.js`; not modified where the browser has it already.
  func response(for name: String, ifNoneMatch: String?) throws -> Response {
    guard let file = files[name] else {
      throw DashboardError.notFound("There is nothing at this address.")
    }
    if ifNoneMatch == file.tag {
      return Response(status: .notModified, headers: [.eTag: file.tag, .cacheControl: "no-cache"])
    }
    return Reply.file(file.content, type: file.type, cache: "no-cache", tag: file.tag)
  }

  /// The names, for the test that asks for each.
  var names: [String] { files.keys.sorted() }

  /// The folder that belongs to the program: beside the executable, where an installed one has it,
  /// else where it was built.
  static var ownFolder: URL {
    let bundle = "LasagneEngine_Dashboard.resources/Web"
    if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      let beside = executable.deletingLastPathComponent().appendingPathComponent(bundle)
      if FileManager.default.fileExists(atPath: beside.path) { return beside }
    }
    return Bundle.module.bundleURL.appendingPathComponent("Web")
  }

  /// Where `scripts/fetch-web-assets` puts third-party files.
  static var assetsFolder: URL {
    let environment = ProcessInfo.processInfo.environment
    let home = FileManager.default.homeDirectoryForCurrentUser
    let caches =
      environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
      ?? home.appendingPathComponent(".cache")
    let cache =
      environment["LASAGNE_CACHE"].map { URL(fileURLWithPath: $0) }
      ?? caches.appendingPathComponent("lasagne-engine")
    return cache.appendingPathComponent("web-1.6.18")
  }

  private static func list(_ folder: URL) -> [(String, URL)] {
    let keys: [URLResourceKey] = [.isRegularFileKey]
    let found =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: keys))
      ?? []
    return found.filter {
      (try? $0.resourceValues(forKeys: Set(keys)).isRegularFile) == true
        && !$0.lastPathComponent.hasPrefix(".")
    }.map { ($0.lastPathComponent, $0) }
  }

  private static func type(of name: String) -> String? {
    let types = [
      "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
      "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8",
    ]
    return name.split(separator: ".").last.flatMap { types[String($0)] }
  }

  /// FNV-1a, 64 bits: tells one version of a file from another.
  private static func tag(of content: Data) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "\"\(String(hash, radix: 16))\""
  }
}
