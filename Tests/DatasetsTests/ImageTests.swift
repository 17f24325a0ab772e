import CImages
import Datasets
import Foundation
import Tensors
import Testing

/// A PNG whose header declares any size, with nothing behind it but an end.
private func lyingPNG(width: UInt32, height: UInt32, depth: UInt8 = 8, color: UInt8 = 0) -> Data {
  var png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  func chunk(_ type: String, _ body: Data) {
    png.put(UInt32(body.count), bigEndian: true)
    let content = Data(type.utf8) + body
    png.append(content)
    png.put(ci_crc32(0, [UInt8](content), content.count), bigEndian: true)
  }
  var header = Data()
  header.put(width, bigEndian: true)
  header.put(height, bigEndian: true)
  chunk("IHDR", header + [depth, color, 0, 0, 0])
  chunk("IDAT", Data([0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1]))
  chunk("IEND", Data())
  return png
}

/// A folder tree of image files, read as a data set.
private func dataset(
  _ files: [String: Data], _ options: ImageFolder.Options = ImageFolder.Options()
) throws -> Dataset {
  try withTemporaryFolder { folder in
    for (path, data) in files {
      let url = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
    return try Dataset.read(from: folder, options: .init(name: "d", images: options))
  }
}

private func png(_ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int) throws -> Data {
  try Picture.png(Data(pixels), width: width, height: height, channels: channels)
}

@Suite struct ImageTests {
  @Test func `PNG pixels come back exactly, channels first`() throws {
    let pixels = (0..<24).map { UInt8($0 * 10) }
    let grey = try dataset(["a/1.png": png(pixels, 6, 4, 1)])
    #expect(grey.inputs.shape == [1, 1, 4, 6])
    #expect(grey.inputs.values(as: UInt8.self) == pixels)
    let color = try dataset(["a/1.png": png(pixels, 4, 2, 3)])
    #expect(color.inputs.shape == [1, 3, 2, 4])
    let planes = (0..<3).flatMap { channel in (0..<8).map { pixels[$0 * 3 + channel] } }
    #expect(color.inputs.values(as: UInt8.self) == planes)
  }

  @Test func `transparent pixels lie on black`() throws {
    let read = try dataset(["a/1.png": png([255, 255, 255, 0, 9, 8, 7, 255], 2, 1, 4)])
    #expect(read.inputs.values(as: UInt8.self) == [0, 9, 0, 8, 0, 7])
  }

  @Test func `JPEG pixels come back nearly`() throws {
    let grey = try dataset(["a/1.jpg": JPEGFixtures.grey])
    #expect(grey.inputs.shape == [1, 1, 4, 6])
    for (index, value) in grey.inputs.values(as: Int64.self).enumerated() {
      #expect(abs(Int(value) - index % 6 * 40) < 6)
    }
    let color = try dataset(["a/1.JPEG": JPEGFixtures.rgb])
    #expect(color.inputs.shape == [1, 3, 4, 6])
    for (index, value) in color.inputs.values(as: Int64.self).enumerated() {
      let expected = [index % 6 * 40, index % 24 / 6 * 60, 128][index / 24]
      #expect(abs(Int(value) - expected) < 12)
    }
  }

  @Test func `classes are folders in order, with trees for training and validation`() throws {
    let one = try png([1], 1, 1, 1)
    let two = try png([2], 1, 1, 1)
    let flat = try dataset(["b/x.png": two, "a/deep/er/y.PNG": one, "a/z.txt": Data([1])])
    #expect(flat.classNames == ["a", "b"])
    #expect(flat.labels == [0, 1])
    #expect(flat.inputs.values(as: UInt8.self) == [1, 2])
    #expect(flat.testInputs == nil)
    let trees = try dataset(["train/a/1.png": one, "train/b/1.png": two, "val/b/2.png": two])
    #expect(trees.labels == [0, 1])
    #expect(trees.testTargets?.values(as: Int64.self) == [1])
    #expect(
      reason(try dataset(["train/a/1.png": one, "test/c/2.png": two])).contains("no folder in"))
  }

  @Test func `links are followed and loops end`() throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      let real = folder.appendingPathComponent("data/a")
      try files.createDirectory(at: real, withIntermediateDirectories: true)
      try png([5], 1, 1, 1).write(to: folder.appendingPathComponent("elsewhere.png"))
      try files.createSymbolicLink(
        atPath: real.appendingPathComponent("1.png").path,
        withDestinationPath: folder.appendingPathComponent("elsewhere.png").path)
      try files.createSymbolicLink(
        atPath: real.appendingPathComponent("loop").path, withDestinationPath: real.path)
      try files.createSymbolicLink(
        atPath: real.appendingPathComponent("gone.txt").path, withDestinationPath: "/nowhere")
      let read = try Dataset.read(from: folder.appendingPathComponent("data"))
      #expect(read.inputs.values(as: UInt8.self) == [5])
    }
  }

  @Test func `sizes must agree or be chosen`() throws {
    let small = try png([10, 20], 2, 1, 1)
    let large = try png([0, 0, 100, 100, 0, 0, 100, 100], 4, 2, 1)
    #expect(
      reason(try dataset(["a/1.png": small, "b/2.png": large]))
        .contains("has 4×2 pixels, but"))
    let size = ImageFolder.ImageSize(width: 2, height: 1)
    let scaled = try dataset(["a/1.png": small, "b/2.png": large], .init(size: size))
    #expect(scaled.inputs.values(as: UInt8.self) == [10, 20, 0, 100])
    let wide = ImageFolder.ImageSize(width: 4, height: 1)
    // Between centres: 10, 12.5, 17.5, 20.
    #expect(
      try dataset(["a/1.png": small], .init(size: wide)).inputs.values(as: UInt8.self)
        == [10, 13, 18, 20])
    #expect(reason(try dataset(["a/1.png": small], .init(size: .init(width: 0, height: 1)))) != "")
  }

  @Test func `grey and colour mix to colour, or to what is asked for`() throws {
    let files = try ["a/1.png": png([7], 1, 1, 1), "b/1.png": png([9, 9, 9], 1, 1, 3)]
    #expect(try dataset(files).inputs.values(as: UInt8.self) == [7, 7, 7, 9, 9, 9])
    #expect(try dataset(files, .init(color: .grey)).inputs.values(as: UInt8.self) == [7, 9])
    #expect(reason(try dataset(files, .init(mostBytes: 5))).contains("than 5 bytes"))
  }

  @Test func `images that lie about their size are refused before they are decoded`() throws {
    for (image, words) in [
      (lyingPNG(width: 100_000, height: 100_000), "100000×100000"),
      (lyingPNG(width: 9000, height: 9000), "bytes cannot hold"),
      (lyingPNG(width: 0, height: 5), "no readable image"),
      (lyingPNG(width: .max, height: .max), "no readable image"),
      (lyingPNG(width: 3, height: 3), "damaged image"),
    ] {
      let sentence = reason(try dataset(["a/1.png": image]))
      #expect(sentence.contains("a/1.png: ") && sentence.contains(words), "\(sentence)")
    }
    let two = try png([1, 2], 2, 1, 1)
    #expect(reason(try dataset(["a/1.png": two], .init(mostPixels: 1))).contains("expected 1 to 1"))
  }

  @Test func `endings do not matter, contents do`() throws {
    let jpegNamedPNG = try dataset(["a/1.png": JPEGFixtures.grey])
    #expect(jpegNamedPNG.inputs.shape == [1, 1, 4, 6])
    for data in [Data(), Data("GIF89a".utf8), Data([0xFF, 0xD8, 0xFF])] {
      #expect(reason(try dataset(["a/1.jpg": data])).contains("a/1.jpg: "))
    }
    #expect(reason(try dataset(["a/1.jpg": JPEGFixtures.cmyk])).contains("CMYK"))
  }

  @Test func `no cut-off image is read and no changed byte crashes`() throws {
    let pixels = (0..<24).map { UInt8($0 * 10) }
    let picture = try png(pixels, 4, 2, 3)
    // What lacks only its end mark (12 bytes in a PNG, 2 in a JPEG) has all its pixels.
    for (original, end) in [(picture, 12), (JPEGFixtures.grey, 2), (JPEGFixtures.rgb, 2)] {
      for length in 0..<(original.count - end) {
        _ = reason(try decoded(original.prefix(length)))
      }
      for offset in 0..<original.count {
        for flip in [0x01, 0xFF] as [UInt8] {
          _ = try? decoded(original.patched(at: offset, [original[offset] ^ flip]))
        }
      }
    }
  }

  /// Decodes in memory, as the folder reader does from a file.
  private func decoded(_ data: Data) throws -> [UInt8] {
    let bytes = [UInt8](data)
    var info = CIImageInfo()
    var message = CIMessage()
    let failed = FileFormatError(path: "image", reason: "failed")
    guard ci_image_info(bytes, bytes.count, &info, &message) == 0,
      Int(info.width) * Int(info.height) < 1_000_000
    else { throw failed }
    var pixels = [UInt8](
      repeating: 0, count: Int(info.width) * Int(info.height) * Int(info.channels))
    guard
      ci_image_decode(bytes, bytes.count, info.channels, &pixels, pixels.count, &message) == 0
    else { throw failed }
    return pixels
  }

  @Test func `PNG pixels and sizes must agree`() {
    let data = Data(count: 5)
    #expect(
      reason(try Picture.png(data, width: 2, height: 2, channels: 1))
        == "PNG data: 5 bytes do not fit 2×2 pixels of 1 bytes")
    #expect(reason(try Picture.png(data, width: 5, height: 1, channels: -1)).contains("fit"))
    #expect(reason(try Picture.png(Data(), width: 0, height: 0, channels: 1)).contains("pixels"))
    #expect(reason(try Picture.png(data, width: 1, height: 1, channels: 5)).contains("channels"))
  }
}
