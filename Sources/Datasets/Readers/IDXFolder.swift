import Foundation
import Tensors

/// A folder of IDX files named as MNIST's: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each plain or with `.gz`.
public enum IDXFolder {
  /// Whether a folder holds such files.
  public static func isPresent(in folder: URL) -> Bool {
    file("train", "images", in: folder) != nil
  }

  /// Reads the folder; images become `[N, 1, height, width]`.
  public static func read(_ folder: URL, name: String? = nil) throws(FileFormatError) -> Dataset {
    let images = try part("train", "images", in: folder)
    let labels = try part("train", "labels", in: folder)
    var testImages: HostArray?
    var testLabels: HostArray?
    for prefix in ["t10k", "test"] where file(prefix, "images", in: folder) != nil {
      testImages = try part(prefix, "images", in: folder)
      testLabels = try part(prefix, "labels", in: folder)
      break
    }
    return try datasetOfFile(folder) { () throws(DatasetError) in
      try Dataset(
        name: name ?? folder.lastPathComponent, inputs: images, targets: labels,
        testInputs: testImages, testTargets: testLabels, source: "IDX folder \(folder.path)")
    }
  }

  private static func file(_ prefix: String, _ what: String, in folder: URL) -> URL? {
    let rank = what == "images" ? 3 : 1
    let names = ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(prefix)-\(what)\(separator)idx\(rank)-ubyte\($0)" }
    }
    return names.map { folder.appendingPathComponent($0) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  private static func part(
    _ prefix: String, _ what: String, in folder: URL
  ) throws(FileFormatError) -> HostArray {
    let rank = what == "images" ? 3 : 1
    guard let url = file(prefix, what, in: folder) else {
      throw FileFormatError(
        path: folder.path, reason: "has no file \(prefix)-\(what)-idx\(rank)-ubyte (or .gz)")
    }
    let array = try IDX.read(url)
    guard array.shape.count == rank else {
      throw FileFormatError(
        path: url.path, reason: "holds an array of shape \(array.shape), expected \(rank) axes")
    }
    guard rank == 3 else { return array }
    do {
      return try array.reshaped([array.shape[0], 1, array.shape[1], array.shape[2]])
    } catch {
      throw FileFormatError(path: url.path, reason: error.message)
    }
  }
}

/// Makes a data set and turns what is wrong with it into an error about its file.
func datasetOfFile(
  _ url: URL, _ make: () throws(DatasetError) -> Dataset
) throws(FileFormatError) -> Dataset {
  do {
    return try make()
  } catch {
    throw FileFormatError(path: url.path, reason: error.reason)
  }
}
