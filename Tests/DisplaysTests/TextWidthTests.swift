import Displays
import Testing

struct TextWidthTests {
  @Test(
    arguments: [
      ("", 0), ("lenet", 5), ("größe", 5), ("gro\u{0308}ße", 5), ("網絡", 4), ("ネット", 6), ("한글", 4),
      ("🍝", 2), ("❤\u{FE0F}", 2), ("🇮🇹", 2), ("👩\u{200D}🍳", 2), ("→×…", 3), ("⠿", 1),
    ])
  func `a text takes the columns that a terminal gives it`(text: String, columns: Int) {
    #expect(TextWidth.of(text) == columns)
  }

  @Test func `columns stay aligned beside wide characters, and are cut at whole ones`() {
    let table = TextTable(
      [("name", .left), ("steps", .right)], rows: [["網絡", "1"], ["plain", "20"]])
    #expect(table.description == "name   steps\n─────  ─────\n網絡       1\nplain     20")
    let narrow = TextTable(
      [("name", .left), ("steps", .right)], rows: [["網絡網絡網絡", "1"]]
    ).text(width: 16)
    // Nine columns are there: four ideographs and the sign that something is missing.
    #expect(narrow.split(separator: "\n").last == "網絡網絡…      1")
  }
}
