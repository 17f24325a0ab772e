/// The Castagnoli checksum that guards the records of journals and event files.
///
/// Polynomial 0x1EDC6F41 (reflected 0x82F63B78), eight bytes a round by the slicing-by-8 method of
/// Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation".
public enum CRC32C {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[index] = value
    }
    for slice in 1..<8 {
      for index in 0..<256 {
        let previous = tables[(slice - 1) * 256 + index]
        tables[slice * 256 + index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
      }
    }
    return tables
  }()

  /// The checksum of some bytes.
  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var value: UInt32 = 0xFFFF_FFFF
      var index = 0
      while index + 8 <= bytes.count {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          ^ UInt64(value)
        // The eight lookups do not wait for one another.
        let (low, high) = (Int(word & 0xFFFF_FFFF), Int(word >> 32))
        value = table[1792 + low & 0xFF] ^ table[1536 + low >> 8 & 0xFF]
        value ^= table[1280 + low >> 16 & 0xFF] ^ table[1024 + low >> 24]
        value ^= table[768 + high & 0xFF] ^ table[512 + high >> 8 & 0xFF]
        value ^= table[256 + high >> 16 & 0xFF] ^ table[high >> 24]
        index += 8
      }
      while index < bytes.count {
        value = value >> 8 ^ table[Int((value ^ UInt32(bytes[index])) & 0xFF)]
        index += 1
      }
      return ~value
    }
  }

  /// The checksum of some bytes.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0) }
  }

  /// The checksum as event files store it, so that a checksum of checksums stays a good one.
  static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
