import Records

extension Network {
  /// How much of the input each layer sees, and whether its filters can make something of it.
  ///
  /// The words are nolearn's, the sizes exact: strides, dilation, transposed convolutions, pooling,
  /// padding and cropping count, and of several branches the widest. The capacity of a layer is the
  /// size of its filter in places of the input as a share of its receptive field; below 1/6 it sees
  /// more than it can tell apart (Cao, A practical theory for designing very deep convolutional
  /// neural networks, 2015).
  public func capacity() -> CapacityReport {
    var walk = FieldWalk(self)
    let shapes = structure.shapes
    let size = walk.map { Array(shapes[$0.input].dropFirst(2)) } ?? []
    let rows = layers.indices.map { index in
      var row = LayerCapacity(
        name: layers[index].name, type: layers[index].typeName, outputShape: shapes[index],
        field: nil, filter: nil, coverage: nil, capacity: nil)
      guard let axes = walk?.axes else { return row }
      let field = (0..<axes).compactMap { walk?.largestField(of: index, axis: $0) }
      guard field.count == axes else { return row }
      row.field = field
      let filter = (0..<axes).compactMap { walk?.filter(of: index, axis: $0) }
      if filter.count == axes {
        row.filter = filter
        row.capacity = zip(filter, field).map { $0 / Double(max(1, $1)) }
      } else if walk?.weighsEverything(index) == true {
        row.filter = field.map(Double.init)
        row.capacity = field.map { _ in 1 }
      }
      let coverage = zip(field, size).compactMap { field, length in
        length.map { Double(field) / Double(max(1, $0)) }
      }
      if coverage.count == axes { row.coverage = coverage }
      return row
    }
    return CapacityReport(
      name: name, input: walk.map { layers[$0.input].name }, inputSize: size, layers: rows)
  }

  /// The places of the input that one place of a layer's output depends on, a range for each spatial
  /// axis; of padding nothing counts.
  ///
  /// - Parameter place: A place on each spatial axis; of no consequence where the layer's numbers
  ///   have none.
  /// - Returns: nil where that is not known: the input has no places, or a layer between is one of
  ///   which nobody knows what it reads.
  public func receptiveField(of layer: String, at place: [Int]) throws(NetworkError)
    -> [Range<Int>]?
  {
    let index = try index(of: layer)
    guard var walk = FieldWalk(self) else { return nil }
    var ranges: [Range<Int>] = []
    for axis in 0..<walk.axes {
      let found = walk.field(
        of: index, axis: axis, at: place.indices.contains(axis) ? place[axis] : 0, isReal: true)
      guard let found else { return nil }
      ranges.append(Range(found))
    }
    return ranges
  }
}
