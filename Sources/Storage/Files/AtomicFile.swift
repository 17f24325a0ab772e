import Foundation

/// Writes whole files so that a reader, or a crash, finds the old bytes or the new ones.
public enum AtomicFile {
  /// Replaces the file at `url` by `data` and waits until the disk has it.
  ///
  /// The bytes go to a temporary file in the same folder, which is renamed at the end. If anything
  /// fails the old file is untouched and the temporary one is removed.
  public static func write(_ data: Data, to url: URL, replacing: Bool = true) throws(StorageError) {
    let folder = url.deletingLastPathComponent()
    let temporary = folder.child(
      ".tmp-\(url.lastPathComponent)-\(Names.randomText(8))")
    do throws(StorageError) {
      let descriptor = try Files.open(temporary, O_WRONLY | O_CREAT | O_EXCL, "write")
      let outcome = Result { () throws(StorageError) in
        try Files.write(descriptor, data, temporary)
        try Files.synchronize(descriptor, temporary)
      }
      try Files.close(descriptor, temporary)
      try outcome.get()
      try Files.rename(temporary, to: url, replacing: replacing)
    } catch {
      try? Files.remove(temporary)
      var named = error
      named.path = url.path
      throw named
    }
    try confirm(folder)
  }

  /// Replaces the file at `url` by the JSON of `value`.
  public static func writeJSON(_ value: some Encodable, to url: URL, replacing: Bool = true)
    throws(StorageError)
  {
    try write(RecordJSON.encode(value, readable: true), to: url, replacing: replacing)
  }

  /// Waits until the disk has the names in `folder`; a failure is told apart from "not written".
  static func confirm(_ folder: URL) throws(StorageError) {
    do { try Files.synchronize(folder) } catch {
      throw StorageError(
        .uncertain, path: folder.path,
        "written, but the disk did not confirm it: \(error.message)")
    }
  }
}
