import Foundation

/// The one way records become JSON: keys sorted, not-a-number and infinity as strings.
public enum RecordJSON {
  /// The JSON of a value; one line unless `readable`.
  public static func encode(_ value: some Encodable, readable: Bool = false)
    throws(StorageError) -> Data
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if readable { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do { return try encoder.encode(value) } catch {
      throw StorageError(.invalid, path: "", "cannot write \(type(of: value)) as JSON: \(error)")
    }
  }

  /// The value in some JSON.
  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data)
    throws(StorageError) -> Value
  {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do { return try decoder.decode(type, from: data) } catch {
      throw StorageError(.damaged, path: "", "this is not the JSON of a \(type): \(error)")
    }
  }

  /// The value in a JSON file; `nil` if there is no file.
  static func read<Value: Decodable>(_ type: Value.Type, at url: URL) throws(StorageError) -> Value?
  {
    guard let data = try Files.read(url) else { return nil }
    do { return try decode(type, from: data) } catch {
      throw StorageError(
        .damaged, path: url.path,
        "the file is damaged (\(error.message)); restore it from a copy or remove it")
    }
  }
}
