import Datasets
import Foundation
import Records
import Storage
import Tensors
import Training

extension Dataset {
  /// Keeps the data set in a workspace, each array as an `.npy` file that processes can map.
  ///
  /// - Throws: `StorageError` if the name is taken or cannot be used, `FileFormatError` if an array
  ///   cannot be written.
  @discardableResult
  public func add(
    to workspace: Workspace, as name: String, replacing: Bool = false
  ) throws -> DataRecord {
    try workspace.data.add(name, replacing: replacing) { folder in
      var records: [DataRecord.Array] = []
      for (role, array) in arrays {
        try Names.check(role, of: "an array")
        let file = "\(role).npy"
        do {
          try Npy.write(array, to: folder.appendingPathComponent(file))
        } catch let error as FileFormatError {
          // The file that was begun lies in a draft, whose name tells a person nothing.
          let place = workspace.data.url.appendingPathComponent(name).appendingPathComponent(file)
          throw FileFormatError(
            path: place.path, reason: error.reason, isDiskFull: error.isDiskFull)
        }
        records.append(
          DataRecord.Array(
            name: role, shape: array.shape, dataType: array.dataType.rawValue, file: file))
      }
      return DataRecord(
        name: name, arrays: records, classNames: classNames, fingerprint: fingerprint(),
        source: source, createdAt: 0, byteCount: 0)
    }
  }
}

extension TrainingData {
  /// Maps a data set's files; their bytes are read when they are used.
  ///
  /// - Throws: `EngineError` if there is no such data set or it has no targets to learn,
  ///   `FileFormatError` if a file cannot be used.
  public init(_ name: String, in workspace: Workspace) throws {
    let record = try DataRecord.find(name, in: workspace)
    func array(_ role: String) throws -> HostArray? {
      guard let found = record.arrays.first(where: { $0.name == role }) else { return nil }
      return try Npy.read(workspace.data.arrayURL(found, of: name))
    }
    try self.init(record, array: array)
  }

  init(_ record: DataRecord, array: (String) throws -> HostArray?) throws {
    let name = record.name
    guard let inputs = try array("inputs"), let targets = try array("targets") else {
      throw EngineError(
        .invalid,
        "The data '\(name)' has no inputs with targets; training needs both.")
    }
    self.init(
      inputs: inputs, targets: targets,
      validationInputs: try array("validationInputs"),
      validationTargets: try array("validationTargets"), testInputs: try array("testInputs"),
      testTargets: try array("testTargets"))
    let known = ["inputs", "targets"].flatMap { role in
      [role, Part.validation.arrayName(role), Part.test.arrayName(role)]
    }
    for other in record.arrays where !known.contains(other.name) {
      others[other.name] = try array(other.name)
    }
  }
}

extension DataRecord {
  /// The record of a data set.
  ///
  /// - Throws: `EngineError` if there is none of this name.
  public static func find(_ name: String, in workspace: Workspace) throws -> DataRecord {
    let all = try workspace.data.list()
    guard let record = all.first(where: { $0.name == name }) else {
      throw EngineError.unknown("data set", name, among: all.map(\.name))
    }
    return record
  }
}

extension DataManager {
  /// The arrays of a workspace's data set, under names of their own in this manager; sessions of one
  /// process that train on the same data share them.
  ///
  /// - Throws: as `TrainingData.init(_:in:)`.
  public func trainingData(_ name: String, from workspace: Workspace) throws -> TrainingData {
    let record = try DataRecord.find(name, in: workspace)
    var data = try TrainingData(record) { role in
      guard let found = record.arrays.first(where: { $0.name == role }) else { return nil }
      // Data of equal bytes are one array, whatever they are called.
      return try source("\(record.fingerprint)/\(role)", as: "\(name)/\(role)") {
        try Npy.read(workspace.data.arrayURL(found, of: name))
      }
    }
    data.arrays = self
    return data
  }

  /// The array of a source, read once for all who ask while it has its name.
  private func source(
    _ source: String, as name: String, read: () throws -> HostArray
  ) throws -> HostArray {
    let known = state.withLock { state in state.sources[source].flatMap { state.arrays[$0] } }
    if let known { return known }
    let array = try read()
    return state.withLock { state in
      // Somebody else may have read it meanwhile.
      if let known = state.sources[source].flatMap({ state.arrays[$0] }) { return known }
      Self.name(array, name, &state)
      state.sources[source] = name
      return array
    }
  }
}
