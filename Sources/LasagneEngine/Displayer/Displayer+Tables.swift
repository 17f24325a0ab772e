import Displays
import Records
import Storage

// The tables, made of records: of an engine's, or of those that a command reads from files.
extension Displayer {
  /// A line a model, in the order given: its name, its size, what weights there are.
  public static func models(
    _ models: [(name: String, summary: NetworkSummary)], params: [ParamsRecord]
  ) -> TextTable {
    TextTable(
      [("model", .left), ("layers", .right), ("parameters", .right), ("params", .left)],
      rows: models.map { name, summary in
        [
          name, "\(summary.layers.count)", NumberText.grouped(summary.parameterCount),
          params.filter { $0.model == name }.map(\.name).joined(separator: ", "),
        ]
      })
  }

  /// A line a version of saved weights, in the order given.
  public static func params(_ records: [ParamsRecord]) -> TextTable {
    TextTable(
      [
        ("params", .left), ("model", .left), ("step", .right), ("accuracy", .right),
        ("size", .right), ("made from", .left), ("session", .left), ("", .left),
      ],
      rows: records.flatMap { record in
        record.versions.map { version in
          [
            record.reference(version), record.model,
            version.step.map(NumberText.grouped) ?? "",
            accuracy(of: version).map(NumberText.percentage) ?? "",
            NumberText.bytes(version.byteCount), version.parent ?? "", version.session ?? "",
            marks(of: version).joined(separator: " "),
          ]
        }
      })
  }

  /// The accuracy that was measured when weights were saved: of the test, else of the validation.
  public static func accuracy(of version: ParamsVersion) -> Double? {
    version.metrics["test/accuracy"] ?? version.metrics["valid/accuracy"]
  }

  /// What a person has marked a version with: a pin, the archive, tags.
  public static func marks(of version: ParamsVersion) -> [String] {
    (version.isPinned ? ["pinned"] : []) + (version.archivedAt == nil ? [] : ["archived"])
      + version.tags.map { "#\($0)" }
  }

  /// A line a data set, in the order given.
  public static func data(_ records: [DataRecord]) -> TextTable {
    TextTable(
      [
        ("data", .left), ("inputs", .left), ("targets", .left), ("classes", .right),
        ("size", .right), ("fingerprint", .left),
      ],
      rows: records.map { record in
        [
          record.name, arrayText(record, "inputs"), arrayText(record, "targets"),
          record.classNames.isEmpty ? "" : "\(record.classNames.count)",
          NumberText.bytes(record.byteCount), String(record.fingerprint.prefix(12)),
        ]
      })
  }

  /// A shape as people write it: `60000×28×28`.
  public static func shapeText(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }

  private static func arrayText(_ record: DataRecord, _ role: String) -> String {
    record.arrays.first { $0.name == role }.map { "\(shapeText($0.shape)) \($0.dataType)" } ?? ""
  }

  /// A line for each array on each device.
  public static func placements(_ placements: [ArrayPlacement]) -> TextTable {
    TextTable(
      [
        ("array in use", .left), ("device", .left), ("how", .left), ("bytes", .right),
        ("sessions", .right), ("", .left),
      ],
      rows: placements.map { placement in
        let isMapped = placement.form == .host && placement.device == "cpu"
        let form =
          placement.form == .resident
          ? "whole, a copy a process" : isMapped ? "mapped, shared by all" : "batch by batch"
        return [
          placement.name, placement.device, form, NumberText.bytes(placement.byteCount),
          "\(placement.users)", placement.isPinned ? "pinned" : "",
        ]
      })
  }

  /// A line a device, with what of it the sessions hold.
  public static func devices(_ devices: [DeviceShare]) -> TextTable {
    TextTable(
      [
        ("device", .left), ("", .left), ("threads", .right), ("memory", .right), ("of", .right),
        ("sessions", .left),
      ],
      rows: devices.map { device in
        [
          device.name, device.isAllowed ? "" : "not used",
          device.cores > 0 ? "\(device.threadsHeld) of \(device.cores)" : "",
          NumberText.bytes(device.memoryHeld), device.memoryLimit.map(NumberText.bytes) ?? "",
          device.sessions.map { String($0.prefix(8)) }.joined(separator: ", "),
        ]
      })
  }

  /// A line a session that waits, in the order of the queue.
  public static func queue(_ waiting: [SessionRecord]) -> TextTable {
    TextTable(
      [
        ("place", .right), ("session", .left), ("name", .left), ("priority", .right),
        ("device", .left), ("memory", .right), ("", .left),
      ],
      rows: waiting.enumerated().map { index, record in
        [
          "\(index + 1)", String(record.request.id.prefix(8)), record.request.name,
          "\(record.request.priority ?? 0)", record.request.device,
          record.request.memory.map { NumberText.bytes($0.total) } ?? "", record.message ?? "",
        ]
      })
  }
}
