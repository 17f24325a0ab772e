import LasagneEngine
import Records
import Training

// Records whose own decoding does not tell their form: enumerations, and what reads itself by trial.

extension SessionState: WordChoice {}
extension SearchState: WordChoice {}
extension Projection.Method: WordChoice {}
extension WorkspaceChange.Area: WordChoice {}
extension WorkspaceChange.SessionEdit.Field: WordChoice {}
extension ParamsMixture.Method: WordChoice {}
extension MetricGoal: WordChoice {}
extension RecipeField.Kind: WordChoice {}
extension ArrayPlacement.Form: WordChoice {}
extension SettingDescription.Kind: WordChoice {}

extension WorkspaceChange.State: SchemaDescribed {
  static var schema: JSONValue {
    let words: [Self] = [.begun, .done, .undoing, .undone]
    return .object([
      "type": .string("string"), "enum": .array(words.map { .string($0.rawValue) }),
    ])
  }
  static var example: Self? { .done }
}

extension JSONValue: SchemaDescribed {
  static var schema: JSONValue { .object([:]) }
  static var example: JSONValue? { .null }
}

/// The schema of an enumeration as Swift writes it: an object with the case's name as its one key.
private func cases(_ fields: [String: [String: JSONValue]]) -> JSONValue {
  let forms = fields.sorted { $0.key < $1.key }.map { name, content in
    JSONValue.object([
      "type": .string("object"),
      "required": .array([.string(name)]), "additionalProperties": .bool(false),
      "properties": .object([
        name: .object([
          "type": .string("object"), "properties": .object(content),
          "required": .array(content.keys.sorted().map(JSONValue.string)),
        ])
      ]),
    ])
  }
  return .object(["oneOf": .array(forms)])
}

extension ControlAction: SchemaDescribed {
  static var schema: JSONValue {
    let text = RecordSchemas.type("string")
    let whole = RecordSchemas.type("integer")
    return cases([
      "pause": [:], "pauseAfter": ["epochs": whole], "resume": [:], "stop": [:], "snapshot": [:],
      "branch": ["into": text], "set": ["field": text, "value": .object([:])],
      "freeze": ["pattern": text], "unfreeze": ["pattern": text], "threads": ["_0": whole],
      "custom": ["name": text, "argument": .object([:])],
    ])
  }
  static var example: ControlAction? { .stop }
}

extension SearchMethod: SchemaDescribed {
  static var schema: JSONValue {
    let seed: JSONValue = .object(["type": .string("integer"), "minimum": .number(0)])
    return cases([
      "grid": [:], "random": ["trials": RecordSchemas.type("integer"), "seed": seed],
    ])
  }
  static var example: SearchMethod? { .grid }
}

extension SearchValues: SchemaDescribed {
  static var schema: JSONValue {
    let flag = RecordSchemas.optional(RecordSchemas.type("boolean"))
    return .object([
      "anyOf": .array([
        .object(["type": .string("array")]),
        .object([
          "type": .string("object"), "required": .array([.string("from"), .string("to")]),
          "properties": .object([
            "from": RecordSchemas.type("number"), "to": RecordSchemas.type("number"),
            "isLogarithmic": flag, "isWhole": flag,
            "points": RecordSchemas.optional(RecordSchemas.type("integer")),
          ]),
        ]),
      ])
    ])
  }
  static var example: SearchValues? { .choice([]) }
}
