import Hummingbird
import NIOCore

/// What belongs to one request, with the connection it came by.
struct DashboardContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Bodies beyond this are refused with 413.
  var maxUploadSize: Int { 1 << 20 }
}
