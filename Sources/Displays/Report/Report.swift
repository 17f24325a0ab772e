import Foundation
import Records

/// What became of sessions, as one HTML file that needs no server, no network and no other file.
///
/// It holds curves to look into, the networks, the filters, the timelines, the settings and the
/// metrics; ``page`` writes it. A browser that keeps to content security policies runs nothing in
/// it but the report's own script, whatever the records say.
public struct Report: Sendable {
  /// One session of a report.
  public struct Part: Sendable {
    /// What it is now.
    public var record: SessionRecord
    /// The network it trains; `nil` where that cannot be read any more.
    public var network: NetworkSummary?
    /// Its metrics, thinned to what a picture shows, with exact extremes.
    public var series: [Series]
    /// The newest images of each key.
    public var images: [ImageStack]
    /// What happened, oldest first.
    public var events: [Event]
    /// Steps and the position in epochs reached with them.
    public var epochs: [(step: Double, epoch: Double)]
    /// How much of the input each layer sees; `nil` where that is not known.
    public var capacity: CapacityReport?
    /// What the network makes of samples; `nil` where nobody looked.
    public var sight: ReportSight?

    /// Makes a part from its parts.
    public init(
      record: SessionRecord, network: NetworkSummary?, series: [Series], images: [ImageStack],
      events: [Event], epochs: [(step: Double, epoch: Double)],
      capacity: CapacityReport? = nil, sight: ReportSight? = nil
    ) {
      self.record = record
      self.network = network
      self.series = series
      self.images = images
      self.events = events
      self.epochs = epochs
      self.capacity = capacity
      self.sight = sight
    }

    /// Seconds since 1970 of its first start.
    var start: Double { record.startedAt ?? record.request.createdAt }
  }

  /// Something that happened to a session.
  public struct Event: Sendable {
    /// Seconds since 1970.
    public var time: Double
    /// Updates done.
    public var step: Int
    /// Who had it done.
    public var who: String
    /// What happened, as a sentence.
    public var what: String
    /// The few words on the curves; `nil` where nobody intervened.
    public var mark: String?

    /// Makes an event from its parts.
    public init(time: Double, step: Int, who: String, what: String, mark: String? = nil) {
      self.time = time
      self.step = step
      self.who = who
      self.what = what
      self.mark = mark
    }
  }

  let title: String
  let parts: [Part]
  /// Seconds since 1970.
  let time: Double

  /// Makes a report of sessions.
  ///
  /// - Parameters:
  ///   - title: What stands above everything.
  ///   - time: When it is made, in seconds since 1970.
  public init(title: String, parts: [Part], time: Double) {
    self.title = title
    self.parts = parts
    self.time = time
  }

  /// A session's name, with the beginning of its id where several have the same.
  func name(_ part: Part) -> String {
    let request = part.record.request
    let isAlone = parts.count { $0.record.request.name == request.name } == 1
    return isAlone ? request.name : "\(request.name) \(request.id.prefix(6))"
  }
}
