import Foundation

@testable import Storage

/// A folder as a disk has it, which keeps for sure only what was synchronized.
///
/// File operations are played to it one by one. After each it says what a power failure could leave:
/// of names that were not synchronized any of the changes in their order, each as a whole or not at
/// all, and of bytes that were not synchronized all, none, a first part, or zeros in their place.
/// That is less than any common file system keeps.
struct LossyDisk {
  /// What becomes of bytes that were not synchronized.
  enum Fate: CaseIterable {
    case kept
    case lost
    case torn
    case zeros
  }

  /// What a power failure does: which changes of names it keeps, and what it does to bytes.
  struct Failure {
    var keepsNaming: [Bool]
    var fate: Fate
  }

  private struct Node {
    var isFolder: Bool
    var bytes = Data()
    /// The bytes as every process sees them.
    var live = Data()
  }

  private struct Link {
    var folder: Int
    var name: String
    /// `nil` where the name is taken away.
    var node: Int?
  }

  private let root: String
  private var nodes: [Node] = []
  private var durable: [Int: [String: Int]] = [:]
  private var live: [Int: [String: Int]] = [:]
  /// Changes of names that are not synchronized; the links of one are made together.
  private var namings: [[Link]] = []

  /// Takes a folder as it is; all of it is on the disk.
  init(_ url: URL) throws {
    root = url.path
    var known: [UInt64: Int] = [:]
    _ = try take(url, &known)
    durable = live
  }

  private mutating func take(_ url: URL, _ known: inout [UInt64: Int]) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
    let number = attributes[.systemFileNumber] as? UInt64 ?? 0
    if !isFolder, let node = known[number] { return node }
    let node = nodes.count
    known[number] = node
    if isFolder {
      nodes.append(Node(isFolder: true))
      live[node] = [:]
      for name in Files.names(in: url) {
        let child = try take(url.child(name), &known)
        live[node]?[name] = child
      }
    } else {
      let bytes = try Data(contentsOf: url)
      nodes.append(Node(isFolder: false, bytes: bytes, live: bytes))
    }
    return node
  }

  // MARK: Operations

  /// Does what a program did.
  mutating func apply(_ operation: FileOperation) {
    switch operation {
    case .open(let url, let isEmptied):
      if let node = node(url) {
        if isEmptied { nodes[node].live = Data() }
      } else {
        make(url, isFolder: false)
      }
    case .write(let url, let data): node(url).map { nodes[$0].live += data }
    case .truncate(let url, let size):
      node(url).map { nodes[$0].live = nodes[$0].live.prefix(size) }
    case .synchronize(let url):
      guard let node = node(url) else { return }
      if nodes[node].isFolder { settle(node) } else { nodes[node].bytes = nodes[node].live }
    case .makeFolder(let url): make(url, isFolder: true)
    case .link(let from, let to): name([place(to).map { ($0, node(from)) }])
    case .rename(let from, let to):
      name([place(to).map { ($0, node(from)) }, place(from).map { ($0, nil) }])
    case .exchange(let one, let other):
      name([place(one).map { ($0, node(other)) }, place(other).map { ($0, node(one)) }])
    case .remove(let url): remove(url)
    case .close, .read: break
    }
  }

  private mutating func make(_ url: URL, isFolder: Bool) {
    nodes.append(Node(isFolder: isFolder))
    let node = nodes.count - 1
    if isFolder { (live[node], durable[node]) = ([:], [:]) }
    name([place(url).map { ($0, node) }])
  }

  private mutating func remove(_ url: URL) {
    if let node = node(url), nodes[node].isFolder {
      for name in live[node, default: [:]].keys.sorted() { remove(url.child(name)) }
    }
    name([place(url).map { ($0, nil) }])
  }

  private mutating func name(_ changes: [((folder: Int, name: String), Int?)?]) {
    let links = changes.compactMap { change in
      change.map { Link(folder: $0.0.folder, name: $0.0.name, node: $0.1) }
    }
    for link in links { live[link.folder]?[link.name] = link.node }
    namings.append(links)
  }

  /// Puts on the disk what a folder's names are now, with all earlier changes of the same names.
  private mutating func settle(_ folder: Int) {
    var isSettled = namings.map { $0.contains { $0.folder == folder } }
    for later in namings.indices.reversed() where isSettled[later] {
      for earlier in 0..<later {
        let isRelated = namings[earlier].contains { link in
          namings[later].contains { $0.folder == link.folder && $0.name == link.name }
        }
        if isRelated { isSettled[earlier] = true }
      }
    }
    for (naming, isKept) in zip(namings, isSettled) where isKept {
      for link in naming { durable[link.folder]?[link.name] = link.node }
    }
    namings = zip(namings, isSettled).filter { !$0.1 }.map(\.0)
  }

  private func place(_ url: URL) -> (folder: Int, name: String)? {
    node(url.deletingLastPathComponent()).map { ($0, url.lastPathComponent) }
  }

  private func node(_ url: URL) -> Int? {
    guard url.path == root || url.path.hasPrefix(root + "/") else { return nil }
    var node = 0
    for name in url.path.dropFirst(root.count).split(separator: "/") {
      guard let next = live[node]?[String(name)] else { return nil }
      node = next
    }
    return node
  }

  // MARK: Failures

  /// The failures that can happen now: all, or where these are too many those of one change at a
  /// time and some others.
  func failures(_ generator: inout SmallGenerator) -> [Failure] {
    let count = namings.count
    let hasBytes = nodes.contains { !$0.isFolder && $0.bytes != $0.live }
    let fates = hasBytes ? Fate.allCases : [.kept]
    var choices: [[Bool]]
    if count <= 5 {
      choices = (0..<(1 << count)).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
    } else {
      choices = [true, false].flatMap { usual in
        [Array(repeating: usual, count: count)]
          + (0..<count).map { odd in (0..<count).map { ($0 == odd) != usual } }
      }
      choices += (0..<32).map { _ in
        (0..<count).map { _ in Bool.random(using: &generator) }
      }
    }
    return choices.flatMap { names in fates.map { Failure(keepsNaming: names, fate: $0) } }
  }

  /// The failure that keeps only what it must.
  var worst: Failure {
    Failure(keepsNaming: Array(repeating: false, count: namings.count), fate: .lost)
  }

  /// The files that a failure leaves, by their paths; folders end with a slash and have no bytes.
  func files(after failure: Failure) -> [String: Data] {
    var names = durable
    for (naming, isKept) in zip(namings, failure.keepsNaming) where isKept {
      for link in naming { names[link.folder]?[link.name] = link.node }
    }
    var files: [String: Data] = [:]
    func visit(_ folder: Int, _ path: String) {
      for (name, node) in names[folder, default: [:]] {
        if nodes[node].isFolder {
          files[path + name + "/"] = Data()
          visit(node, path + name + "/")
        } else {
          files[path + name] = bytes(of: nodes[node], failure.fate)
        }
      }
    }
    visit(0, "")
    return files
  }

  private func bytes(of node: Node, _ fate: Fate) -> Data {
    let added = max(0, node.live.count - node.bytes.count)
    switch fate {
    case .kept: return node.live
    case .lost: return node.bytes
    case .torn: return node.bytes + node.live.suffix(added).prefix((added + 1) / 2)
    case .zeros: return node.bytes + Data(count: added)
    }
  }

  /// Writes files into a new folder.
  static func write(_ files: [String: Data], to url: URL) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (path, data) in files.sorted(by: { $0.key < $1.key }) {
      let target = url.child(path: path)
      if path.hasSuffix("/") {
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      } else {
        try data.write(to: target)
      }
    }
  }
}
