import Dashboard
import Foundation
import ServiceLifecycle
import Testing

/// Serves recorded data for whoever works on the page: `LASAGNE_DASHBOARD_DEMO=seconds`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LASAGNE_DASHBOARD_DEMO"] != nil))
struct DemoServer {
  @Test func `serves recorded data`() async throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["LASAGNE_DASHBOARD_DEMO"].flatMap { Double($0) } ?? 60
    let source = RecordedSource()
    var configuration = DashboardConfiguration()
    configuration.port = 8747
    configuration.token = try #require(Token("demo-demo-demo-demo-demo-demo"))
    configuration.webFolder = environment["LASAGNE_WEB_FOLDER"].map { URL(fileURLWithPath: $0) }
    let server = try DashboardServer(source: source, configuration: configuration) { url in
      print(url)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask { await source.pretend() }
      try await Task.sleep(for: .seconds(seconds))
      group.cancelAll()
    }
  }
}
