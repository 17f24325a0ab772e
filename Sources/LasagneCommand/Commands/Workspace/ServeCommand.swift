import ArgumentParser
import Dashboard
import Foundation
import LasagneEngine
import Logging
import ServiceLifecycle

/// `lasagne serve`: the engine of a workspace, with its page.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Keep a workspace's engine running and serve its page.",
    discussion: """
      Prints the one address that opens the page. Sessions go on when this ends, and are found \
      again when it starts. Beyond this machine (--host) everything, the token too, goes over the \
      network as it is: put a proxy with TLS before it, or use 'ssh -L'.
      """)

  @Option(parsing: .unconditional, help: "The port to listen on; by default any free one.")
  var port = 0

  @Option(
    name: [.customLong("host"), .customLong("address")],
    help: ArgumentHelp(
      "The address to listen on; others than this machine's own need --allowed-host.",
      valueName: "address"))
  var address = "127.0.0.1"

  @Option(help: ArgumentHelp("A name under which the page may be asked for.", valueName: "host"))
  var allowedHost: [String] = []

  @Option(help: "Serve the page's files from this folder, for work on them.")
  var webFolder: String?

  @Option(
    parsing: .unconditional, help: "The cores to share out among sessions; by default all.")
  var cores: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port is \(port); a port is a number from 1 to 65535.")
    }
    if let cores { try AtLeast.one(cores, "--cores") }
  }

  func run() async throws {
    // What is written from here on is for this user alone, also by sessions and libraries.
    umask(0o077)
    if !DashboardConfiguration.isLoopback(address), !allowedHost.isEmpty {
      complain(
        "lasagne: Everything, the token too, goes over the network as it is; put a proxy with TLS "
          + "before this server.")
    }
    let workspace = try common.openOrCreate()
    let engine = try Engine(
      workspace, purpose: "serve",
      cores: cores ?? ProcessInfo.processInfo.activeProcessorCount)
    for leftover in engine.leftovers { complain("lasagne: \(leftover.sentence)") }
    await engine.run()
    let socket = try EngineSocket(engine)
    defer { socket.close() }
    var configuration = DashboardConfiguration()
    configuration.address = address
    configuration.port = port
    configuration.allowedHosts = allowedHost
    configuration.webFolder = webFolder.map { URL(fileURLWithPath: $0) }
    var logger = Logger(label: "lasagne")
    logger.logLevel = .error
    let isJSON = common.json
    let server = try DashboardServer(
      source: EngineSource(engine), configuration: configuration, logger: logger
    ) { url in
      put(isJSON ? "{\"url\":\"\(url)\"}" : "The page is at \(url)")
    }
    let services = ServiceGroup(
      services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await services.run()
    await engine.close()
  }
}
