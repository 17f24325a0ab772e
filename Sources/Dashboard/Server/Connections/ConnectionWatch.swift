import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Watches requests and answers of one connection, and ends it where a limit is passed.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let clock: ConnectionClock
  private var timer: RepeatedTask?
  private var isClosing = false

  init(table: ConnectionTable) { clock = ConnectionClock(table: table) }

  func handlerAdded(context: ChannelHandlerContext) {
    addWatches(context)
    clock.table.open(context.channel)
    let clock = NIOLoopBound(clock, eventLoop: context.eventLoop)
    let channel = context.channel
    let interval = clock.value.limits.interval
    timer = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      guard clock.value.isOverdue(at: .now()) else { return }
      if clock.value.stuckSince != nil { channel.reset() } else { channel.close(promise: nil) }
    }
  }

  /// Adds what looks at bytes and request lines; without these checks nothing is answered.
  private func addWatches(_ context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(ByteWatch(clock), position: .first)
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      try pipeline.addHandler(TargetWatch(), position: .before(codec))
    } catch {
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  private func end(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    clock.table.close(context.channel)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      clock.beginBody()
      clock.table.set(context.channel, isBusy: true)
    case .body(let bytes): clock.takeBody(bytes: bytes.readableBytes)
    case .end: clock.endRequest()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      // Who was answered before the end of the request would go on sending for nothing.
      isClosing = clock.isReadingBody
      // What is no request never came to the gate; the library has a status for it and no word.
      let isMute = head.status == .badRequest && head.headerFields[.contentType] == nil
      let answer =
        isMute ? Reply.last("The request could not be read: it is no HTTP, or too long.") : nil
      if let answer { head.headerFields = answer.headers }
      if isClosing { head.headerFields[.connection] = "close" }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
      if let answer { context.write(wrapOutboundOut(.body(answer.body)), promise: nil) }
    case .body: context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      if clock.endAnswer() { clock.table.set(context.channel, isBusy: false) }
      if isClosing { closeSoon(context) }
    }
  }

  /// Ends our half at once and the connection a little later: an answer that is followed by a reset
  /// would not be read.
  private func closeSoon(_ context: ChannelHandlerContext) {
    let channel = context.channel
    context.flush()
    context.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
  }
}

/// Watches the bytes of one connection before anybody reads a request out of them.
private final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let clock: ConnectionClock

  init(_ clock: ConnectionClock) { self.clock = clock }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard clock.take(bytes: unwrapInboundIn(data).readableBytes) else {
      let (headers, sentence) = Reply.last("The request's headers are larger than 32 KB.")
      var refusal = ByteBuffer(string: "HTTP/1.1 431 Request Header Fields Too Large\r\n")
      for field in headers { refusal.writeString("\(field.name): \(field.value)\r\n") }
      refusal.writeString("\r\n")
      refusal.writeImmutableBuffer(sentence)
      context.writeAndFlush(wrapOutboundOut(refusal), promise: nil)
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    clock.stuckSince = context.channel.isWritable ? nil : .now()
    context.fireChannelWritabilityChanged()
  }
}
