import Foundation
import Tensors

/// NumPy's file of several named arrays: a zip archive of npy files.
///
/// What `numpy.savez` and `numpy.savez_compressed` write is read; `numpy.load` reads what is written.
public enum Npz {
  /// The arrays by name (without `.npy`), in the order of the file.
  ///
  /// Stored arrays stay on disk until they are used, so the file must not be shortened meanwhile.
  public static func read(
    _ url: URL
  ) throws(FileFormatError) -> [(name: String, array: HostArray)] {
    try read(FileBytes(mapping: url))
  }

  /// The arrays in a file's bytes; `path` names them in errors.
  public static func read(
    _ data: Data, path: String = "npz data"
  ) throws(FileFormatError) -> [(name: String, array: HostArray)] {
    try read(FileBytes(data, path: path))
  }

  /// The arrays `arr_0`, `arr_1`, … by their numbers, as `numpy.savez(file, *arrays)` writes them.
  ///
  /// Throws unless the file holds exactly these names without a gap.
  public static func numberedArrays(_ url: URL) throws(FileFormatError) -> [HostArray] {
    try numberedArrays(read(url), path: url.path)
  }

  /// Picks the arrays `arr_0`, `arr_1`, … out of what `read` returned, by their numbers.
  public static func numberedArrays(
    _ entries: [(name: String, array: HostArray)], path: String = "npz data"
  ) throws(FileFormatError) -> [HostArray] {
    var numbered: [Int: HostArray] = [:]
    for (name, array) in entries {
      guard let number = number(of: name) else {
        throw FileFormatError(
          path: path, reason: "holds an array '\(name)', expected only arr_0, arr_1, …")
      }
      numbered[number] = array
    }
    var arrays: [HostArray] = []
    for number in 0..<entries.count {
      guard let array = numbered[number] else {
        throw FileFormatError(
          path: path, reason: "holds \(entries.count) arrays but no arr_\(number)")
      }
      arrays.append(array)
    }
    return arrays
  }

  /// The entries as a file's bytes.
  public static func data(
    _ entries: [(name: String, array: HostArray)], compressed: Bool = false
  ) throws(FileFormatError) -> Data {
    try pieces(entries, compressed: compressed, path: "npz data").reduce(into: Data()) {
      $0.append($1)
    }
  }

  /// Writes a file; it appears under its name when it is complete.
  public static func write(
    _ entries: [(name: String, array: HostArray)], to url: URL, compressed: Bool = false
  ) throws(FileFormatError) {
    try writeFile(pieces(entries, compressed: compressed, path: url.path), to: url)
  }

  /// Writes arrays as `arr_0`, `arr_1`, …, as `numpy.savez(file, *arrays)` does.
  public static func write(
    numbered arrays: [HostArray], to url: URL, compressed: Bool = false
  ) throws(FileFormatError) {
    try write(
      arrays.enumerated().map { ("arr_\($0.offset)", $0.element) }, to: url, compressed: compressed)
  }

  private static func number(of name: String) -> Int? {
    guard name.hasPrefix("arr_") else { return nil }
    let digits = name.dropFirst(4)
    guard let number = Int(digits), String(number) == digits, number >= 0 else { return nil }
    return number
  }

  private static func read(
    _ file: FileBytes
  ) throws(FileFormatError) -> [(name: String, array: HostArray)] {
    let archive = try ZipReader(file)
    var arrays: [(name: String, array: HostArray)] = []
    var names: Set<String> = []
    for (index, entry) in archive.entries.enumerated() {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      guard names.insert(name).inserted else {
        throw file.failure("has two arrays named '\(name)'")
      }
      let contents = try archive.contents(ofEntry: index)
      arrays.append((name, try Npy.read(contents, path: "\(file.path) › \(entry.name)")))
    }
    return arrays
  }

  private static func pieces(
    _ entries: [(name: String, array: HostArray)], compressed: Bool, path: String
  ) throws(FileFormatError) -> [Data] {
    var names: Set<String> = []
    var archive = ZipWriter(path: path)
    for (name, array) in entries {
      guard names.insert(name).inserted else {
        throw FileFormatError(path: path, reason: "would get two arrays named '\(name)'")
      }
      let header = try Npy.header(of: array, path: path)
      try archive.add("\(name).npy", [header, array.data], compressed: compressed)
    }
    archive.finish()
    return archive.pieces
  }
}
