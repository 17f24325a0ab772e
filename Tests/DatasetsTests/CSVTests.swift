import Datasets
import Foundation
import Tensors
import Testing

private func columns(
  _ text: String, _ options: CSV.Options = CSV.Options()
) throws -> [CSV.Column] {
  try CSV.columns(of: Data(text.utf8), path: "t.csv", options: options)
}

@Suite struct CSVTests {
  @Test func `numbers and categories are told apart`() throws {
    let table = try columns("age,city,score\n1, Rome ,-1.5e2\n20,Oslo,+0.25\n3,Rome,7\n")
    #expect(table.map(\.name) == ["age", "city", "score"])
    #expect(table[0] == CSV.Column(name: "age", categories: nil, values: [1, 20, 3]))
    #expect(table[1] == CSV.Column(name: "city", categories: ["Oslo", "Rome"], values: [1, 0, 1]))
    #expect(table[2].values == [-150, 0.25, 7])
    #expect(try columns(".5\n5.\n-1E+2\n0.1")[0].values == [0.5, 5, -100, 0.1])
    for text in ["1e", "e1", ".", "-", "1 2", "1,5x", "--1", "+"] {
      #expect(try columns("\"\(text)\"\n1")[0].name == text)
    }
  }

  @Test func `quotes, doubled quotes, line ends, a byte-order mark and empty lines are read`()
    throws
  {
    let text = "\u{FEFF}\"a,1\",\"b\"\r\n\"x \"\"y\"\"\",\"1\"\r\n\r\n\"line\nend\",2\r3x,3"
    let table = try columns(text)
    #expect(table[0].name == "a,1")
    #expect(table[0].categories == ["3x", "line\nend", "x \"y\""])
    #expect(table[1].values == [1, 2, 3])
  }

  @Test func `a header is there when no cell of the first row is a number`() throws {
    #expect(try columns("1,2\n3,4").map(\.name) == ["1", "2"])
    #expect(try columns("1,2\n3,4")[0].values == [1, 3])
    #expect(try columns("1,2\n3,4", CSV.Options(hasHeader: true)).map(\.name) == ["1", "2"])
    #expect(try columns("a,b\nc,d", CSV.Options(hasHeader: false))[0].categories == ["a", "c"])
    #expect(reason(try columns("a,a\n1,2")) == "t.csv: has two columns named 'a' (row 1)")
  }

  @Test func `separators are chosen or found`() throws {
    #expect(try columns("a;b\n1;2").count == 2)
    #expect(try columns("a|b\n1|2", CSV.Options(separator: "|")).count == 2)
    #expect(try CSV.columns(of: Data("a\tb\n1\t2".utf8), path: "t.tsv").count == 2)
    #expect(reason(try columns("a", CSV.Options(separator: "\""))).contains("separator"))
    #expect(reason(try columns("a", CSV.Options(separator: "é"))).contains("separator"))
  }

  @Test func `missing values are reported with row and column, or their rows left out`() throws {
    for missing in ["", "NA", "nan", "?", " null "] {
      let text = "a,b\n1,2\n\(missing),3\n"
      #expect(
        reason(try columns(text))
          == "t.csv: lacks a value in row 3, column 'a'; fill it in or leave such rows out")
      #expect(try columns(text, CSV.Options(missingValues: .dropRow)).map(\.values) == [[1], [2]])
    }
    #expect(
      reason(try columns("a,b\n,2", CSV.Options(missingValues: .dropRow))).contains("no rows"))
  }

  @Test func `numbers that are not finite are refused by row and column`() throws {
    for number in ["inf", "-Infinity", "1e999"] {
      #expect(
        reason(try columns("a,b\n1,2\n1,\(number)"))
          == "t.csv: has '\(number)' in row 3, column 'b', expected a finite number")
    }
    #expect(try columns("a\n0x10\n1")[0].categories == ["0x10", "1"])
    #expect(try columns("a\niris\n1")[0].categories == ["1", "iris"])
  }

  @Test func `columns can be coded although they hold numbers`() throws {
    let options = CSV.Options(categoricalColumns: ["zip"])
    #expect(try columns("zip,x\n0100,1\n02,2", options)[0].categories == ["0100", "02"])
  }

  @Test func `ragged rows, open quotes, zero bytes and empty files are refused`() {
    let cases = [
      ("a,b\n1,2\n3", "1 cells in row 3, expected 2"), ("a,b\n1,2,3", "3 cells in row 2"),
      ("a\n\"1", "ends inside a quoted cell (row 2, column 1)"),
      ("a\n\"1\"2", "text after a closing quote (row 2, column 1)"),
      ("a,b\n1,\0", "zero byte, so it is no text (row 2, column 2)"), ("", "no rows"),
      ("\n\n", "no rows"), ("a,b\n", "no rows"),
    ]
    for (text, words) in cases {
      let sentence = reason(try columns(text))
      #expect(sentence.hasPrefix("t.csv: ") && sentence.contains(words), "\(sentence)")
    }
  }

  @Test func `endless cells and rows are refused`() {
    let cell = String(repeating: "1", count: 1_100_000)
    #expect(reason(try columns(cell)).contains("cell of more than 1048576 bytes"))
    let row = String(repeating: ",", count: 70_000)
    #expect(reason(try columns(row)).contains("more than 65536 columns"))
  }

  @Test func `a table becomes a data set`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("iris.csv")
      try Data("w,kind,h\n1,rose,2\n3,iris,4\n5,rose,6\n".utf8).write(to: url)
      let named = try Dataset.read(
        from: url, options: .init(table: CSV.Options(labelColumn: "kind")))
      #expect(named.name == "iris")
      #expect(named.classNames == ["iris", "rose"])
      #expect(named.labels == [1, 0, 1])
      #expect(named.inputs.shape == [3, 2])
      #expect(named.inputs.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
      let numbers = try Dataset.read(from: url)
      #expect(numbers.classCount == nil)
      #expect(numbers.targets?.shape == [3, 1])
      #expect(
        reason(try Dataset.read(from: url, options: .init(table: CSV.Options(labelColumn: "x"))))
          == "\(url.path): has no column 'x', only w, kind, h")
      try Data("x,y\n1.5,0\n2.5,1\n3.5,1\n".utf8).write(to: url)
      #expect(try Dataset.read(from: url).labels == [0, 1, 1])
      try Data("y\n0\n1\n".utf8).write(to: url)
      #expect(reason(try Dataset.read(from: url)).contains("only the label column"))
      try Data().write(to: url)
      #expect(reason(try Dataset.read(from: url)).hasPrefix(url.path))
    }
  }
}
