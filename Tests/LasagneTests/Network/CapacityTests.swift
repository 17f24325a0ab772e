import Lasagne
import Testing

/// Receptive fields by hand: a layer of size k after steps of s altogether adds (k − 1) · s.
@Suite struct CapacityTests {
  private func fields(_ network: Network) -> [[Int]?] { network.capacity().layers.map(\.field) }

  @Test func `the fields of VGG-16's blocks are those that everybody knows`() throws {
    let network = try Network("vgg", input: [3, 224, 224]) {
      for (count, filters) in [(2, 2), (2, 2), (3, 2), (3, 2), (3, 2)] {
        for _ in 0..<count { Conv2DLayer(filters, filterSize: 3, pad: .same) }
        MaxPool2DLayer(2)
      }
      DenseLayer(4)
    }
    let report = network.capacity()
    let rows = [1, 3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212, 224]
    #expect(report.layers.map { $0.field?[0] } == rows)
    #expect(report.layers.map { $0.field?[1] } == rows)
    #expect(report.inputSize == [224, 224] && report.input == "input")
    // The third block's filters span 3 places 4 pixels apart.
    #expect(report.layers[7].filter == [12, 12])
    #expect(report.layers[7].capacity == [0.5, 0.5])
    #expect(report.layers[7].coverage == [24.0 / 224, 24.0 / 224])
    // The last filters span 48 of 196 pixels; pooling has none.
    #expect(report.layers[17].capacity == [48.0 / 196, 48.0 / 196])
    #expect(report.layers[18].capacity == nil)
    #expect(report.layers.allSatisfy { !$0.hasLowCapacity && !$0.seesBeyondInput })
    #expect(report.layers[19].coverage == [1, 1] && report.layers[19].capacity == [1, 1])
  }

  @Test func `many small filters without pooling have too little capacity and see beyond`() throws {
    let network = try Network("deep", input: [1, 12, 40]) {
      for _ in 0..<9 { Conv2DLayer(2, filterSize: 3, pad: .same) }
    }
    // The ninth sees 19 pixels: beyond 12 rows, and its 3 are less than a sixth of them.
    let layers = network.capacity().layers
    #expect(layers[9].field == [19, 19])
    #expect(layers[9].coverage == [19.0 / 12, 19.0 / 40])
    #expect(layers[9].seesBeyondInput && layers[9].hasLowCapacity)
    #expect(layers[8].field == [17, 17] && !layers[8].hasLowCapacity)
  }

  @Test func `dilated filters see exponentially far`() throws {
    // Yu and Koltun 2016: dilations 1, 2, 4 see 3, 7, 15 places.
    let network = try Network("dilated", input: [1, 20, 30]) {
      DilatedConv2DLayer(1, filterSize: 3, dilation: 1)
      DilatedConv2DLayer(1, filterSize: 3, dilation: 2)
      DilatedConv2DLayer(1, filterSize: 3, dilation: [4, 1])
    }
    #expect(fields(network) == [[1, 1], [3, 3], [7, 7], [15, 9]])
    #expect(network.capacity().layers[3].filter == [9, 3])
  }

  @Test func `strides, rectangular filters and pooling of another stride`() throws {
    let network = try Network("strides", input: [1, 60, 60]) {
      Conv2DLayer(1, filterSize: [5, 3], stride: [2, 1])
      Pool2DLayer(3, stride: 2, mode: .averageIncPad)
      NonlinearityLayer(.tanh)
      Conv2DLayer(1, filterSize: [3, 5])
    }
    // Rows: 5, + 2 · 2 = 9, + 2 · 4 = 17. Columns: 3, + 2 · 1 = 5, + 4 · 2 = 13.
    #expect(fields(network) == [[1, 1], [5, 3], [9, 5], [9, 5], [17, 13]])
    #expect(network.capacity().layers[4].filter == [12, 10])
  }

  @Test func `transposed convolutions, upscaling and what undoes a layer`() throws {
    let network = try Network("up", input: [1, 17, 17]) {
      Conv2DLayer(1, filterSize: 3, stride: 2, name: "down")
      TransposedConv2DLayer(1, filterSize: 3, stride: 2, name: "up3")
      Conv2DLayer(1, filterSize: 3, pad: .same, name: "mix")
    }
    // An output of the second reads 1 or 2 of the first, which lie 2 pixels apart: 3 + 2.
    // The third reads 3 of those in a row, which read 2 or 3 of the first: 3 + 2 · 2, at least once.
    #expect(fields(network) == [[1, 1], [3, 3], [5, 5], [7, 7]])
    #expect(network.capacity().layers[2].filter == [3, 3])
    #expect(network.capacity().layers[3].filter == [3, 3])
    let inverse = try Network("inverse", input: [1, 8, 8]) {
      MaxPool2DLayer(2, name: "pool")
      Conv2DLayer(1, filterSize: 3, pad: .same)
      InverseLayer("pool")
    }
    // Each pixel comes back from the one region it lies in.
    #expect(fields(inverse) == [[1, 1], [2, 2], [6, 6], [6, 6]])
    let upscaled = try Network("upscaled", input: [1, 8, 8]) {
      Conv2DLayer(1, filterSize: 3, pad: .same)
      Upscale2DLayer(2)
      Conv2DLayer(1, filterSize: 3, pad: .same)
    }
    // Three places in a row lie in two of the pixels before: 3 + 1.
    #expect(fields(upscaled) == [[1, 1], [3, 3], [3, 3], [4, 4]])
  }

  @Test func `of several branches the widest counts, where it lies`() throws {
    let network = try Network(
      "branches",
      parts: [
        NetworkPart(InputLayer([nil, 1, 20, 20], name: "in")),
        NetworkPart(Conv2DLayer(1, filterSize: 1, name: "one")),
        Conv2DLayer(1, filterSize: 3, pad: .same, name: "three").reading("in"),
        Conv2DLayer(1, filterSize: 5, pad: .same, name: "five").reading("in"),
        ConcatLayer(name: "all").reading("one", "three", "five"),
        NetworkPart(Conv2DLayer(1, filterSize: 3, name: "after")),
      ])
    #expect(fields(network) == [[1, 1], [1, 1], [3, 3], [5, 5], [5, 5], [7, 7]])
    #expect(network.capacity().layers[4].capacity == nil)
    // Branches that were cut differently see different places: 3 at one end, 1 at the other.
    let cropped = try Network(
      "cropped",
      parts: [
        NetworkPart(InputLayer([nil, 1, 9, 9], name: "in")),
        NetworkPart(Conv2DLayer(1, filterSize: 3, name: "small")),
        ElemwiseSumLayer(cropping: [nil, nil, .lower, .lower], name: "sum").reading("in", "small"),
      ])
    #expect(fields(cropped).last == [3, 3])
    #expect(try cropped.receptiveField(of: "sum", at: [0, 6]) == [0..<3, 6..<9])
  }

  @Test func `a place depends on pixels that exist, and on no others`() throws {
    let network = try Network("places", input: [1, 10, 12]) {
      Conv2DLayer(1, filterSize: 3, pad: .same, name: "a")
      MaxPool2DLayer(2, name: "b")
      Conv2DLayer(1, filterSize: 3, pad: .same, name: "c")
      DenseLayer(3, name: "d")
    }
    #expect(try network.receptiveField(of: "a", at: [0, 5]) == [0..<2, 4..<7])
    #expect(try network.receptiveField(of: "b", at: [1, 5]) == [1..<5, 9..<12])
    // Places 0 and 1 of the pool, and 3 to 5.
    #expect(try network.receptiveField(of: "c", at: [0, 4]) == [0..<5, 5..<12])
    #expect(try network.receptiveField(of: "d", at: []) == [0..<10, 0..<12])
    #expect(throws: NetworkError.self) { try network.receptiveField(of: "e", at: []) }
  }

  @Test func `a convolution that stops short leaves the last pixels out of sight`() throws {
    let network = try Network("short", input: [1, 6, 7]) {
      Conv2DLayer(1, filterSize: 3, stride: 3)
      DenseLayer(2)
    }
    // Places 0 to 5 of both; the last column is never read.
    #expect(network.capacity().layers[2].field == [6, 6])
    #expect(network.capacity().layers[2].coverage == [1, 6.0 / 7])
  }

  @Test func `what is not known is not said`() throws {
    let rows = try Network("rows", input: [4]) { DenseLayer(2) }
    #expect(rows.capacity().input == nil)
    #expect(rows.capacity().layers.allSatisfy { $0.field == nil })
    #expect(try rows.receptiveField(of: "dense1", at: []) == nil)
    let open = try Network("open", input: [1, nil, nil]) {
      Conv2DLayer(1, filterSize: 5)
      GlobalPoolLayer()
    }
    #expect(open.capacity().layers[1].field == [5, 5])
    #expect(open.capacity().layers[1].coverage == nil)
    #expect(open.capacity().layers[2].field == nil)
    let steps = try Network("steps", input: [5, 3]) { LSTMLayer(4) }
    #expect(steps.capacity().layers[1].field == nil)
  }

  @Test func `networks of hundreds of branches are followed at once`() throws {
    // A sum of two ways a block has 2 to the power of 60 ways through.
    var parts = [NetworkPart(InputLayer([nil, 1, 16, 16], name: "x0"))]
    for block in 1...60 {
      parts.append(
        Conv2DLayer(1, filterSize: 3, pad: .same, name: "c\(block)").reading("x\(block - 1)"))
      parts.append(
        ElemwiseSumLayer(name: "x\(block)").reading("x\(block - 1)", "c\(block)"))
    }
    let network = try Network("residual", parts: parts)
    #expect(network.capacity().layers.last?.field == [121, 121])
  }
}
