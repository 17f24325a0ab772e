import Datasets
import Foundation
import Tensors
import Testing

/// An npy file of version 1 with any header text.
func npyFile(_ header: String, _ elements: [UInt8] = [], version: UInt8 = 1) -> Data {
  var file = Data([0x93] + Array("NUMPY".utf8) + [version, 0])
  if version == 1 {
    file.put(UInt16(header.utf8.count))
  } else {
    file.put(UInt32(header.utf8.count))
  }
  return file + Data(header.utf8) + Data(elements)
}

private func header(_ descriptor: String, _ shape: String, fortran: String = "False") -> String {
  "{'descr': '\(descriptor)', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
}

@Suite struct NpyTests {
  @Test func `every element type but bfloat16 survives a round trip`() throws {
    for array in try arrayOfEveryType() where array.dataType != .bfloat16 {
      #expect(try Npy.read(Npy.data(array)) == array)
    }
  }

  @Test func `ranks 0, 1 and 4 and empty arrays survive a round trip through a file`() throws {
    try withTemporaryFolder { folder in
      for shape in [[], [3], [2, 1, 3, 1], [0, 5], [0]] {
        let values = (0..<shape.reduce(1, *)).map { Float($0) }
        let array = try HostArray(values, shape: shape)
        let url = folder.appendingPathComponent("a.npy")
        try Npy.write(array, to: url)
        #expect(try Npy.read(url) == array)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npy"])
      }
    }
  }

  @Test func `elements start at a multiple of 64`() throws {
    for length in [1, 10, 100, 100_000] {
      let array = try HostArray([UInt8](repeating: 7, count: length), shape: [length])
      #expect(try (Npy.data(array).count - length) % 64 == 0)
    }
  }

  @Test func `bfloat16 is refused with a way out`() throws {
    let array = try HostArray([1, 2] as [Float], shape: [2]).converted(to: .bfloat16)
    #expect(
      reason(try Npy.data(array))
        == "npy data: npy has no bfloat16; convert the array to float32 first")
  }

  @Test func `big-endian elements are converted`() throws {
    let file = npyFile(header(">i4", "(2,)"), [0, 0, 1, 0, 255, 255, 255, 254])
    #expect(try Npy.read(file).values(as: Int32.self) == [256, -2])
  }

  @Test func `column-major arrays become row-major`() throws {
    let file = npyFile(header("|u1", "(2, 3)", fortran: "True"), [0, 3, 1, 4, 2, 5])
    let array = try Npy.read(file)
    #expect(array.shape == [2, 3])
    #expect(array.values(as: UInt8.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `versions 2 and 3 and Python 2's long lengths are read`() throws {
    for version in [2, 3] as [UInt8] {
      let file = npyFile(header("<i2", "(1L,)"), [5, 0], version: version)
      #expect(try Npy.read(file).values(as: Int16.self) == [5])
    }
  }

  @Test func `pickled objects are refused with the reason`() {
    #expect(
      reason(try Npy.read(npyFile(header("|O", "(1,)"), [0, 0]), path: "a.npy"))
        == "a.npy: holds pickled Python objects ('|O'), which are not read because unpickling runs "
        + "code; save plain numbers instead")
  }

  @Test func `other element types are refused by name`() {
    for type in ["<c8", "|S5", "<U999999999", "|V2", "<M8[ns]", "", "<", "<u4", "i4"] {
      #expect(reason(try Npy.read(npyFile(header(type, "(1,)"), [0]))).contains("'\(type)'"))
    }
    let structured = "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }\n"
    #expect(reason(try Npy.read(npyFile(structured))).contains("structured array"))
  }

  @Test func `a shape larger than the file is refused before memory is asked for`() {
    #expect(
      reason(try Npy.read(npyFile(header("<f8", "(4294967296,)"), [0]), path: "a.npy"))
        == "a.npy: declares shape [4294967296] of float64, 34359738368 bytes from byte 77, but "
        + "holds 1")
    let lies = [
      "(4194305, 4194305, 211106198978564)", "(9223372036854775807, 2)", "(-1,)",
      "(99999999999999999999,)", "(1.5,)", "(3)", "3", "(1,,)", "(a,)", "((1,),)",
      "(" + String(repeating: "1,", count: 40) + ")",
    ]
    for shape in lies {
      #expect(reason(try Npy.read(npyFile(header("<f4", shape), [0]), path: "b")).hasPrefix("b: "))
    }
  }

  @Test func `headers that are no header are refused`() {
    let headers = [
      "", "{", "}", "{}", "[]", "{'descr'", "{'descr': '<f4'}", "{'descr': '<f4", "{'descr': 3}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': None, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
      "__import__('os')", "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': ()}",
    ]
    for text in headers {
      #expect(reason(try Npy.read(npyFile(text, [0, 0, 0, 0]), path: "b")).hasPrefix("b: "))
    }
    #expect(reason(try Npy.read(npyFile("{}", version: 9))).contains("version 9"))
    #expect(reason(try Npy.read(Data("PK".utf8))).contains("not an npy file"))
    let long = npyFile(String(repeating: " ", count: 20_000))
    #expect(reason(try Npy.read(long)).contains("header of 20000 bytes"))
  }

  @Test func `bytes too few or too many are refused`() throws {
    let file = try Npy.data(HostArray([1, 2, 3] as [Float], shape: [3]))
    for length in 0..<file.count {
      _ = reason(try Npy.read(file.prefix(length)))
    }
    #expect(reason(try Npy.read(file + [0])).contains("12 bytes from byte 128, but holds 13"))
  }

  @Test func `a Boolean that is neither 0 nor 1 is refused`() {
    #expect(reason(try Npy.read(npyFile(header("|b1", "(2,)"), [1, 2]))).contains("byte 2"))
  }

  @Test func `missing files and folders are named`() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("no.npy")
      #expect(reason(try Npy.read(missing)) == "\(missing.path): there is no such file")
      #expect(reason(try Npy.read(folder)).hasSuffix("is a folder, expected a file"))
      let pipe = folder.appendingPathComponent("pipe.npy")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      #expect(reason(try Npy.read(pipe)).hasSuffix("is a pipe or device, expected a file"))
      let empty = folder.appendingPathComponent("empty.npy")
      try Data().write(to: empty)
      #expect(reason(try Npy.read(empty)).contains("not an npy file"))
      let unreachable = folder.appendingPathComponent("none/a.npy")
      let array = try HostArray([1] as [Float], shape: [1])
      #expect(reason(try Npy.write(array, to: unreachable)).contains("cannot be written"))
    }
  }

  @Test(.enabled(if: NumPy.isInstalled, "python3 has no numpy"))
  func `NumPy and this library read each other's npy files`() throws {
    try withTemporaryFolder { folder in
      let arrays = try arrayOfEveryType().filter { $0.dataType != .bfloat16 }
      func url(_ array: HostArray, _ prefix: String) -> URL {
        folder.appendingPathComponent("\(prefix)-\(array.dataType.rawValue).npy")
      }
      for array in arrays { try Npy.write(array, to: url(array, "ours")) }
      try NumPy.run(
        """
        import numpy as np
        for name in "\(arrays.map(\.dataType.rawValue).joined(separator: " "))".split():
            a = np.load("\(folder.path)/ours-%s.npy" % name, allow_pickle=False)
            assert a.shape == (2, 3) and a.dtype.name == name, (a.shape, a.dtype)
            b = np.asfortranarray(a.astype(a.dtype.newbyteorder(">")))
            np.save("\(folder.path)/theirs-%s.npy" % name, b)
        """)
      for array in arrays { #expect(try Npy.read(url(array, "theirs")) == array) }
    }
  }
}
