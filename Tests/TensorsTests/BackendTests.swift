import Foundation
import Testing

@testable import Tensors

@Suite struct BackendTests {
  @Test func `the backend says what it is`() throws {
    try Backend.load()
    #expect(Backend.version.hasPrefix("2."))
    #expect(!Backend.capability.isEmpty)
    let cpu = try #require(Backend.devices().first)
    #expect(cpu.device == .cpu)
    #expect(!cpu.name.isEmpty)
    #expect(cpu.coreCount >= 1)
    #expect(cpu.totalBytes > cpu.freeBytes)
    #expect(cpu.usedBytes > 0)
    try Backend.synchronize(.cpu)
  }

  @Test func `each thread has its own thread count`() throws {
    try Backend.load()
    // All threads set theirs before the first one looks: what another set must not matter.
    let set = ThreadCounts()
    let seen = ThreadCounts()
    let threads = [1, 2, 3].map { count in
      Thread {
        Backend.setThreadCount(count)
        set.append(count, for: count)
        set.wait(for: 3)
        seen.append(Backend.threadCount, for: count)
      }
    }
    for thread in threads { thread.start() }
    seen.wait(for: 3)
    #expect(seen.values == [1: 1, 2: 2, 3: 3])
    Backend.setThreadCount(0)
    #expect(Backend.threadCount == 1)
  }

  @Test func `places of the backend, in order`() {
    #expect(Backend.candidates(environment: ["LASAGNE_BACKEND": "/a/b.so"]) == ["/a/b.so"])
    let places = Backend.candidates(environment: ["HOME": "/home/x"])
    #expect(places.last == "/home/x/.cache/lasagne-engine/backend/libctorch.so")
    #expect(places.count == 2)
    #expect(
      Backend.cacheFolder(environment: ["HOME": "/h", "XDG_CACHE_HOME": "/c"])
        == "/c/lasagne-engine")
    #expect(
      Backend.cacheFolder(environment: ["XDG_CACHE_HOME": "/c", "LASAGNE_CACHE": "/l"]) == "/l")
  }

  @Test func `a missing backend names the command that makes it`() {
    let outcome = Backend.loadFirst(of: ["/nowhere/a.so", "/nowhere/b.so"])
    #expect(outcome.table == nil)
    #expect(
      outcome.reason
        == "no backend library at /nowhere/a.so and /nowhere/b.so; run `make setup`, which fetches "
        + "and builds it")
  }

  @Test func `a file that is no backend is refused`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).so")
    try Data("not a library".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let outcome = Backend.loadFirst(of: [file.path])
    #expect(outcome.table == nil)
    #expect(outcome.reason.contains(file.lastPathComponent))
    #expect(outcome.reason.hasSuffix("run `make setup`, which builds the backend again"))
  }
}

/// What threads of a test report; the lock makes it safe to share.
private final class ThreadCounts: @unchecked Sendable {
  private let condition = NSCondition()
  private var found: [Int: Int] = [:]

  var values: [Int: Int] { condition.withLock { found } }

  func append(_ value: Int, for key: Int) {
    condition.withLock {
      found[key] = value
      condition.broadcast()
    }
  }

  func wait(for count: Int) {
    condition.withLock {
      while found.count < count { condition.wait() }
    }
  }
}
