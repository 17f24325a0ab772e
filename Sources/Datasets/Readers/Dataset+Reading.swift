import Foundation
import Tensors

extension Dataset {
  /// How files are to be read, by their kind.
  public struct ReadOptions: Equatable, Sendable {
    /// The data set's name; nil: the file's.
    public var name: String?
    /// For tables.
    public var table: CSV.Options
    /// For folders of images.
    public var images: ImageFolder.Options

    /// Options; each default is described at its property.
    public init(
      name: String? = nil, table: CSV.Options = CSV.Options(),
      images: ImageFolder.Options = ImageFolder.Options()
    ) {
      self.name = name
      self.table = table
      self.images = images
    }
  }

  /// Reads a data set from whatever a path holds.
  ///
  /// A folder: MNIST's IDX files, CIFAR-10 or CIFAR-100, npy files, or images in one folder a class. A
  /// file: npz, safetensors, npy, CSV or TSV. Arrays are found by the names in `DatasetKeys`.
  public static func read(
    from url: URL, options: ReadOptions = ReadOptions()
  ) throws(FileFormatError) -> Dataset {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw FileFormatError(path: url.path, reason: "there is no such file or folder")
    }
    if isFolder.boolValue { return try readFolder(url, options) }
    switch url.pathExtension.lowercased() {
    case "npz":
      return try DatasetKeys.dataset(Npz.read(url), url, "npz file", options.name)
    case "safetensors":
      let arrays = try Safetensors.read(url).arrays.sorted { $0.key < $1.key }
      return try DatasetKeys.dataset(
        arrays.map { ($0.key, $0.value) }, url, "safetensors file", options.name)
    case "npy":
      return try DatasetKeys.dataset([("inputs", Npy.read(url))], url, "npy file", options.name)
    case "csv", "tsv", "txt":
      return try CSV.read(url, options: options.table, name: options.name)
    default:
      throw FileFormatError(
        path: url.path,
        reason: "has no known ending, expected .npz, .npy, .safetensors, .csv or .tsv, or a folder")
    }
  }

  private static func readFolder(
    _ folder: URL, _ options: ReadOptions
  ) throws(FileFormatError) -> Dataset {
    if IDXFolder.isPresent(in: folder) {
      return try IDXFolder.read(folder, name: options.name)
    }
    if let kind = CIFAR.kind(of: folder) {
      return try CIFAR.read(folder, kind: kind, name: options.name)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let arrayNames = names.filter { $0.lowercased().hasSuffix(".npy") }.sorted()
    if !arrayNames.isEmpty {
      var arrays: [(name: String, array: HostArray)] = []
      for name in arrayNames {
        arrays.append(
          (String(name.dropLast(4)), try Npy.read(folder.appendingPathComponent(name))))
      }
      return try DatasetKeys.dataset(arrays, folder, "folder of npy files", options.name)
    }
    if ImageTrees.mayBePresent(in: folder) {
      return try ImageFolder.read(folder, options: options.images, name: options.name)
    }
    throw FileFormatError(
      path: folder.path,
      reason: "holds no data set: no MNIST or CIFAR files, no npy files, no class folders of "
        + "images")
  }
}

/// The names under which files hold the arrays of a data set.
enum DatasetKeys {
  /// By role, best first; compared in lower case.
  private static let inputs = [
    "inputs", "x_train", "train_images", "train_x", "x", "images", "data",
  ]
  private static let targets = ["targets", "y_train", "train_labels", "train_y", "y", "labels"]
  private static let testInputs = ["testinputs", "test_inputs", "x_test", "test_images", "test_x"]
  private static let testTargets = [
    "testtargets", "test_targets", "y_test", "test_labels", "test_y",
  ]

  static func dataset(
    _ arrays: [(name: String, array: HostArray)], _ url: URL, _ kind: String, _ name: String?
  ) throws(FileFormatError) -> Dataset {
    func find(_ names: [String]) -> HostArray? {
      names.lazy.compactMap { name in arrays.first { $0.name.lowercased() == name }?.array }.first
    }
    let roles = inputs + targets + testInputs + testTargets
    let others = arrays.filter { !roles.contains($0.name.lowercased()) }
    guard let inputArray = find(inputs) else {
      let found = arrays.prefix(20).map(\.name).joined(separator: ", ")
      throw FileFormatError(
        path: url.path,
        reason: "has no inputs: expected an array named inputs, x_train or X, found \(found)")
    }
    return try datasetOfFile(url) { () throws(DatasetError) in
      try Dataset(
        name: name ?? url.deletingPathExtension().lastPathComponent, inputs: inputArray,
        targets: find(targets), testInputs: find(testInputs), testTargets: find(testTargets),
        others: Dictionary(
          others.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first }),
        source: "\(kind) \(url.path)")
    }
  }
}
