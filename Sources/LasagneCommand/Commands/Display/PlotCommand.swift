import ArgumentParser
import Datasets
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne plot SESSION… METRIC…`: curves in the terminal, or as a file.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw curves of sessions here, or into an SVG, PNG or CSV file.",
    discussion: """
      Names of sessions and of metrics in any order; without a session the newest one is meant, \
      without a metric its losses, and * stands for any text. Every point counts: each column shows \
      its exact extremes. What was done to a session is marked on its curves.

        lasagne plot demo train/loss valid/loss --log --smooth 0.9
        lasagne plot first second valid/accuracy -o accuracy.svg
        lasagne plot demo 'params/*/norm' -o norms.csv
      """)

  @Argument(help: ArgumentHelp("Sessions and metrics.", valueName: "session or metric"))
  var words: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a picture (.svg, .png) or all points (.csv).", valueName: "file"))
  var output: String?

  @Flag(help: "Draw the vertical axis logarithmically.")
  var log = false

  @Option(name: .customLong("x"), help: "What stands on the horizontal axis.")
  var horizontal: Plot.Horizontal = .step

  @Option(
    help: ArgumentHelp(
      "Draw a moving average too, from 0 (none) to below 1 (long).", valueName: "weight"))
  var smooth = 0.0

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard smooth >= 0, smooth < 1 else {
      throw ValidationError("--smooth is \(smooth); a weight is at least 0 and below 1.")
    }
    if let output, FileKind(output) == nil {
      throw ValidationError(
        "'\(output)' ends in no kind of file that can be written: use .svg, .png or .csv.")
    }
  }

  func run() throws {
    let source = try PlotSource(words, in: common.existing())
    if let output, let kind = FileKind(output) {
      try write(source, to: URL(fileURLWithPath: output), kind)
      return
    }
    let terminal = Terminal.standard
    let width = min(160, terminal.width - 1)
    let plot = try plot(source, pixels: common.json ? 400 : width * 2)
    if common.json {
      try putRecords(source, plot)
      return
    }
    let height = min(terminal.height, 32)
    let drawing = TextPlot(
      plot, width: width, height: height, isColored: terminal.isColored)
    put(terminal.isColored ? terminal.painted(drawing.lines) : drawing.text)
  }

  private func plot(_ source: PlotSource, pixels: Int) throws -> Plot {
    try source.plot(horizontal, pixels: pixels, isLogarithmic: log, smoothing: smooth)
  }

  private enum FileKind: String {
    case svg
    case png
    case csv

    init?(_ path: String) {
      self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased())
    }
  }

  private func write(_ source: PlotSource, to file: URL, _ kind: FileKind) throws {
    try NewFile.checkFolder(of: file)
    let names = source.sources.map(\.history.record.request.name)
    let title = names.count > 3 ? "\(names.count) sessions" : names.joined(separator: ", ")
    let content: Data
    switch kind {
    case .csv: content = Data(PlotTable(try source.rows()).text.utf8)
    case .svg: content = Data(PlotDrawing(try plot(source, pixels: 1000), title: title).svg.utf8)
    case .png: content = try PlotDrawing(try plot(source, pixels: 1000), title: title).png()
    }
    try AtomicFile.write(content, to: file, replacing: true)
    if common.json {
      try common.putJSON(["output": file.path])
    } else {
      put("Wrote \(file.path) (\(NumberText.bytes(content.count))).")
    }
  }

  /// One curve with all that a drawing of it needs.
  private struct CurveRecord: Encodable {
    var session: String
    var name: String
    var metric: String
    var x: Plot.Horizontal
    var curve: PlotCurve
  }

  private struct MarkRecord: Encodable {
    var mark: PlotMark
  }

  private func putRecords(_ source: PlotSource, _ plot: Plot) throws {
    var rest = plot.panels.map { $0.curves[...] }
    for one in source.sources {
      for key in one.keys {
        // Panels hold their curves in this same order.
        let kind = MetricKind.name(of: key)
        let panel = source.kinds.firstIndex(of: kind) ?? 0
        guard let curve = rest[panel].popFirst() else { continue }
        let request = one.history.record.request
        try common.putJSON(
          CurveRecord(
            session: request.id, name: request.name, metric: key, x: horizontal, curve: curve))
      }
    }
    for mark in plot.marks { try common.putJSON(MarkRecord(mark: mark)) }
  }
}

extension Plot.Horizontal: ExpressibleByArgument {}
