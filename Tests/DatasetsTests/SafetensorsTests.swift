import Datasets
import Foundation
import Tensors
import Testing

/// A safetensors file with any header text.
private func file(_ header: String, _ elements: [UInt8] = [], length: UInt64? = nil) -> Data {
  var file = Data()
  file.put(length ?? UInt64(header.utf8.count))
  return file + Data(header.utf8) + Data(elements)
}

private func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
  "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

@Suite struct SafetensorsTests {
  @Test func `every element type and awkward texts survive a round trip`() throws {
    var arrays: [String: HostArray] = [:]
    for array in try arrayOfEveryType() { arrays["a/\(array.dataType.rawValue)"] = array }
    arrays["leer ü \"\\\n\u{1}😀"] = try HostArray([] as [Float], shape: [0, 3])
    arrays["one"] = try HostArray([7] as [Int32], shape: [])
    let written = Safetensors(arrays: arrays, metadata: ["a\"b": "line\nline", "": "😀"])
    #expect(try Safetensors.read(written.data()) == written)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.safetensors")
      try written.write(to: url)
      #expect(try Safetensors.read(url) == written)
      #expect(try Data(contentsOf: url) == written.data())
    }
    #expect(try Safetensors.read(Safetensors(arrays: [:]).data()).arrays.isEmpty)
  }

  @Test func `elements start at a multiple of 8 and wide ones come first`() throws {
    let written = Safetensors(arrays: [
      "a": try HostArray([1, 2, 3] as [UInt8], shape: [3]),
      "b": try HostArray([1] as [Double], shape: [1]),
    ])
    let data = try written.data()
    #expect((data.count - 11) % 8 == 0)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains(#""b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}"#))
    #expect(text.contains(#""a":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}"#))
  }

  @Test func `escapes, spaces and empty arrays that share an offset are read`() throws {
    let header =
      " { \"\\u00e4\\ud83d\\ude00\" : \(entry("U8", "[ 2 ]", "[0, 2]")) , "
      + "\"e\":\(entry("F32", "[0]", "[2,2]")), \"f\":\(entry("F32", "[0]", "[2,2]"))}  "
    let read = try Safetensors.read(file(String(header.dropFirst()), [4, 5]))
    #expect(read.arrays["ä😀"]?.values(as: Int64.self) == [4, 5])
    #expect(read.arrays.count == 3)
  }

  @Test func `a header that is too long, cut off or no object is refused`() {
    for (data, words) in [
      (Data([1, 2]), "needs 8 bytes"), (file("{}", length: 3), "the header"),
      (file("{}", length: 100_000_001), "more than 100000000"),
      (file("{}", length: 1 << 63), "more than 100000000"), (file(""), "does not start with '{'"),
      (file(" {}"), "does not start"), (file("[]"), "does not start"), (file("{"), "ends inside"),
      (file("{} x"), "goes on after"), (file("{\"a\":1}"), "'{'"), (file("{\"a\""), "':'"),
    ] {
      let sentence = reason(try Safetensors.read(data, path: "w"))
      #expect(sentence.hasPrefix("w: "))
      #expect(sentence.contains(words) || words == "ends inside", "\(sentence)")
    }
    var broken = file("{\"a\":\(entry("U8", "[1]", "[0,1]"))}", [1])
    broken[10] = 0xFF
    #expect(reason(try Safetensors.read(broken)).contains("not UTF-8"))
    #expect(reason(try Safetensors.read(file("{\"\\ud83d\":1}"))).contains("surrogate"))
    #expect(reason(try Safetensors.read(file("{\"\\x\":1}"))).contains("escape"))
  }

  @Test func `names and texts that come twice are refused`() {
    let array = entry("U8", "[0]", "[0,0]")
    #expect(reason(try Safetensors.read(file("{\"a\":\(array),\"a\":\(array)}"))).contains("twice"))
    #expect(
      reason(try Safetensors.read(file("{\"\\u0061\":\(array),\"a\":\(array)}"))).contains("twice"))
    let texts = "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"
    #expect(reason(try Safetensors.read(file(texts))).contains("'k' twice"))
    let types = "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
    #expect(reason(try Safetensors.read(file(types))).contains("repeated 'dtype'"))
    #expect(reason(try Safetensors.read(file("{\"__metadata__\":{\"k\":1}}"))).contains("'\"'"))
  }

  @Test func `offsets with holes, overlaps or lies are refused`() {
    let four = [UInt8](repeating: 0, count: 4)
    let headers = [
      "{\"a\":\(entry("U8", "[1]", "[1,2]"))}",
      "{\"a\":\(entry("U8", "[2]", "[0,2]")),\"b\":\(entry("U8", "[3]", "[1,4]"))}",
      "{\"a\":\(entry("U8", "[1]", "[0,1]")),\"b\":\(entry("U8", "[2]", "[2,4]"))}",
      "{\"a\":\(entry("U8", "[4]", "[4,0]"))}", "{\"a\":\(entry("U8", "[4]", "[-1,3]"))}",
      "{\"a\":\(entry("U8", "[8]", "[0,8]"))}", "{\"a\":\(entry("U8", "[3]", "[0,3]"))}",
      "{\"a\":\(entry("F32", "[2]", "[0,4]"))}", "{\"a\":\(entry("U8", "[-4]", "[0,4]"))}",
      "{\"a\":\(entry("U8", "[4.0]", "[0,4]"))}", "{\"a\":\(entry("U8", "[04]", "[0,4]"))}",
      "{\"a\":\(entry("U8", "[4]", "[0]"))}", "{\"a\":\(entry("U8", "[4]", "[0,4,4]"))}",
      "{\"a\":\(entry("U8", "[4194305,4194305,211106198978564]", "[0,4]"))}",
      "{\"a\":\(entry("U8", "[4]", "[0,99999999999999999999]"))}",
      "{\"a\":\(entry("U8", "[9223372036854775807]", "[0,9223372036854775807]"))}",
      "{\"a\":\(entry("U4", "[4]", "[0,4]"))}", "{\"a\":\(entry("U32", "[1]", "[0,4]"))}", "{}",
    ]
    for header in headers {
      #expect(reason(try Safetensors.read(file(header, four), path: "w")).hasPrefix("w: "))
    }
  }

  @Test func `no cut-off file is read and no changed byte crashes`() throws {
    let data = try Safetensors(
      arrays: ["a": HostArray([1, 2] as [Float], shape: [2])], metadata: ["k": "v"]
    ).data()
    for length in 0..<data.count {
      _ = reason(try Safetensors.read(data.prefix(length)))
    }
    #expect(reason(try Safetensors.read(data + [0])).contains("holds 9 bytes of arrays"))
    for offset in 0..<data.count {
      for flip in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
        _ = try? Safetensors.read(data.patched(at: offset, [data[offset] ^ flip]))
      }
    }
  }

  @Test func `a header full of arrays is read`() throws {
    var arrays: [String: HostArray] = [:]
    let one = try HostArray([1] as [Float], shape: [1])
    for index in 0..<2000 { arrays["layer\(index).W"] = one }
    let written = Safetensors(arrays: arrays)
    #expect(try Safetensors.read(written.data()) == written)
  }
}
