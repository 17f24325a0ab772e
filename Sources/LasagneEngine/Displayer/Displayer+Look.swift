import Displays
import Foundation
import Lasagne
import Records

// What a network sees, as text and pictures.
extension Displayer {
  /// How much of the input each layer of a model sees, and its capacity.
  ///
  /// - Throws: `EngineError` or `NetworkError` for a model that cannot be read.
  public func capacity(ofModel name: String) throws -> String {
    "\(CapacityTable(try engine.model(name).network.capacity()))"
  }

  /// How a session's network classifies a part of its data: confusion, classes, worst errors.
  ///
  /// - Parameter part: `test` or `validation`; the first there is where it is `nil`.
  /// - Throws: `EngineError` if there is no such session or part, or it has kept no weights yet.
  public func confusion(ofSession id: String, part: String? = nil) async throws -> String {
    let look = try await look(id)
    return Self.confusion(try Judgement(look, part: try self.part(part, of: look)).examination)
  }

  /// What a session's network makes of one sample.
  ///
  /// - Throws: `EngineError` if there is no such session, part or sample.
  public func sample(
    _ index: Int, ofSession id: String, part: String? = nil
  ) async throws -> String {
    let look = try await look(id)
    return Self.sample(
      try look.sample(index, of: try self.part(part, of: look)), look.data.className)
  }

  /// Samples in a plane by what a layer gives for them: a drawing, ready as SVG, PNG or text.
  ///
  /// - Throws: `EngineError` if there is no such session, part or layer.
  public func projection(
    of layer: String, ofSession id: String, part: String? = nil,
    by method: Projection.Method = .pca,
    count: Int = Projection.usualSamples, seed: Int = 0
  ) async throws -> ScatterDrawing {
    let look = try await look(id)
    return Self.drawing(
      of: try look.projection(
        of: layer, part: try self.part(part, of: look), by: method, count: count, seed: seed))
  }

  /// The samples that excite each channel or unit of a layer most.
  ///
  /// - Throws: `EngineError` if there is no such session, part or layer.
  public func strongestInputs(
    of layer: String, ofSession id: String, part: String? = nil
  ) async throws -> String {
    let look = try await look(id)
    return Self.strongest(try look.strongestInputs(of: layer, part: try self.part(part, of: look)))
  }

  private func look(_ id: String) async throws -> SessionLook {
    try SessionLook(try await engine.session(id).request.id, in: engine.workspace)
  }

  private func part(_ name: String?, of look: SessionLook) throws -> String {
    guard let name = name ?? look.parts.first else {
      throw EngineError(
        .invalid, "The session has neither test nor validation samples to look at.")
    }
    return name
  }
}

// The same, made of records.
extension Displayer {
  /// The confusion matrix, the figures of each class, the worst errors.
  public static func confusion(_ found: Examination) -> String {
    let names = found.classNames.map(printable)
    let matrix = TextTable(
      [("is ↓ given →", .left)] + found.classNames.indices.map { ("\($0)", .right) },
      rows: found.matrix.enumerated().map { label, row in
        ["\(label) \(found.classNames[label])"] + row.map { $0 == 0 ? "·" : NumberText.grouped($0) }
      })
    func share(_ value: Double?) -> String { value.map(NumberText.percentage) ?? "–" }
    let classes = TextTable(
      [
        ("class", .left), ("samples", .right), ("precision", .right), ("recall", .right),
        ("F1", .right),
      ],
      rows: found.classes.map { one in
        [
          one.name, NumberText.grouped(one.count), share(one.precision), share(one.recall),
          share(one.f1),
        ]
      })
    let head =
      "\(NumberText.percentage(found.accuracy)) of the \(NumberText.grouped(found.count)) "
      + "\(found.part) samples right, by the weights of step \(NumberText.grouped(found.step))"
    let worst =
      found.worst.isEmpty
      ? ["No errors."]
      : [
        "Worst errors",
        "\(cases(Array(found.worst.prefix(10))) { names.indices.contains($0) ? names[$0] : "\($0)" })",
      ]
    return ([head, "\(matrix)", "\(classes)"] + worst).joined(separator: "\n\n")
  }

  /// Samples with what they are and what they are given.
  public static func cases(
    _ cases: [Examination.Case], _ className: (Int) -> String
  ) -> TextTable {
    TextTable(
      [
        ("sample", .right), ("is", .left), ("given", .left), ("output", .right),
        ("of its class", .right),
      ],
      rows: cases.map { one in
        [
          "\(one.index)", className(one.label), className(one.predicted),
          NumberText.percentage(one.output), NumberText.percentage(one.outputOfLabel),
        ]
      })
  }

  /// What a network makes of a sample: its outputs and what each layer gives.
  public static func sample(_ found: SampleLook, _ className: (Int) -> String) -> String {
    let order = found.outputs.indices.sorted { found.outputs[$0] > found.outputs[$1] }
    let outputs = TextTable(
      [("class", .left), ("output", .right), ("", .left)],
      rows: order.prefix(10).map { label in
        [
          className(label), NumberText.value(found.outputs[label]),
          label == found.label ? "its class" : "",
        ]
      })
    let layers = TextTable(
      [
        ("layer", .left), ("type", .left), ("shape", .right), ("least", .right), ("most", .right),
        ("mean", .right), ("deviation", .right), ("zero", .right),
      ],
      rows: found.activations.map { layer in
        [
          layer.layer, layer.type, shapeText(layer.shape), NumberText.value(layer.minimum),
          NumberText.value(layer.maximum), NumberText.value(layer.mean),
          NumberText.value(layer.deviation), NumberText.percentage(layer.zeroShare),
        ]
      })
    let head =
      "Sample \(found.index), \(printable(className(found.label))), by the weights of step "
      + NumberText.grouped(found.step)
    return [head, "\(outputs)", "\(layers)"].joined(separator: "\n\n")
  }

  /// What a projection shows, in one line.
  public static func projectionNote(_ found: Projection) -> String {
    let shown = "\(NumberText.grouped(found.points.count)) of \(NumberText.grouped(found.total))"
    let what = found.areMeans ? "channel means" : "numbers"
    var parts = [
      "\(shown) \(found.part) samples by \(NumberText.grouped(found.features)) \(what)",
      "step \(NumberText.grouped(found.step))",
    ]
    if let shares = found.shares, shares.count == 2 {
      parts.append(
        "\(NumberText.percentage(shares[0])) and \(NumberText.percentage(shares[1])) of the variance"
      )
    }
    if let divergence = found.divergence {
      parts.append("divergence \(NumberText.value(divergence)) nats")
    }
    return parts.joined(separator: ", ")
  }

  /// A projection as a drawing; samples that are given another class have a dark rim.
  public static func drawing(of found: Projection) -> ScatterDrawing {
    ScatterDrawing(
      found.points.map { point in
        ScatterDrawing.Point(
          x: point.x, y: point.y, group: point.label,
          isMarked: point.predicted.map { $0 != point.label } ?? false)
      }, groups: found.classNames,
      title: "\(found.layer), \(found.method == .pca ? "principal components" : "t-SNE")",
      note: projectionNote(found))
  }

  /// The samples that excite each channel or unit most.
  public static func strongest(_ found: StrongestInputs) -> String {
    let table = TextTable(
      [
        ("channel", .right), ("mean", .right), ("active", .right), ("most", .right),
        ("strongest samples", .left), ("their classes", .left),
      ],
      rows: found.units.map { unit in
        let classes = Dictionary(grouping: unit.cases, by: \.label).mapValues(\.count)
          .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return [
          "\(unit.unit)", NumberText.value(unit.mean), NumberText.percentage(unit.activeShare),
          unit.cases.first.map { NumberText.value($0.value) } ?? "",
          unit.cases.map { "\($0.index)" }.joined(separator: " "),
          classes.map { label, count in
            let name =
              found.classNames.indices.contains(label) ? found.classNames[label] : "\(label)"
            return "\(count) \(name)"
          }.joined(separator: ", "),
        ]
      })
    return "\(found.layer): \(found.unitCount) channels or units, all "
      + "\(NumberText.grouped(found.count)) \(found.part) samples, by the weights of step "
      + "\(NumberText.grouped(found.step))\n\n\(table)"
  }
}
