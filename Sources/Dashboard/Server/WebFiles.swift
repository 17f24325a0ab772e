import CImages
import Foundation
import HTTPTypes
import Hummingbird

/// The page's own files and the third-party ones, read and packed once when the server starts.
///
/// A request is looked up by name in this table; no path is ever made from its text.
struct WebFiles: Sendable {
  private struct File {
    let content: Data
    /// The content as gzip; `nil` where that saves nothing.
    let packed: Data?
    let type: String
    let tag: String

    init(_ content: Data, type: String) {
      self.content = content
      self.type = type
      tag = WebFiles.tag(of: content)
      packed = gzipped(content).flatMap { $0.count < content.count * 9 / 10 ? $0 : nil }
    }
  }

  private let files: [String: File]

  /// Changes with any file; it stands in the addresses that the page asks for, so that browsers may
  /// keep what they find there for ever.
  let version: String

  /// Where the page's own files lie, and the folder of third-party files that
  /// `scripts/fetch-web-assets` fills; a folder that is not there gives no files.
  init(web: URL, assets: URL) {
    var contents: [String: (Data, type: String)] = [:]
    for (prefix, folder) in [("web", web), ("assets", assets)] {
      for (name, url) in WebFiles.list(folder) {
        guard let type = WebFiles.type(of: name), let content = try? Data(contentsOf: url) else {
          continue
        }
        contents["\(prefix)/\(name)"] = (content, type)
      }
    }
    let all = contents.sorted { $0.key < $1.key }.map { $0.key + WebFiles.tag(of: $0.value.0) }
    let version = WebFiles.tag(of: Data(all.joined().utf8)).filter { $0 != "\"" }
    self.version = version
    files = Dictionary(
      uniqueKeysWithValues: contents.map { name, file in
        guard name == "web/index.html" else { return (name, File(file.0, type: file.type)) }
        let text = String(decoding: file.0, as: UTF8.self)
          .replacing("\"/web/", with: "\"/files/\(version)/web/")
          .replacing("\"/assets/", with: "\"/files/\(version)/assets/")
        return (name, File(Data(text.utf8), type: file.type))
      })
  }

  /// The answer for a name like `web/app.js`; not modified where the browser has it already.
  ///
  /// - Parameter isForEver: Whether the address names the version, so that what is found there
  ///   never changes.
  func response(
    for name: String, to request: Request, isForEver: Bool = false
  ) throws -> Response {
    guard let file = files[name] else {
      throw DashboardError.notFound("There is nothing at this address.")
    }
    let packed = request.takesGzip ? file.packed : nil
    let tag = packed == nil ? file.tag : "\"\(file.tag.filter { $0 != "\"" })-gzip\""
    let cache = isForEver ? "private, max-age=31536000, immutable" : "no-cache"
    let known = request.headers[.ifNoneMatch]?.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if known?.contains(tag) == true {
      return Response(
        status: .notModified, headers: [.eTag: tag, .cacheControl: cache, .vary: "Accept-Encoding"])
    }
    var response = Reply.file(packed ?? file.content, type: file.type, cache: cache, tag: tag)
    response.headers[.vary] = "Accept-Encoding"
    if packed != nil { response.headers[.contentEncoding] = "gzip" }
    return response
  }

  /// The bytes that a browser fetches in all, packed where that is possible.
  var transferredBytes: Int {
    files.values.reduce(0) { $0 + ($1.packed ?? $1.content).count }
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
      "json": "application/json; charset=utf-8", "woff2": "font/woff2",
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

extension Request {
  /// Whether the answer may be packed.
  var takesGzip: Bool {
    let offers = (headers[.acceptEncoding] ?? "").lowercased().split(separator: ",")
    return offers.contains { offer in
      let parts = offer.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      return parts.first == "gzip" && !parts.dropFirst().contains { Double($0.dropFirst(2)) == 0 }
    }
  }
}

/// Bytes as a gzip file; `nil` where there is no memory for it.
func gzipped(_ content: Data) -> Data? {
  var target: UnsafeMutablePointer<UInt8>?
  var count = 0
  let isDone = content.withUnsafeBytes { bytes -> Bool in
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
    return ci_deflate(start, bytes.count, 1, &target, &count) == 0
  }
  guard isDone, let target else { return nil }
  defer { ci_free(target) }
  return Data(bytes: target, count: count)
}
