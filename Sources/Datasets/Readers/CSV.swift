import Foundation
import Tensors

/// Tables as text (RFC 4180): one sample a row, one feature a column, one column of targets.
///
/// A column whose cells are all numbers is numeric; any other is categorical: its distinct texts, in
/// alphabetical order, are coded 0, 1, 2, …
public enum CSV {
  /// How a table is to be read.
  public struct Options: Equatable, Sendable {
    /// What to do with a row that lacks a value.
    public enum MissingValues: Equatable, Sendable {
      /// Refuse the file and say where the first one is.
      case refuse
      /// Leave the row out.
      case dropRow
    }

    /// Whether the first row holds names; nil: where none of its cells is a number.
    public var hasHeader: Bool?
    /// The character between cells; nil: a tab for `.tsv`, else a comma, or a semicolon where the first
    /// line has semicolons and no comma.
    public var separator: Character?
    /// The name of the target column, or its number from 1 without a header; nil: the last one.
    public var labelColumn: String?
    /// Columns to code by category although all their cells are numbers.
    public var categoricalColumns: Set<String>
    /// What to do with rows that lack a value: an empty cell, `NA`, `NaN`, `null` or `?`.
    public var missingValues: MissingValues

    /// Options; each default is described at its property.
    public init(
      hasHeader: Bool? = nil, separator: Character? = nil, labelColumn: String? = nil,
      categoricalColumns: Set<String> = [], missingValues: MissingValues = .refuse
    ) {
      self.hasHeader = hasHeader
      self.separator = separator
      self.labelColumn = labelColumn
      self.categoricalColumns = categoricalColumns
      self.missingValues = missingValues
    }
  }

  /// One column of a table.
  public struct Column: Equatable, Sendable {
    /// Its name in the header, or its number from 1.
    public var name: String
    /// The texts of a categorical column by their codes; nil for a numeric column.
    public var categories: [String]?
    /// One number, or code, a row.
    public var values: [Float]

    /// A column.
    public init(name: String, categories: [String]?, values: [Float]) {
      self.name = name
      self.categories = categories
      self.values = values
    }
  }

  /// Reads all columns.
  public static func columns(
    of url: URL, options: Options = Options()
  ) throws(FileFormatError) -> [Column] {
    try CSVTable(FileBytes(mapping: url), options).columns()
  }

  /// Reads all columns from a file's bytes; `path` names them in errors.
  public static func columns(
    of data: Data, path: String = "CSV data", options: Options = Options()
  ) throws(FileFormatError) -> [Column] {
    try CSVTable(FileBytes(data, path: path), options).columns()
  }

  /// Reads a table as a data set: float32 inputs `[rows, columns - 1]` and the label column.
  ///
  /// Targets are classes where the label column is categorical or holds only whole numbers from 0 of
  /// which none is above the number of rows; else they are numbers to predict, float32 `[rows, 1]`.
  public static func read(
    _ url: URL, options: Options = Options(), name: String? = nil
  ) throws(FileFormatError) -> Dataset {
    var columns = try columns(of: url, options: options)
    let position = try labelPosition(in: columns, options, path: url.path)
    let label = columns.remove(at: position)
    guard !columns.isEmpty else {
      throw FileFormatError(
        path: url.path, reason: "has only the label column '\(label.name)', expected inputs too")
    }
    let rows = label.values.count
    var inputs = [Float](repeating: 0, count: rows * columns.count)
    for (index, column) in columns.enumerated() {
      for row in 0..<rows { inputs[row * columns.count + index] = column.values[row] }
    }
    let isClasses = label.categories != nil || areClasses(label.values)
    return try datasetOfFile(url) { () throws(DatasetError) in
      do {
        let targets =
          isClasses
          ? try HostArray(label.values.map { Int64($0) }, shape: [rows])
          : try HostArray(label.values, shape: [rows, 1])
        return try Dataset(
          name: name ?? url.deletingPathExtension().lastPathComponent,
          inputs: HostArray(inputs, shape: [rows, columns.count]), targets: targets,
          classNames: label.categories ?? [], source: "CSV file \(url.path)")
      } catch let error as DatasetError {
        throw error
      } catch {
        throw DatasetError(dataset: url.path, reason: "\(error)")
      }
    }
  }

  private static func labelPosition(
    in columns: [Column], _ options: Options, path: String
  ) throws(FileFormatError) -> Int {
    guard let wanted = options.labelColumn else { return columns.count - 1 }
    guard let position = columns.firstIndex(where: { $0.name == wanted }) else {
      let names = columns.prefix(20).map(\.name).joined(separator: ", ")
      throw FileFormatError(path: path, reason: "has no column '\(wanted)', only \(names)")
    }
    return position
  }

  private static func areClasses(_ values: [Float]) -> Bool {
    let limit = Float(min(values.count, Dataset.mostClasses - 1))
    return values.allSatisfy { $0 >= 0 && $0 <= limit && $0 == $0.rounded() }
  }
}
