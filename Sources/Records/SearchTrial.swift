/// What a search chose for one of its sessions.
public struct SearchTrial: Codable, Equatable, Sendable {
  /// The name of the search.
  public var search: String
  /// 1, 2, … within the search.
  public var number: Int
  /// The chosen values: fields of the recipe, arguments of the network, settings of layers.
  public var values: [String: JSONValue]

  /// Makes a trial from its parts.
  public init(search: String, number: Int, values: [String: JSONValue]) {
    self.search = search
    self.number = number
    self.values = values
  }
}
