import Foundation
import Tensors

/// A folder of PNG and JPEG files, one folder a class.
///
/// `folder/train/<class>/…` with `folder/val` or `folder/test` beside it, or `folder/<class>/…`
/// alone. The class is the top folder's name; files may lie deeper, names are free, links are
/// followed, and what is no image by its ending is ignored.
public enum ImageFolder {
  /// How images are to be read.
  public struct Options: Equatable, Sendable {
    /// The number of values a pixel has.
    public enum Color: String, Codable, Equatable, Sendable {
      case grey, rgb
    }

    /// The size every image is scaled to (bilinear); nil: all must have the same size.
    public var size: ImageSize?
    /// Grey or RGB; nil: grey where all files are grey.
    public var color: Color?
    /// The most pixels one file may declare.
    public var mostPixels: Int
    /// The most bytes all decoded images may take.
    public var mostBytes: Int

    /// Options; the limits are 100 million pixels a file and 64 GiB in all.
    public init(
      size: ImageSize? = nil, color: Color? = nil, mostPixels: Int = 100_000_000,
      mostBytes: Int = 64 << 30
    ) {
      self.size = size
      self.color = color
      self.mostPixels = mostPixels
      self.mostBytes = mostBytes
    }
  }

  /// Width and height in pixels.
  public struct ImageSize: Equatable, Codable, Sendable {
    /// Pixels in a row.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// Reads a folder: images become uint8 `[N, channels, height, width]`, classes are in alphabetical
  /// order and files in the order of their paths.
  public static func read(
    _ folder: URL, options: Options = Options(), name: String? = nil
  ) throws(FileFormatError) -> Dataset {
    let trees = try ImageTrees(folder)
    let classNames = trees.classNames
    let trainFiles = try files(trees.train, classNames, options)
    let testFiles = try trees.test.map { tree throws(FileFormatError) in
      try files(tree, classNames, options)
    }
    let all = trainFiles + (testFiles ?? [])
    guard let first = all.first?.image else {
      throw FileFormatError(path: folder.path, reason: "has no images")
    }
    let size = options.size ?? ImageSize(width: first.width, height: first.height)
    guard size.width > 0, size.height > 0 else {
      throw FileFormatError(
        path: folder.path, reason: "cannot be scaled to \(size.width)×\(size.height) pixels")
    }
    if options.size == nil {
      for (image, _) in all where image.width != size.width || image.height != size.height {
        throw FileFormatError(
          path: image.url.path,
          reason: "has \(image.width)×\(image.height) pixels, but \(first.url.path) has "
            + "\(size.width)×\(size.height); choose a size to scale all images to")
      }
    }
    let color = options.color ?? (all.allSatisfy { $0.image.channels == 1 } ? .grey : .rgb)
    let decoder = Decoder(
      folder: folder, size: size, channels: color == .grey ? 1 : 3, mostBytes: options.mostBytes)
    let train = try decoder.arrays(trainFiles)
    let test = try testFiles.map { files throws(FileFormatError) in try decoder.arrays(files) }
    return try datasetOfFile(folder) { () throws(DatasetError) in
      try Dataset(
        name: name ?? folder.lastPathComponent, inputs: train.images, targets: train.labels,
        testInputs: test?.images, testTargets: test?.labels, classNames: classNames,
        source: "image folder \(folder.path)")
    }
  }

  private typealias LabelledImage = (image: ImageFile, label: Int)

  private static func files(
    _ tree: ImageTrees.Tree, _ classNames: [String], _ options: Options
  ) throws(FileFormatError) -> [LabelledImage] {
    var files: [LabelledImage] = []
    for (label, className) in classNames.enumerated() {
      for url in tree.files[className] ?? [] {
        files.append((try ImageFile(url, mostPixels: options.mostPixels), label))
      }
    }
    guard !files.isEmpty else {
      throw FileFormatError(path: tree.folder.path, reason: "has no images in its class folders")
    }
    return files
  }

  /// Decodes all files of one tree into one array.
  private struct Decoder {
    let folder: URL
    let size: ImageSize
    let channels: Int
    let mostBytes: Int

    func arrays(
      _ files: [LabelledImage]
    ) throws(FileFormatError) -> (images: HostArray, labels: HostArray) {
      let shape = [files.count, channels, size.height, size.width]
      guard let total = ArrayBytes.byteCount(shape: shape, elementBytes: 1), total <= mostBytes,
        let output = FilledBytes(count: total)
      else {
        throw FileFormatError(
          path: folder.path,
          reason: "needs more memory than there is, or than \(mostBytes) bytes, for shape \(shape)")
      }
      let imageBytes = total / files.count
      for (index, (image, _)) in files.enumerated() {
        let pixels = try image.pixels(channels: channels)
        let start = index * imageBytes
        Resize.bilinear(
          pixels, from: (image.width, image.height), to: (size.width, size.height),
          channels: channels,
          into: UnsafeMutableRawBufferPointer(
            rebasing: output.buffer[start..<(start + imageBytes)]))
      }
      let images = try ArrayBytes.array(
        shape: shape, dataType: .uint8, data: output.data(), path: folder.path)
      do {
        return (images, try HostArray(files.map { Int64($0.label) }, shape: [files.count]))
      } catch {
        throw FileFormatError(path: folder.path, reason: error.message)
      }
    }
  }
}
