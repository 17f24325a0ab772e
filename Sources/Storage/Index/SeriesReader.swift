import Foundation
import Records

/// All measurements of a session, read straight from its journals: exact, and without an index.
///
/// For one look at one session. After a resume from step s the points of earlier attempts behind s
/// are left out, as are those behind a step to which an attempt itself went back.
public struct SeriesReader: Sendable {
  /// The session.
  public let session: String
  /// The points of each metric.
  public private(set) var points: [String: [SeriesPoint]] = [:]
  /// The histograms of each key, in order of steps.
  public private(set) var histograms: [String: [Histogram]] = [:]
  /// The image stacks of each key, in order of steps.
  public private(set) var images: [String: [ImageStack]] = [:]
  /// What is wrong with the files, as sentences.
  public private(set) var warnings: [String] = []

  /// Reads the journals of a session.
  public init(_ folder: SessionFolder) throws(StorageError) {
    session = folder.id
    for (_, url) in folder.journals() {
      var reader = JournalReader(url)
      var isFirst = true
      while true {
        let entries = try reader.read()
        if isFirst && reader.position.attempt != nil {
          supersede(after: reader.position.resumedFrom)
          isFirst = false
        }
        if entries.isEmpty { break }
        for entry in entries { add(entry) }
      }
      if let damage = reader.damage { warnings.append(damage) }
    }
  }

  /// The metrics' keys.
  public var keys: [String] { points.keys.sorted() }

  /// A window of one metric in at most about `pixels` buckets; `nil` ends mean all there is.
  public func series(_ key: String, from: Int? = nil, to: Int? = nil, pixels: Int) -> Series {
    let all = points[key] ?? []
    let low = all.partitioningIndex { $0.step >= from ?? .min }
    let high = to.map { last in all.partitioningIndex { $0.step > last } } ?? all.count
    let entries = low < high ? all[low..<high].map(Rollup.init) : []
    return Series(
      session: session, key: key, buckets: Envelope.buckets(entries, columns: max(pixels, 1)),
      totalCount: all.count)
  }

  private mutating func supersede(after step: Int) {
    for key in points.keys { points[key]?.removeLast { $0.step > step } }
    for key in histograms.keys { histograms[key]?.removeLast { $0.step > step } }
    for key in images.keys { images[key]?.removeLast { $0.step > step } }
  }

  private mutating func add(_ entry: JournalEntry) {
    switch entry {
    case .metrics(let measured):
      for (key, value) in measured.values {
        if let last = points[key]?.last, last.step > measured.step {
          points[key]?.removeLast { $0.step >= measured.step }
        }
        points[key, default: []]
          .append(SeriesPoint(step: measured.step, time: measured.time, value: value))
      }
    case .histogram(let histogram):
      histograms[histogram.key]?.removeLast { $0.step >= histogram.step }
      histograms[histogram.key, default: []].append(histogram)
    case .images(let stack):
      images[stack.key]?.removeLast { $0.step >= stack.step }
      images[stack.key, default: []].append(stack)
    }
  }
}

extension Array {
  /// Removes elements from the end for as long as they match.
  fileprivate mutating func removeLast(while matches: (Element) -> Bool) {
    while let last, matches(last) { removeLast() }
  }

  /// The index of the first element that matches, where all matching ones are at the end.
  func partitioningIndex(where matches: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if matches(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
