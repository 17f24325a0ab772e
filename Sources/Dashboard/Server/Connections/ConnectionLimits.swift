import NIOCore

/// What one connection, and all of them together, may take from the server.
struct ConnectionLimits: Sendable {
  /// The most connections at a time.
  var connections = 256
  /// The most streams of events at a time: fewer than connections, so that pages can still ask.
  var streams = 224
  /// How long the head of a request may take, from its first byte or from the connection on.
  var headTime = TimeAmount.seconds(10)
  /// The most bytes of a request's line and headers together.
  var headBytes = 40 * 1024
  /// How long a body may take, whatever its size.
  var bodyTime = TimeAmount.seconds(10)
  /// How many bytes a body must bring in each second after that.
  var bodyBytesPerSecond = 1024
  /// How long a connection that was of use may wait for its next request.
  var idleTime = TimeAmount.seconds(60)
  /// How long a client may read nothing of an answer.
  var readTime = TimeAmount.seconds(30)
  /// How long a page may read nothing of its stream of events.
  var streamTime = Duration.seconds(10)
  /// Bytes that the system keeps for a page that reads slowly; what is beyond them waits here.
  var streamBuffer = 64 * 1024
  /// How often a connection is looked at.
  var interval = TimeAmount.seconds(1)
}
