import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

extension Channel {
  /// Ends the connection of somebody who does not read.
  ///
  /// What was written for him is forgotten with it. An ordinary end would keep it in the system's memory
  /// for as long as he likes, and he would not notice.
  func reset() {
    guard let socket = self as? any SocketOptionProvider else { return close(promise: nil) }
    socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      .whenComplete { _ in self.close(promise: nil) }
  }
}
