import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// How a ``DashboardServer`` is set up.
public struct DashboardConfiguration: Sendable {
  /// The address to listen on; loopback unless hosts are named.
  public var address = "127.0.0.1"
  /// The port, or 0 for any free one.
  public var port = 0
  /// The secret that opens the page.
  public var token = Token()
  /// More names under which the server may be addressed, `name` or `name:port`.
  public var allowedHosts: [String] = []
  /// The page's own files; `nil` takes the ones that belong to the program.
  public var webFolder: URL?
  /// The third-party files; `nil` takes the cache.
  public var assetsFolder: URL?
  /// What connections may take.
  var limits = ConnectionLimits()
  /// How many sessions may wait before another one is refused.
  var longestQueue = 1000

  /// Makes the usual configuration.
  public init() {}

  /// Whether only this machine can reach an address.
  public static func isLoopback(_ address: String) -> Bool {
    ["127.0.0.1", "::1", "localhost"].contains(address)
  }
}

/// Serves the page, its JSON and its stream of events, until its service group stops it.
public struct DashboardServer: Service {
  private let configuration: DashboardConfiguration
  private let rules: GateRules
  private let responder: Gate<RouterResponder<DashboardContext>>
  private let logger: Logger
  private let announce: @Sendable (String) -> Void

  /// The routes, for tests.
  let routes: Routes

  /// Prepares a server; `announce` gets the one URL that opens the page once it listens.
  ///
  /// Throws ``DashboardError`` for an address that is not loopback unless hosts are named.
  public init(
    source: some DashboardSource, configuration: DashboardConfiguration = DashboardConfiguration(),
    logger: Logger = Logger(label: "dashboard"), announce: @escaping @Sendable (String) -> Void
  ) throws {
    let isLocal = DashboardConfiguration.isLoopback(configuration.address)
    guard isLocal || !configuration.allowedHosts.isEmpty else {
      throw DashboardError.invalid(
        "Listening on \(configuration.address) needs --allowed-host with the name people will use; "
          + "leave the address out to listen on this machine only.")
    }
    self.configuration = configuration
    self.logger = logger
    self.announce = announce
    rules = GateRules(
      token: configuration.token, hosts: configuration.allowedHosts, port: configuration.port)
    let files = WebFiles(
      web: configuration.webFolder ?? WebFiles.ownFolder,
      assets: configuration.assetsFolder ?? WebFiles.assetsFolder)
    routes = Routes(
      source: source, files: files, connections: ConnectionTable(limits: configuration.limits),
      longestQueue: configuration.longestQueue)
    responder = Gate(inner: routes.router().buildResponder(), rules: rules)
  }

  /// The application behind the service, for tests.
  var application: some ApplicationProtocol {
    let announce = announce
    let rules = rules
    let token = configuration.token
    let address = configuration.address == "::1" ? "[::1]" : configuration.address
    let connections = routes.connections
    var limits = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionWatch(table: connections)])
    limits.httpDecoder = .init(
      maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)
    return Application(
      responder: responder,
      server: .http1(configuration: limits),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.address, port: configuration.port)),
      onServerRunning: { channel in
        guard let port = channel.localAddress?.port else { return }
        rules.listen(at: port)
        announce("http://\(address):\(port)/?token=\(token.value)")
      },
      logger: logger)
  }

  /// Serves until the service group that runs it shuts down.
  public func run() async throws {
    try await application.run()
  }
}
