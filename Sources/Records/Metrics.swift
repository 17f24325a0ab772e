/// The values measured at one step of a session, under their keys.
///
/// Keys are paths: `train/loss`, `valid/accuracy`, `rate/samples`, `params/conv1.W/norm`,
/// `params/conv1.W/gradientNorm`, `params/conv1.W/updateRatio`, `params/conv1.W/stableRank`,
/// `layers/conv1/deadShare`.
public struct MetricPoints: Codable, Equatable, Sendable {
  /// The number of updates done when this was measured.
  public var step: Int
  /// The position in epochs, fractional within one.
  public var epoch: Double
  /// Seconds since 1970.
  public var time: Double
  /// The measured values by key; not-a-number and infinity are legal and shown as such.
  public var values: [String: Double]

  /// Makes a measurement from its parts.
  public init(step: Int, epoch: Double, time: Double, values: [String: Double]) {
    self.step = step
    self.epoch = epoch
    self.time = time
    self.values = values
  }

  /// Whether a metric is one of a single parameter or layer; all others are of the run as a whole.
  public static func isOfPart(_ key: String) -> Bool {
    key.hasPrefix("params/") || key.hasPrefix("layers/")
  }
}

/// The distribution of a tensor's entries at one step.
public struct Histogram: Codable, Equatable, Sendable {
  /// What was counted: `conv1.W`, `conv1.W/gradient`, `conv1/output`.
  public var key: String
  /// The number of updates done when this was measured.
  public var step: Int
  /// Seconds since 1970.
  public var time: Double
  /// The smallest and largest finite entry.
  public var minimum: Double
  /// The largest finite entry.
  public var maximum: Double
  /// Counts in equal bins from minimum to maximum.
  public var counts: [Int]
  /// How many entries were not finite; they are in no bin.
  public var nonFiniteCount: Int

  /// Makes a histogram from its parts.
  public init(
    key: String, step: Int, time: Double, minimum: Double, maximum: Double, counts: [Int],
    nonFiniteCount: Int
  ) {
    self.key = key
    self.step = step
    self.time = time
    self.minimum = minimum
    self.maximum = maximum
    self.counts = counts
    self.nonFiniteCount = nonFiniteCount
  }
}

/// A stack of small images at one step: the filters of a layer, or its feature maps.
public struct ImageStack: Codable, Equatable, Sendable {
  /// What is shown: `conv1.W`.
  public var key: String
  /// The number of updates done when this was taken.
  public var step: Int
  /// Seconds since 1970.
  public var time: Double
  /// The number of images.
  public var count: Int
  /// Channels of each image: 1 grey, 3 colour; other counts are shown as their mean.
  public var channels: Int
  /// Rows of each image.
  public var height: Int
  /// Columns of each image.
  public var width: Int
  /// The values, image by image, channel by channel, row by row (`count × channels × height × width`).
  public var values: [Float]

  /// Makes a stack from its parts.
  public init(
    key: String, step: Int, time: Double, count: Int, channels: Int, height: Int, width: Int,
    values: [Float]
  ) {
    self.key = key
    self.step = step
    self.time = time
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }
}

/// One entry of a metrics journal.
public enum JournalEntry: Codable, Equatable, Sendable {
  case metrics(MetricPoints)
  case histogram(Histogram)
  case images(ImageStack)
}

/// A window of one series, thinned to what a picture of it can show.
///
/// Each bucket keeps its exact extremes, so no spike is lost.
public struct Series: Codable, Equatable, Sendable {
  /// One column of a curve; a single point where `count` is 1.
  public struct Bucket: Codable, Equatable, Sendable {
    /// The first and last step in the bucket.
    public var firstStep: Int
    /// The last step in the bucket.
    public var lastStep: Int
    /// The smallest finite value; `nil` if there is none.
    public var minimum: Double?
    /// The largest finite value; `nil` if there is none.
    public var maximum: Double?
    /// The mean of the finite values; `nil` if there is none.
    public var mean: Double?
    /// The last finite value; `nil` if there is none.
    public var last: Double?
    /// The seconds since 1970 of the last point.
    public var lastTime: Double
    /// The number of points.
    public var count: Int
    /// How many of them were not finite.
    public var nonFiniteCount: Int

    /// Makes a bucket from its parts.
    public init(
      firstStep: Int, lastStep: Int, minimum: Double?, maximum: Double?, mean: Double?,
      last: Double?, lastTime: Double, count: Int, nonFiniteCount: Int
    ) {
      self.firstStep = firstStep
      self.lastStep = lastStep
      self.minimum = minimum
      self.maximum = maximum
      self.mean = mean
      self.last = last
      self.lastTime = lastTime
      self.count = count
      self.nonFiniteCount = nonFiniteCount
    }
  }

  /// The session it belongs to.
  public var session: String
  /// The metric's key.
  public var key: String
  /// The buckets in order of steps.
  public var buckets: [Bucket]
  /// How many points the whole series has.
  public var totalCount: Int

  /// Makes a series from its parts.
  public init(session: String, key: String, buckets: [Bucket], totalCount: Int) {
    self.session = session
    self.key = key
    self.buckets = buckets
    self.totalCount = totalCount
  }
}
