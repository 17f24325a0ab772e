import Datasets
import Foundation
import Tensors
import Testing

private func floats(_ values: [Float]) throws -> HostArray {
  try HostArray(values, shape: [values.count])
}

private func small(compressed: Bool = false) throws -> Data {
  try Npz.data([("b", floats([1, 2])), ("a", floats([3]))], compressed: compressed)
}

@Suite struct NpzTests {
  @Test func `names, order and arrays survive a round trip, stored and deflated`() throws {
    let entries = try arrayOfEveryType().filter { $0.dataType != .bfloat16 }
      .map { (name: $0.dataType.rawValue, array: $0) }.reversed()
    for compressed in [false, true] {
      let read = try Npz.read(Npz.data(Array(entries), compressed: compressed))
      #expect(read.map(\.name) == entries.map(\.name))
      #expect(read.map(\.array) == entries.map(\.array))
    }
    #expect(try Npz.read(Npz.data([])).isEmpty)
  }

  @Test func `equal arrays make equal bytes and deflating makes fewer`() throws {
    let zeros: [(name: String, array: HostArray)] = [
      ("w", try floats([Float](repeating: 0, count: 10_000)))
    ]
    #expect(try Npz.data(zeros) == Npz.data(zeros))
    #expect(try Npz.data(zeros, compressed: true).count < 1000)
  }

  @Test func `numbered arrays come by their numbers`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.npz")
      try Npz.write(numbered: try (0..<12).map { try floats([Float($0)]) }, to: url)
      let arrays = try Npz.numberedArrays(url)
      #expect(arrays.map { $0.values(as: Int64.self) } == (0..<12).map { [$0] })
      let shuffled = try Npz.numberedArrays(Npz.read(url).reversed())
      #expect(shuffled == arrays)
    }
    let gap: [(name: String, array: HostArray)] = [
      ("arr_0", try floats([1])), ("arr_2", try floats([2])),
    ]
    #expect(reason(try Npz.numberedArrays(gap)).contains("2 arrays but no arr_1"))
    #expect(reason(try Npz.numberedArrays([("W", floats([1]))])).contains("'W'"))
  }

  @Test func `no cut-off archive is read`() throws {
    for compressed in [false, true] {
      let file = try small(compressed: compressed)
      for length in 0..<file.count {
        _ = reason(try Npz.read(file.prefix(length)))
      }
    }
  }

  @Test func `no changed byte crashes, and changed elements are noticed`() throws {
    for compressed in [false, true] {
      let file = try small(compressed: compressed)
      for offset in 0..<file.count {
        for flip in [0x01, 0x80, 0xFF] as [UInt8] {
          _ = try? Npz.read(file.patched(at: offset, [file[offset] ^ flip]))
        }
      }
    }
    let file = try small()
    let element = 30 + 5 + 128
    #expect(
      reason(try Npz.read(file.patched(at: element, [9]), path: "w.npz"))
        == "w.npz: has a damaged entry 'b.npy' at byte 35: its checksum is wrong")
  }

  @Test func `two arrays of one name are refused`() throws {
    let array = try floats([1])
    #expect(reason(try Npz.data([("a", array), ("a", array)])).contains("two arrays named 'a'"))
    let file = try small()
    // Rename b to a in its local header and in the directory.
    let second = try file.lastOffset(of: Array("b.npy".utf8))
    let renamed = file.patched(at: 30, [0x61]).patched(at: second, [0x61])
    #expect(reason(try Npz.read(renamed)).contains("two entries named 'a.npy'"))
  }

  @Test func `unsafe names, links and encrypted entries are refused`() throws {
    let array = try floats([1])
    for name in ["../up", "/root", "a/../../b", "a\\b", "a\0b"] {
      #expect(reason(try Npz.read(Npz.data([(name, array)]))).contains("unsafe name"))
    }
    let file = try small()
    let directory = try file.lastOffset(of: Array("b.npy".utf8)) - 46
    let link = file.patched(at: directory + 38, [0, 0, 0xFF, 0xA1])
    #expect(reason(try Npz.read(link)).contains("symbolic link"))
    #expect(reason(try Npz.read(file.patched(at: directory + 8, [1, 8]))).contains("encrypted"))
    #expect(reason(try Npz.read(file.patched(at: directory + 10, [12]))).contains("method 12"))
  }

  @Test func `sizes that deflate cannot reach are refused before memory is asked for`() throws {
    let file = try small(compressed: true)
    let directory = try file.lastOffset(of: Array("b.npy".utf8)) - 46
    let lie = file.patched(at: directory + 24, [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(reason(try Npz.read(lie)).contains("declares 4294967294 bytes for 'b.npy'"))
    #expect(
      reason(try Npz.read(file.patched(at: directory + 24, [127, 0, 0, 0])))
        .contains("unpacks to more than the 127 bytes"))
  }

  @Test func `overlapping entries are refused`() throws {
    let file = try small()
    let directory = try file.lastOffset(of: Array("a.npy".utf8)) - 46
    // The second record now points at the first entry, which has the same length of name.
    let overlapping = file.patched(at: directory + 42, [0, 0, 0, 0])
      .patched(at: directory + 46, Array("b".utf8))
    #expect(reason(try Npz.read(overlapping)).contains("two entries named"))
    let contradicting = file.patched(at: directory + 42, [0, 0, 0, 0])
    #expect(reason(try Npz.read(contradicting)).contains("contradicts itself"))
    // The first entry claims the second one's bytes as its own.
    let first = try file.lastOffset(of: Array("b.npy".utf8)) - 46
    let large = [UInt8](arrayLiteral: 0, 1, 0, 0)
    let swallowing = file.patched(at: first + 20, large).patched(at: first + 24, large)
    #expect(reason(try Npz.read(swallowing)).contains("overlap"))
  }

  @Test func `a directory that lies about its place or count is refused`() throws {
    let file = try small()
    let end = file.count - 22
    for (offset, bytes) in [
      (10, [3, 0]), (10, [1, 0]), (10, [0xFF, 0xFF]), (12, [0, 0, 0, 0]), (16, [1, 0, 0, 0]),
      (16, [0xFF, 0xFF, 0xFF, 0xFF]), (4, [1, 0]),
    ] as [(Int, [UInt8])] {
      let lie = file.patched(at: end + offset, bytes)
      #expect(reason(try Npz.read(lie, path: "w")).hasPrefix("w: "))
    }
  }

  @Test func `an array inside an archive is named by archive and entry`() throws {
    let good = try small()
    let other = try Npz.data([("b", floats([1, 2]))])
    #expect(try Npz.read(other).count == 1)
    #expect(reason(try Npz.read(good.prefix(40), path: "w.npz")).hasPrefix("w.npz: "))
  }

  @Test(.enabled(if: NumPy.isInstalled, "python3 has no numpy"))
  func `NumPy and this library read each other's npz files`() throws {
    try withTemporaryFolder { folder in
      let ours = folder.appendingPathComponent("ours.npz")
      let stored = folder.appendingPathComponent("stored.npz")
      let packed = folder.appendingPathComponent("packed.npz")
      let arrays = try (0..<11).map { try floats([Float($0), 0.5]) }
      for compressed in [false, true] {
        try Npz.write(numbered: arrays, to: ours, compressed: compressed)
        try NumPy.run(
          """
          import numpy as np
          f = np.load("\(ours.path)")
          arrays = [f["arr_%d" % i] for i in range(len(f.files))]
          assert [a[0] for a in arrays] == list(range(11)), arrays
          np.savez("\(stored.path)", *arrays)
          np.savez_compressed("\(packed.path)", *arrays)
          """)
        #expect(try Npz.numberedArrays(stored) == arrays)
        #expect(try Npz.numberedArrays(packed) == arrays)
      }
    }
  }
}
