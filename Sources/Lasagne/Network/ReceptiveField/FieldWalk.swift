/// Follows the numbers of a network's layers back to the places of its input, one axis at a time.
struct FieldWalk {
  /// What is known of a layer.
  private enum Sight {
    /// It is the input.
    case input
    /// Its places see those of other layers.
    case places([(source: Int, reach: [AxisReach])])
    /// Its numbers see what those of other layers see, but have no places of their own.
    case rearranged([Int])
    /// Each of its numbers sees all that other layers see.
    case everything([Int])
    /// Nobody knows.
    case unknown
  }

  /// The input whose places are counted.
  let input: Int
  /// The number of its spatial axes.
  let axes: Int
  private let network: Network
  private var sights: [Sight] = []
  /// How far apart in the input the places are that neighbours of a layer's output see.
  private var steps: [[Double]] = []
  private var known: [Key: ClosedRange<Int>?] = [:]
  private var largest: [Key: Int?] = [:]

  private struct Key: Hashable {
    var layer: Int
    var axis: Int
    var place: Int
    var isReal: Bool
  }

  /// More places than this are not looked at; what a place sees repeats long before.
  private static let placeLimit = 512

  /// Prepares the walk; nil where no input has places.
  init?(_ network: Network) {
    let shapes = network.structure.shapes
    let inputs = network.layers.indices.filter { network.layers[$0].layer.base is InputLayer }
    guard let first = inputs.first(where: { shapes[$0].count >= 3 }) else { return nil }
    self.network = network
    input = first
    axes = shapes[first].count - 2
    for index in network.layers.indices {
      let isAlike = shapes[index].dropFirst(2) == shapes[first].dropFirst(2)
      if inputs.contains(index) {
        sights.append(isAlike && shapes[index].count == shapes[first].count ? .input : .unknown)
      } else {
        sights.append(sight(of: index))
      }
      steps.append(step(after: sights[index]))
    }
  }

  private func step(after sight: Sight) -> [Double] {
    let one = [Double](repeating: 1, count: axes)
    guard case .places(let sources) = sight else { return one }
    return one.indices.map { axis in
      sources.map { $0.reach[axis].step * steps[$0.source][axis] }.max() ?? 1
    }
  }

  private func sight(of index: Int) -> Sight {
    let node = network.layers[index]
    let reads = network.structure.dependencies[index]
    // An inverse layer reads the layer it undoes for its settings only.
    let sources = node.layer.base is InverseLayer ? Array(reads.prefix(1)) : reads
    var hasPlaces = true
    var seesEverything = false
    for source in sources {
      switch sights[source] {
      case .unknown: return .unknown
      case .everything: seesEverything = true
      case .rearranged: hasPlaces = false
      case .input, .places: break
      }
    }
    let shapes = network.structure.shapes
    let reach = LayerReach.of(
      node.layer.base, inputs: sources.map { shapes[$0] }, output: shapes[index], axes: axes,
      in: network)
    if seesEverything { return .everything(sources) }
    switch reach {
    case .everything: return .everything(sources)
    case .rearranged: return .rearranged(sources)
    case .unknown: return .unknown
    case .places(let reaches):
      guard hasPlaces else {
        // What works number by number leaves alone what each of them has seen.
        let isPointwise = reaches.allSatisfy { $0.allSatisfy { $0 == .same } }
        return isPointwise ? .rearranged(sources) : .unknown
      }
      return .places(Array(zip(sources, reaches)).map { (source: $0.0, reach: $0.1) })
    }
  }

  private func length(_ layer: Int, _ axis: Int) -> Int? {
    let shape = network.structure.shapes[layer]
    return shape.count == axes + 2 ? shape[axis + 2] : nil
  }

  /// The places of the input that a layer sees at one of its places, from the first to the last.
  ///
  /// - Parameter isReal: Whether only places count that exist, of the input and of the layers
  ///   between; else padding counts as if it were computed, too.
  mutating func field(
    of layer: Int, axis: Int, at place: Int, isReal: Bool = false
  ) -> ClosedRange<Int>? {
    var key = Key(layer: layer, axis: axis, place: place, isReal: isReal)
    let sources: [(source: Int, reach: [AxisReach])]
    switch sights[layer] {
    case .unknown: return nil
    case .input:
      let exists = place >= 0 && length(layer, axis).map { place < $0 } ?? true
      return isReal && !exists ? nil : place...place
    case .rearranged(let sources), .everything(let sources):
      key.place = 0
      key.isReal = true
      if let found = known[key] { return found }
      var union: ClosedRange<Int>?
      for source in sources { union = Self.hull(union, view(of: source, axis: axis)) }
      known[key] = union
      return union
    case .places(let found): sources = found
    }
    if let found = known[key] { return found }
    var union: ClosedRange<Int>?
    for (source, reach) in sources {
      guard var read = reach[axis].places(for: place) else { continue }
      if isReal {
        let last = length(source, axis).map { $0 - 1 } ?? read.upperBound
        guard read.upperBound >= 0, read.lowerBound <= last else { continue }
        read = read.clamped(to: 0...max(0, last))
      }
      // What lies between is between what the ends see; an end that sees nothing does not count.
      let ends = [Array(read), read.reversed()]
      for places in ends {
        for place in places {
          guard let seen = field(of: source, axis: axis, at: place, isReal: isReal) else {
            continue
          }
          union = Self.hull(union, seen)
          break
        }
      }
    }
    known[key] = union
    return union
  }

  /// All that a layer's numbers see together, of places that exist; nil where that is not known.
  mutating func view(of layer: Int, axis: Int) -> ClosedRange<Int>? {
    switch sights[layer] {
    case .unknown: return nil
    case .rearranged, .everything: return field(of: layer, axis: axis, at: 0)
    case .input, .places:
      guard let length = length(layer, axis) else { return nil }
      var union: ClosedRange<Int>?
      for place in Self.places(length) {
        union = Self.hull(union, field(of: layer, axis: axis, at: place, isReal: true))
      }
      return union
    }
  }

  /// The size of the largest field of a layer's numbers.
  mutating func largestField(of layer: Int, axis: Int) -> Int? {
    let key = Key(layer: layer, axis: axis, place: 0, isReal: false)
    if let found = largest[key] { return found }
    var size: Int?
    switch sights[layer] {
    case .unknown: break
    case .everything: size = field(of: layer, axis: axis, at: 0)?.count
    case .rearranged(let sources):
      for source in sources {
        guard let found = largestField(of: source, axis: axis) else { continue }
        size = max(size ?? 0, found)
      }
    case .input, .places:
      for place in Self.places(length(layer, axis) ?? Self.placeLimit) {
        guard let found = field(of: layer, axis: axis, at: place)?.count else { continue }
        size = max(size ?? 0, found)
      }
    }
    largest[key] = size
    return size
  }

  /// How many places of the input a layer's own filter spans; nil where it has none.
  func filter(of layer: Int, axis: Int) -> Double? {
    guard LayerReach.hasFilter(network.layers[layer].layer.base),
      case .places(let sources) = sights[layer], let (source, reach) = sources.first
    else { return nil }
    return reach[axis].span * steps[source][axis]
  }

  /// Whether a layer has weights for all that it sees.
  func weighsEverything(_ layer: Int) -> Bool {
    guard case .everything = sights[layer] else { return false }
    return network.layers[layer].layer.base is DenseLayer
  }

  private static func places(_ length: Int) -> [Int] {
    length <= 2 * placeLimit
      ? Array(0..<length) : Array(0..<placeLimit) + Array((length - placeLimit)..<length)
  }

  private static func hull(
    _ first: ClosedRange<Int>?, _ second: ClosedRange<Int>?
  ) -> ClosedRange<Int>? {
    guard let first, let second else { return first ?? second }
    return min(first.lowerBound, second.lowerBound)...max(first.upperBound, second.upperBound)
  }
}
