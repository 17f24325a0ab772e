/// A network of the zoo under its name, with its arguments as text: for command lines and pages.
public struct ZooEntry: Sendable {
  /// The name: that of the function.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The arguments with their defaults.
  public let arguments: [ZooArgument]
  private let make: @Sendable (ZooValues) throws -> Network

  init(
    _ name: String, _ summary: String, _ arguments: [ZooArgument],
    make: @escaping @Sendable (ZooValues) throws -> Network
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.make = make
  }

  /// The network with the given arguments, as text by name: `["input": "1x28x28", "classes": "5"]`.
  ///
  /// Those left out keep their default. Throws one sentence for an argument that there is not, a value
  /// that is none, or a network that cannot be.
  public func network(_ given: [String: String] = [:]) throws(NetworkError) -> Network {
    var values = Dictionary(
      arguments.map { ($0.name, $0.standard) }, uniquingKeysWith: { first, _ in first })
    for (name, text) in given.sorted(by: { $0.key < $1.key }) {
      guard let argument = arguments.first(where: { $0.name == name }) else {
        throw NetworkError(
          "The network '\(self.name)' has no argument '\(name)': "
            + Spelling.hint(for: name, among: arguments.map(\.name)))
      }
      guard let value = argument.standard.read(text) else {
        throw NetworkError(
          "The network '\(self.name)' takes \(argument.standard.kind) as its argument '\(name)', got "
            + "'\(text)'.")
      }
      values[name] = value
    }
    do {
      return try make(ZooValues(values: values))
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError("The network '\(name)' could not be made: \(error)")
    }
  }
}

/// One argument of a network of the zoo.
public struct ZooArgument: Sendable {
  /// Its name.
  public let name: String
  /// What it decides, in a few words.
  public let help: String
  let standard: ZooValue

  init(_ name: String, _ standard: ZooValue, _ help: String) {
    self.name = name
    self.standard = standard
    self.help = help
  }

  /// The value where none is given, as it is written: `1x28x28`, `32,64`, `no`.
  public var defaultText: String { standard.text }
}
