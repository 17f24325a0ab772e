import Foundation
import Records
import Testing

@Suite struct ParamsTreeTests {
  private func version(
    _ number: Int, parent: String? = nil, time: Double = 0, archived: Bool = false
  ) -> ParamsVersion {
    ParamsVersion(
      version: number, file: "f", sha256: "s", byteCount: 1, createdAt: time, session: nil,
      step: nil, metrics: [:], parent: parent, archivedAt: archived ? 1 : nil)
  }

  private func record(_ name: String, _ versions: [ParamsVersion]) -> ParamsRecord {
    ParamsRecord(model: "m", name: name, versions: versions)
  }

  @Test func `forks are indented and an unforked history stays in its column`() {
    let tree = ParamsTree(
      model: "m",
      records: [
        record(
          "best",
          [
            version(1, time: 1), version(2, parent: "best@1", time: 2),
            version(3, parent: "best@2", time: 5),
          ]),
        record(
          "fine", [version(1, parent: "best@2", time: 3), version(2, parent: "fine@1", time: 4)]),
        record("other", [version(1, parent: "gone@4", time: 9)]),
      ])
    #expect(
      tree.description == """
        ● best@1
        ↓ best@2
        ├─ fine@1
        │  ↓ fine@2
        └─ best@3
        ● other@1
        """)
    #expect(tree.nodes.last?.lostParent == "gone@4")
    #expect(tree.nodes.map(\.depth) == [0, 0, 1, 1, 1, 0])
  }

  @Test func `without archived versions their children hang where they hung`() {
    let tree = ParamsTree(
      model: "m",
      records: [
        record(
          "a",
          [
            version(1, time: 1), version(2, parent: "a@1", time: 2, archived: true),
            version(3, parent: "a@2", time: 3),
          ])
      ], includesArchived: false)
    #expect(tree.nodes.map(\.reference) == ["a@1", "a@3"])
    #expect(tree.nodes.last?.parent == "a@1")
  }

  @Test func `a circle in a damaged record and a history of thousands are drawn whole`() {
    let circle = [version(1, parent: "a@2", time: 1), version(2, parent: "a@1", time: 2)]
    #expect(ParamsTree(model: "m", records: [record("a", circle)]).nodes.count == 2)
    let long = (1...3000).map {
      version($0, parent: $0 > 1 ? "a@\($0 - 1)" : nil, time: Double($0))
    }
    let tree = ParamsTree(model: "m", records: [record("a", long)])
    #expect(tree.lines { $0.reference }.last == "↓ a@3000")
  }

  @Test func `a record of an earlier program is read`() throws {
    let text = """
      {"model":"m","name":"a","versions":[{"version":4,"file":"v0004.safetensors","sha256":"s",
      "byteCount":1,"createdAt":2,"metrics":{},"parent":"a@3"}]}
      """
    let record = try JSONDecoder().decode(ParamsRecord.self, from: Data(text.utf8))
    #expect(record.nextVersion == 5)
    #expect(
      record.versions
        == [version(4, parent: "a@3", time: 2)].map { old in
          var version = old
          version.file = "v0004.safetensors"
          return version
        })
  }
}
