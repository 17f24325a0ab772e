import Foundation
import Tensors

/// The binary versions of CIFAR-10 and CIFAR-100.
///
/// A record is one label byte (CIFAR-100: the coarse label, then the fine one) and 3072 bytes of a
/// 32×32 image, all red before all green before all blue. https://www.cs.toronto.edu/~kriz/cifar.html
public enum CIFAR {
  private static let imageBytes = 3 * 32 * 32

  /// The two data sets of that name.
  public enum Kind: Sendable {
    case ten, hundred

    var labelBytes: Int { self == .ten ? 1 : 2 }
    var classCount: Int { self == .ten ? 10 : 100 }
    var namesFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }
    var testFile: String { self == .ten ? "test_batch.bin" : "test.bin" }
    var trainFiles: [String] {
      self == .ten ? (1...5).map { "data_batch_\($0).bin" } : ["train.bin"]
    }
  }

  /// Which of the two a folder holds, judged by its file names; nil for neither.
  public static func kind(of folder: URL) -> Kind? {
    for kind in [Kind.ten, .hundred] where exists(kind.trainFiles[0], in: folder) {
      return kind
    }
    return nil
  }

  /// Reads a folder: all training files there are, the test file and the class names.
  ///
  /// Images become uint8 `[N, 3, 32, 32]`; CIFAR-100's labels are the fine ones.
  public static func read(
    _ folder: URL, kind: Kind = .ten, name: String? = nil
  ) throws(FileFormatError) -> Dataset {
    var files: [FileBytes] = []
    for file in kind.trainFiles where exists(file, in: folder) || file == kind.trainFiles[0] {
      files.append(try FileBytes(mapping: folder.appendingPathComponent(file)))
    }
    let train = try arrays(files, kind)
    var test: (images: HostArray, labels: HostArray)?
    if exists(kind.testFile, in: folder) {
      test = try arrays([FileBytes(mapping: folder.appendingPathComponent(kind.testFile))], kind)
    }
    let names = try classNames(in: folder, kind)
    return try datasetOfFile(folder) { () throws(DatasetError) in
      try Dataset(
        name: name ?? folder.lastPathComponent, inputs: train.images, targets: train.labels,
        testInputs: test?.images, testTargets: test?.labels, classNames: names,
        source: "CIFAR-\(kind.classCount) folder \(folder.path)")
    }
  }

  private static func exists(_ file: String, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path)
  }

  private static func arrays(
    _ files: [FileBytes], _ kind: Kind
  ) throws(FileFormatError) -> (images: HostArray, labels: HostArray) {
    let recordBytes = imageBytes + kind.labelBytes
    var labels: [Int64] = []
    for file in files {
      guard file.count > 0, file.count % recordBytes == 0 else {
        throw file.failure(
          "has \(file.count) bytes, expected a multiple of \(recordBytes) (one CIFAR-"
            + "\(kind.classCount) record)")
      }
      for record in 0..<(file.count / recordBytes) {
        let label = file.data[file.data.startIndex + record * recordBytes + kind.labelBytes - 1]
        guard label < kind.classCount else {
          throw file.failure(
            "has label \(label) in record \(record), expected 0 to \(kind.classCount - 1)")
        }
        labels.append(Int64(label))
      }
    }
    guard let pixels = FilledBytes(count: labels.count * imageBytes) else {
      throw files[0].failure("needs \(labels.count * imageBytes) bytes of memory, not there")
    }
    var position = 0
    let target = pixels.buffer
    for file in files {
      file.data.withUnsafeBytes { source in
        for start in stride(from: kind.labelBytes, to: source.count, by: recordBytes) {
          target[position..<(position + imageBytes)].copyBytes(
            from: source[start..<(start + imageBytes)])
          position += imageBytes
        }
      }
    }
    let path = files[0].path
    let images = try ArrayBytes.array(
      shape: [labels.count, 3, 32, 32], dataType: .uint8, data: pixels.data(), path: path)
    do {
      return (images, try HostArray(labels, shape: [labels.count]))
    } catch {
      throw FileFormatError(path: path, reason: error.message)
    }
  }

  /// The names in the folder's text file; their numbers where there is no such file.
  private static func classNames(
    in folder: URL, _ kind: Kind
  ) throws(FileFormatError) -> [String] {
    guard exists(kind.namesFile, in: folder) else {
      return (0..<kind.classCount).map(String.init)
    }
    let file = try FileBytes(mapping: folder.appendingPathComponent(kind.namesFile))
    guard file.count < 65_536, let text = String(data: file.data, encoding: .utf8) else {
      throw file.failure("is no short UTF-8 text, expected one class name a line")
    }
    let names = text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard names.count == kind.classCount else {
      throw file.failure("has \(names.count) class names, expected \(kind.classCount)")
    }
    return names
  }
}
