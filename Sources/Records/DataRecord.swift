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
