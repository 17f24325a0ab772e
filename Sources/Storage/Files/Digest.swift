import Crypto
import Foundation

/// SHA-256 of files and bytes, in hexadecimal.
enum Digest {
  static func sha256(_ data: Data) -> String { hexadecimal(SHA256.hash(data: data)) }

  /// The digest of a file's bytes, read in pieces.
  static func sha256(of url: URL) throws(StorageError) -> String {
    var hash = SHA256()
    var offset = 0
    while true {
      let piece = try Files.read(url, from: offset, limit: 4 << 20)
      if piece.isEmpty { break }
      hash.update(data: piece)
      offset += piece.count
    }
    return hexadecimal(hash.finalize())
  }

  fileprivate static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}

/// A SHA-256 that is fed piece by piece.
public struct RunningDigest {
  private var hash = SHA256()

  /// Begins with nothing.
  public init() {}

  /// Adds bytes.
  public mutating func add(_ data: Data) { hash.update(data: data) }

  /// The digest of all that was added, in hexadecimal.
  public func finished() -> String { Digest.hexadecimal(hash.finalize()) }
}
