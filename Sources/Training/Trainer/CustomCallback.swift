import Lasagne
import Records
import Synchronization

/// Code of a person's own that recipes may have called while a session goes on:
/// `callbacks: [{stopAt: {accuracy: 0.9}}]`.
///
/// ```swift
/// let stopAt = CustomCallback("stopAt", summary: "Ends at an accuracy.") { arguments in
///   let wanted = arguments["accuracy"]?.number ?? 0.95
///   return { event, _ in
///     guard case .epochEnded(_, let points) = event else { return .goOn }
///     return points.values["valid/accuracy"] ?? 0 >= wanted ? .stop : .goOn
///   }
/// }
/// ```
/// It is made anew for every process of a session, and to check a recipe. What it has to know longer
/// it lets the trainer remember; what it changes has to follow from what is measured, the trainer
/// and its arguments alone, so that a run that goes on or is played again has the same bits.
public struct CustomCallback: Sendable {
  /// The name in recipes.
  public let name: String
  /// What it does, as one sentence.
  public let summary: String
  let make: @Sendable (JSONValue) throws -> Trainer.Callback

  /// Names what makes a callback from the recipe's arguments, `null` where it gives none.
  ///
  /// What it throws refuses the recipe.
  public init(
    _ name: String, summary: String = "",
    _ make: @escaping @Sendable (JSONValue) throws -> Trainer.Callback
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }
}

/// The callbacks that a laboratory brought along.
public final class CallbackRegistry: Sendable {
  /// The one of this process.
  public static let shared = CallbackRegistry()

  private let callbacks = Mutex<[String: CustomCallback]>([:])

  /// Makes an empty registry.
  public init() {}

  /// Adds callbacks; a later one of the same name takes the place of an earlier one.
  public func register(_ new: [CustomCallback]) {
    callbacks.withLock { callbacks in
      for callback in new { callbacks[callback.name] = callback }
    }
  }

  /// Every name that was registered, sorted.
  public var names: [String] { callbacks.withLock { $0.keys.sorted() } }

  /// A callback as a recipe asks for it.
  ///
  /// - Throws: `TrainingError` where there is none of this name, or it refuses its arguments.
  func callback(_ choice: CallbackChoice) throws(TrainingError) -> Trainer.Callback {
    let known = callbacks.withLock { $0 }
    guard let custom = known[choice.name] else {
      throw TrainingError(
        .recipe, .notBroughtAlong("callback", choice.name, among: known.keys.sorted()))
    }
    do {
      return try custom.make(choice.arguments)
    } catch {
      throw TrainingError(.recipe, "The callback '\(choice.name)' refuses its arguments: \(error)")
    }
  }
}

extension String {
  /// The sentence for a name that this program does not know.
  ///
  /// - Parameter standard: What it knows without a laboratory.
  static func notBroughtAlong(
    _ kind: String, _ name: String, standard: [String] = [], among own: [String]
  ) -> String {
    let beginning = "There is no \(kind) called '\(name)'"
    if let match = Spelling.closestMatch(to: name, among: standard + own) {
      return "\(beginning): did you mean '\(match)'?"
    }
    let known = (standard + own).joined(separator: ", ")
    return "\(beginning): this program knows \(known.isEmpty ? "none" : known); one of your own "
      + "has to be in the Laboratory of the program that trains."
  }
}

/// A callback that a recipe names, with its arguments: `stopAt`, or `{stopAt: {accuracy: 0.9}}`.
public struct CallbackChoice: Equatable, Hashable, Sendable {
  /// The name it was registered by.
  public var name: String
  /// What it is made from.
  public var arguments: JSONValue

  /// Names a callback.
  public init(_ name: String, _ arguments: JSONValue = .null) {
    self.name = name
    self.arguments = arguments
  }
}

extension CallbackChoice: Codable {
  /// Reads a name, or one name with its arguments.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string(let name): self.init(name)
    case .object(let members) where members.count == 1:
      self.init(members.first?.key ?? "", members.first?.value ?? .null)
    default:
      throw TrainingError(
        .recipe,
        "A callback is a name or one name with its arguments, like {stopAt: {accuracy: 0.9}}.")
    }
  }

  /// Writes the name, with the arguments where there are some.
  public func encode(to encoder: any Encoder) throws {
    let value: JSONValue = arguments == .null ? .string(name) : .object([name: arguments])
    try value.encode(to: encoder)
  }
}
