import NIOCore
import NIOHTTP1

/// Keeps whole addresses out of request lines, before the library takes the host out of them unseen.
///
/// `GET http://elsewhere/path` is a request to a proxy; here it becomes one that the gate refuses.
final class TargetWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), !head.uri.hasPrefix("/") else {
      return context.fireChannelRead(data)
    }
    head.uri = "*"
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
