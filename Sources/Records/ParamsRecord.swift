/// One version of a named set of weights.
public struct ParamsVersion: Codable, Equatable, Sendable {
  /// 1, 2, ….
  public var version: Int
  /// The file that holds the weights, beside `params.json`.
  public var file: String
  /// SHA-256 of that file, in hexadecimal.
  public var sha256: String
  /// The bytes of that file.
  public var byteCount: Int
  /// Seconds since 1970.
  public var createdAt: Double
  /// The session that made it; `nil` if it was imported.
  public var session: String?
  /// The step of that session.
  public var step: Int?
  /// Metrics at the time of saving.
  public var metrics: [String: Double]
  /// What it was made from: `name@version` of the same model; `nil` for a root.
  public var parent: String?

  /// Makes a version from its parts.
  public init(
    version: Int, file: String, sha256: String, byteCount: Int, createdAt: Double,
    session: String?, step: Int?, metrics: [String: Double], parent: String?
  ) {
    self.version = version
    self.file = file
    self.sha256 = sha256
    self.byteCount = byteCount
    self.createdAt = createdAt
    self.session = session
    self.step = step
    self.metrics = metrics
    self.parent = parent
  }
}

/// A named set of weights of one model, in versions (`params.json`).
public struct ParamsRecord: Codable, Equatable, Sendable {
  /// The model they belong to.
  public var model: String
  /// Their name.
  public var name: String
  /// The versions, oldest first.
  public var versions: [ParamsVersion]

  /// Makes a record from its parts.
  public init(model: String, name: String, versions: [ParamsVersion]) {
    self.model = model
    self.name = name
    self.versions = versions
  }
}

/// A data set in a workspace (`data.json`).
public struct DataRecord: Codable, Equatable, Sendable {
  /// One array of the data set.
  public struct Array: Codable, Equatable, Sendable {
    /// `inputs`, `targets`, `testInputs`, `testTargets`, or a name of the person's own.
    public var name: String
    /// The size of each axis.
    public var shape: [Int]
    /// `uint8`, `float32`, ….
    public var dataType: String
    /// The file beside `data.json`.
    public var file: String

    /// Makes an array's record from its parts.
    public init(name: String, shape: [Int], dataType: String, file: String) {
      self.name = name
      self.shape = shape
      self.dataType = dataType
      self.file = file
    }
  }

  /// The name of the data set.
  public var name: String
  /// Its arrays.
  public var arrays: [Array]
  /// The classes by number; empty where there are none.
  public var classNames: [String]
  /// SHA-256 over the arrays, in hexadecimal.
  public var fingerprint: String
  /// Where it came from.
  public var source: String
  /// Seconds since 1970.
  public var createdAt: Double
  /// Bytes on disk.
  public var byteCount: Int

  /// Makes a record from its parts.
  public init(
    name: String, arrays: [Array], classNames: [String], fingerprint: String, source: String,
    createdAt: Double, byteCount: Int
  ) {
    self.name = name
    self.arrays = arrays
    self.classNames = classNames
    self.fingerprint = fingerprint
    self.source = source
    self.createdAt = createdAt
    self.byteCount = byteCount
  }
}
