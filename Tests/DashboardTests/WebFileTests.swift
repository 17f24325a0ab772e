import Foundation
import Records
import Testing

@testable import Dashboard

/// The page's files as a browser gets them, and curves as bytes.
@Suite struct WebFileTests {
  @Test func `files are packed for those who take that, with a tag of their own`() async throws {
    try await LiveServer.run { server in
      let plain = try await server.ask("GET", "/web/app.js")
      let packed = try await server.ask(
        "GET", "/web/app.js", headers: ["Accept-Encoding": "br, gzip;q=0.5"])
      #expect(plain.headers["content-encoding"] == nil)
      #expect(packed.headers["content-encoding"] == "gzip")
      #expect(packed.headers["vary"] == "Accept-Encoding")
      #expect(packed.bytes.starts(with: [0x1F, 0x8B]) && packed.bytes.count < plain.bytes.count)
      let tag = try #require(packed.headers["etag"])
      #expect(tag != plain.headers["etag"])
      let headers = ["Accept-Encoding": "gzip", "If-None-Match": "\"other\", \(tag)"]
      #expect(try await server.ask("GET", "/web/app.js", headers: headers).status == 304)
      // The tag of one form says nothing about the other.
      let other = try await server.ask("GET", "/web/app.js", headers: ["If-None-Match": tag])
      #expect(other.status == 200)
      let refused = try await server.ask(
        "GET", "/web/app.js", headers: ["Accept-Encoding": "gzip;q=0"])
      #expect(refused.headers["content-encoding"] == nil)
    }
  }

  @Test func `what is packed unpacks to the same`() throws {
    let text = Data(String(repeating: "curve ", count: 5000).utf8)
    let packed = try #require(gzipped(text))
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("packed-\(UUID().uuidString).gz")
    defer { try? FileManager.default.removeItem(at: file) }
    try packed.write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let unpacked = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(unpacked == text)
  }

  @Test func `the page asks for files that stay the same for ever`() async throws {
    try await LiveServer.run { server in
      let version = server.routes.files.version
      let page = try await server.ask("GET", "/")
      #expect(page.headers["cache-control"] == "no-cache")
      #expect(page.body.contains("\"/files/\(version)/web/app.js\""))
      let file = try await server.ask("GET", "/files/\(version)/web/app.js")
      #expect(file.status == 200)
      #expect(file.headers["cache-control"] == "private, max-age=31536000, immutable")
      // An address of another version is answered, but not for ever.
      let old = try await server.ask("GET", "/files/0123/web/app.js")
      #expect(old.status == 200 && old.headers["cache-control"] == "no-cache")
      #expect(try await server.ask("GET", "/files/\(version)/web/nothing.js").status == 404)
    }
  }

  @Test func `the whole page is fetched in at most 250 kB`() throws {
    let files = try RouteTableTests.routes().files
    #expect(files.transferredBytes > 10_000 && files.transferredBytes <= 250_000)
  }

  @Test func `curves come as bytes in the layout that is documented`() async throws {
    try await LiveServer.run { server in
      let ids = [RecordedSource.finished, RecordedSource.running]
      let list = "[\"\(ids[0])\",\"\(ids[1])\"]"
      let body = "{\"sessions\":\(list),\"keys\":[\"train/loss\"],\"pixels\":60}"
      let records = try JSONDecoder().decode(
        [Series].self, from: Data(try await server.post("/api/v1/series", body).body.utf8))
      let answer = try await server.ask(
        "POST", "/api/v1/series",
        headers: ["Content-Type": "application/json", "Accept": "application/vnd.lasagne.series"],
        body: body)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/vnd.lasagne.series")
      var reader = ByteReader(bytes: answer.bytes)
      #expect(reader.text(8) == "LSERIES1")
      #expect(reader.whole(4) == 2 && reader.whole(4) == 0)
      #expect(records.count == 2 && records[0].buckets.count > 10)
      for record in records {
        let lengths = [reader.whole(4), reader.whole(4)]
        #expect(reader.whole(8) == record.totalCount)
        let count = reader.whole(4)
        #expect(count == record.buckets.count && reader.whole(4) == 0)
        #expect(reader.text(lengths[0]) == record.session)
        #expect(reader.text(lengths[1]) == record.key)
        reader.skipToMultiple(of: 8)
        let columns = (0..<9).map { _ in (0..<count).map { _ in reader.number() } }
        for (index, bucket) in record.buckets.enumerated() {
          #expect(columns[0][index] == Double(bucket.firstStep))
          #expect(columns[1][index] == Double(bucket.lastStep))
          #expect(columns[2][index] == bucket.lastTime)
          #expect(columns[3][index] == bucket.minimum && columns[4][index] == bucket.maximum)
          #expect(columns[5][index] == bucket.mean && columns[6][index] == bucket.last)
          #expect(columns[7][index] == Double(bucket.count))
          #expect(columns[8][index] == Double(bucket.nonFiniteCount))
        }
      }
      #expect(reader.position == answer.bytes.count)
    }
  }

  @Test func `more curves than an address can name are one question`() async throws {
    try await LiveServer.run { server in
      let ids = Array(repeating: "\"\(RecordedSource.finished)\"", count: 300)
        .joined(separator: ",")
      let answer = try await server.post(
        "/api/v1/series", "{\"sessions\":[\(ids)],\"keys\":[\"train/loss\"],\"pixels\":30}")
      #expect(answer.status == 200)
      let unknown = try await server.post(
        "/api/v1/series", "{\"sessions\":[\"../etc\"],\"keys\":[]}")
      #expect(unknown.status == 404)
    }
  }
}

/// Reads little-endian numbers one after the other.
private struct ByteReader {
  let bytes: [UInt8]
  var position = 0

  mutating func text(_ count: Int) -> String { String(decoding: take(count), as: UTF8.self) }

  mutating func whole(_ count: Int) -> Int {
    take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func number() -> Double {
    Double(bitPattern: take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  mutating func skipToMultiple(of size: Int) { position += (size - position % size) % size }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    guard position + count <= bytes.count else { return [] }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
