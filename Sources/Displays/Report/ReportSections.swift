import Foundation
import Records

extension Report {
  /// All that belongs to one session.
  func section(_ part: Part) throws -> String {
    let record = part.record
    let state = record.state.rawValue
    return """
      <section class="session"><h2>\(escaped(name(part))) <span class="state \(state)">\(state)</span></h2>
      \(record.message.map { "<p>\(escaped($0))</p>" } ?? "")
      <dl class="facts">\(facts(part))</dl>
      \(network(part))
      \(health(part))
      \(try filters(part))
      \(try sight(part))
      \(timeline(part))
      \(settings(part))
      </section>
      """
  }

  private func facts(_ part: Part) -> String {
    let record = part.record
    let request = record.request
    var facts = [
      ("model", request.model), ("data", request.data),
      (
        "step",
        "\(NumberText.grouped(record.step)) of \(NumberText.grouped(record.totalSteps))"
      ), ("epoch", "\(NumberText.value(record.epoch)) of \(record.epochs)"),
      ("device", "\(request.device), \(record.threads ?? request.threads) threads"),
    ]
    if let start = record.startedAt {
      facts.append(("started", Self.moment(start)))
      facts.append(("time", NumberText.duration((record.endedAt ?? time) - start)))
    }
    if let bytes = record.memoryBytes { facts.append(("memory", NumberText.bytes(bytes))) }
    return facts.map { "<div><dt>\($0.0)</dt><dd>\(escaped($0.1))</dd></div>" }.joined()
  }

  // MARK: Network and filters

  private func network(_ part: Part) -> String {
    guard let network = part.network else { return "" }
    let index = parts.firstIndex { $0.record.request.id == part.record.request.id } ?? 0
    // Ids of two pictures in one file must differ.
    let picture = NetworkDrawing(network).svg.replacing(
      " id=\"layer-", with: " id=\"network-\(index)-layer-")
    let fields = part.capacity?.input == nil ? nil : part.capacity
    let rows = network.layers.map { layer in
      let count = layer.parameterCount
      let seen = fields?.layers.first { $0.name == layer.name }
      return "<tr><th scope=\"row\">\(escaped(layer.name))</th><td>\(escaped(layer.type))</td>"
        + "<td>\(escaped(layer.incomings.joined(separator: ", ")))</td>"
        + "<td class=\"number\">\(escaped(NetworkDrawing.shapeText(layer.outputShape)))</td>"
        + "<td class=\"number\">\(count == 0 ? "" : NumberText.grouped(count))</td>"
        + (fields == nil ? "" : "<td class=\"number\">\(CapacityTable.sizes(seen?.field))</td>")
        + "<td>\(escaped(layer.detail))</td></tr>"
    }.joined(separator: "\n")
    return """
      <h3>Network</h3>
      <p>\(escaped(network.name)): \(network.layers.count) layers,
      \(NumberText.grouped(network.parameterCount)) parameters,
      \(NumberText.grouped(network.trainableParameterCount)) of them trainable.</p>
      <div class="network-area" data-session-index="\(index)">\(picture)</div>
      <div class="scroll"><table class="layers"><thead><tr><th>layer</th><th>type</th><th>reads</th>
      <th class="number">output</th><th class="number">parameters</th>\(fields == nil ? "" : "<th class=\"number\">sees</th>")<th></th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private func health(_ part: Part) -> String {
    let figures = LayerFigures(part.record.latest, network: part.network)
    guard !figures.rows.isEmpty else { return "" }
    let heads = figures.columns.map { "<th class=\"number\">\(escaped($0.title))</th>" }.joined()
    let rows = figures.rows.map { row in
      "<tr><th scope=\"row\">\(escaped(row.name))</th>"
        + figures.texts(row).map { "<td class=\"number\">\(escaped($0))</td>" }.joined() + "</tr>"
    }.joined(separator: "\n")
    return """
      <h3>Health</h3>
      <p>The newest figures of each parameter. Dead are units that gave the same for every sample of
      the last look, flat are outputs where the nonlinearity hardly changes.</p>
      <div class="scroll"><table class="health"><thead><tr><th>parameter</th>\(heads)</tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }

  private func filters(_ part: Part) throws -> String {
    guard !part.images.isEmpty else { return "" }
    let figures = try part.images.map { stack in
      let grid = FilterGrid(stack, palette: .diverging)
      let caption =
        "\(stack.key) at step \(NumberText.grouped(stack.step)): \(stack.count) of "
        + "\(stack.height) × \(stack.width)"
      let range = NumberText.value(grid.range)
      // A row of values from end to end, in the same colours.
      let ramp = FilterGrid(
        ImageStack(
          key: "", step: 0, time: 0, count: 1, channels: 1, height: 1, width: 65,
          values: (-32...32).map { Float(grid.range) * Float($0) / 32 }),
        palette: .diverging, scale: 4)
      let isColored = stack.channels == 3
      let scale =
        isColored
        ? "<p class=\"scale\">dark is −\(range), light \(range), in each colour</p>"
        : "<p class=\"scale\"><span>−\(range)</span>"
          + "<img src=\"\(try Self.address(ramp))\" width=\"130\" height=\"10\""
          + " alt=\"from blue over white to red\"><span>\(range)</span></p>"
      return "<figure class=\"filters\"><img src=\"\(try Self.address(grid))\""
        + " width=\"\(grid.width)\" height=\"\(grid.height)\" alt=\"\(escaped(caption))\">"
        + "<figcaption>\(escaped(caption))</figcaption>\(scale)</figure>"
    }
    return "<h3>Filters</h3>" + figures.joined(separator: "\n")
  }

  private static func address(_ grid: FilterGrid) throws -> String {
    "data:image/png;base64," + (try grid.png()).base64EncodedString()
  }

  // MARK: Timeline and settings

  private func timeline(_ part: Part) -> String {
    let rows = part.events.map { event in
      "<tr\(event.mark == nil ? "" : " class=\"asked\"")>"
        + "<td class=\"number\">\(NumberText.grouped(event.step))</td>"
        + "<td class=\"moment\">\(Self.moment(event.time))</td><td>\(escaped(event.who))</td>"
        + "<td>\(escaped(event.what))</td></tr>"
    }.joined(separator: "\n")
    return """
      <details open><summary><h3>Timeline</h3></summary><div class="scroll tall"><table>
      <thead><tr><th class="number">step</th><th>when</th><th>who</th><th>what</th></tr></thead>
      <tbody>\(rows)</tbody></table></div></details>
      """
  }

  private func settings(_ part: Part) -> String {
    let request = part.record.request
    var rows: [(String, String)] = [
      ("session", request.id), ("asked for", Self.moment(request.createdAt)),
      ("weights from", request.startParams ?? "the initializers"),
      ("weights saved as", request.saveParams), ("attempts", "\(part.record.attempt)"),
    ]
    if let fingerprint = request.dataFingerprint { rows.append(("data", fingerprint)) }
    if let weights = part.record.weights { rows.append(("SHA-256 of the weights", weights)) }
    rows += Self.flat(request.recipe, "recipe")
    let body = rows.map {
      "<tr><th scope=\"row\">\(escaped($0.0))</th><td class=\"value\">\(escaped($0.1))</td></tr>"
    }.joined(separator: "\n")
    return """
      <details><summary><h3>Settings</h3></summary><div class="scroll">
      <table class="settings"><tbody>\(body)</tbody></table></div></details>
      """
  }

  /// A JSON value as one row for each plain value in it.
  private static func flat(_ value: JSONValue, _ path: String) -> [(String, String)] {
    switch value {
    case .object(let members) where !members.isEmpty:
      members.sorted { $0.key < $1.key }.flatMap { flat($0.value, "\(path).\($0.key)") }
    case .array(let items) where !items.isEmpty:
      items.enumerated().flatMap { flat($1, "\(path)[\($0)]") }
    case .number(let number):
      [(path, Int(exactly: number).map { "\($0)" } ?? "\(number)")]
    case .array: [(path, "none")]
    default: [(path, value.brief)]
    }
  }
}
