import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage

/// `lasagne report SESSION… -o report.html`: sessions as one file to send to somebody.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write sessions into one HTML file that opens without a server.",
    discussion: """
      Curves to look into, networks, filters, timelines, settings and metrics. The file loads \
      nothing else, from nowhere, and runs no script but its own.
      """)

  @Argument(help: "Sessions, by id (or its beginning) or name; by default the newest.")
  var sessions: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output = "report.html"

  @Option(help: "What stands above everything; by default the sessions' names.")
  var title: String?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Run the networks over held-out samples for the confusion matrix and a map (up to four sessions)."
  )
  var samples = true

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let file = URL(fileURLWithPath: output)
    try NewFile.checkFolder(of: file)
    let source = try PlotSource(sessions: sessions, in: workspace)
    let count = source.sources.reduce(0) { $0 + $1.keys.count }
    // About 20,000 places of curves make half a megabyte, however many curves there are.
    let pixels = min(800, max(40, 20_000 / max(1, count)))
    let names = source.sources.map(\.history.record.request.name)
    let looks = samples && source.sources.count <= 4
    let parts = try source.sources.map {
      try part($0, pixels: pixels, looks: looks, in: workspace)
    }
    let report = Report(
      title: title ?? names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : ""),
      parts: parts, time: Date().timeIntervalSince1970)
    let content = Data(try report.page().utf8)
    try AtomicFile.write(content, to: file, replacing: true)
    if common.json {
      try common.putJSON(["output": file.path])
    } else {
      put("Wrote \(file.path) (\(NumberText.bytes(content.count))).")
    }
  }

  private func part(
    _ source: PlotSource.Source, pixels: Int, looks: Bool, in workspace: Workspace
  ) throws -> Report.Part {
    let history = source.history
    let folder = try workspace.session(history.record.request.id)
    let images = try SessionImages.newest(of: folder, in: workspace)
    let network = try? folder.network(in: workspace)
    // A session without weights or without classes is reported without what it sees.
    let sight = looks ? try? SightReport(history.record.request.id, in: workspace).sight : nil
    return Report.Part(
      record: history.record, network: network?.summary(),
      series: try source.keys.map { try source.curves.series($0, pixels: pixels) },
      images: images, events: history.timeline.map(history.event), epochs: history.epochs,
      capacity: network?.capacity(), sight: sight)
  }
}

extension SessionFolder {
  /// The network as it was when the session was asked for.
  func network(in workspace: Workspace) throws -> Network {
    guard let text = try model() else {
      return try Model.load(request.model, from: workspace).network
    }
    return try Network(modelFile: text)
  }
}

/// The newest images of a session: from the index where that has them, else from the journals.
enum SessionImages {
  static func newest(of folder: SessionFolder, in workspace: Workspace) throws -> [ImageStack] {
    if let index = try Storage.Index(reading: workspace), try workspace.engineHolder() != nil {
      let keys = try index.pictures(of: folder.id).filter(\.isImages).map(\.key)
      return try keys.compactMap { try index.images(session: folder.id, key: $0) }
    }
    let reader = try SeriesReader(folder)
    return reader.images.sorted { $0.key < $1.key }.compactMap(\.value.last)
  }
}
