import Lasagne
import Tensors

extension GraphImport {
  /// What each type of node becomes.
  static let operations: [String: @Sendable (inout GraphImport, ImportedNode) throws -> Void] = [
    "Gemm": { try $0.gemm($1) }, "MatMul": { try $0.matrixProduct($1) },
    "Conv": { try $0.convolution($1) }, "ConvTranspose": { try $0.transposedConvolution($1) },
    "MaxPool": { try $0.pooling($1, .max) }, "AveragePool": { try $0.pooling($1, .averageExcPad) },
    "GlobalAveragePool": { try $0.globalPool($1, .mean) },
    "GlobalMaxPool": { try $0.globalPool($1, .max) },
    "ReduceMean": { try $0.reduce($1, .mean) }, "ReduceMax": { try $0.reduce($1, .max) },
    "ReduceMin": { try $0.reduce($1, .min) }, "ReduceSum": { try $0.reduce($1, .sum) },
    "BatchNormalization": { try $0.batchNorm($1) },
    "InstanceNormalization": { try $0.instanceNorm($1) },
    "LayerNormalization": { try $0.layerNorm($1) }, "LRN": { try $0.localResponse($1) },
    "Add": { try $0.add($1) }, "Sub": { try $0.subtract($1) }, "Mul": { try $0.multiply($1) },
    "Div": { try $0.divide($1) }, "Sum": { try $0.merge($1, ElemwiseSumLayer()) },
    "Max": { try $0.merge($1, ElemwiseMergeLayer(.maximum)) },
    "Min": { try $0.merge($1, ElemwiseMergeLayer(.minimum)) },
    "Relu": { try $0.activate($1, .rectify) }, "Sigmoid": { try $0.activate($1, .sigmoid) },
    "Tanh": { try $0.activate($1, .tanh) }, "Softplus": { try $0.activate($1, .softplus) },
    "LeakyRelu": { try $0.activate($1, .leakyRectify(leakiness: $1.float("alpha", 0.01))) },
    "Elu": { try $0.elu($1) }, "Selu": { try $0.selu($1) }, "Gelu": { try $0.gelu($1) },
    "HardSwish": { try $0.activate($1, .hardSwish) }, "Mish": { try $0.activate($1, .mish) },
    "Softmax": { try $0.softmax($1) { .softmax(axis: $0) } },
    "LogSoftmax": { try $0.softmax($1) { .logSoftmax(axis: $0) } },
    "PRelu": { try $0.parametricRectifier($1) },
    "Concat": { try $0.concatenate($1) }, "Flatten": { try $0.flatten($1) },
    "Reshape": { try $0.reshape($1) }, "Transpose": { try $0.transpose($1) },
    "Squeeze": { try $0.squeeze($1) }, "Unsqueeze": { try $0.unsqueeze($1) },
    "Pad": { try $0.pad($1) }, "Slice": { try $0.slice($1) }, "Gather": { try $0.gather($1) },
    "Resize": { try $0.resize($1) }, "Upsample": { try $0.resize($1) },
    "Identity": { try $0.pass($1) }, "Dropout": { try $0.pass($1) }, "Cast": { try $0.pass($1) },
    "Shape": { try $0.shape($1) }, "Constant": { try $0.constant($1) },
    "ConstantOfShape": { try $0.constantOfShape($1) }, "Expand": { try $0.expand($1) },
    "LSTM": { try $0.lstm($1) }, "GRU": { try $0.gru($1) }, "RNN": { try $0.recurrent($1) },
  ]

  /// A node that passes its input on.
  mutating func pass(_ node: ImportedNode) throws { try set(node, value(node, 0)) }

  // MARK: nonlinearities

  /// A nonlinearity: of the layer before, where nothing else reads that, else a layer of its own.
  mutating func activate(_ node: ImportedNode, _ nonlinearity: Nonlinearity) throws {
    let flow = try flow(node)
    if var activated = onlyRead(flow) as? any ActivatedLayer,
      activated.nonlinearity == .linear, !(activated is NonlinearityLayer)
    {
      activated.nonlinearity = nonlinearity
      entries[flow.layer]?.layer = activated
      try set(node, .flow(flow))
      return
    }
    try give(node, NonlinearityLayer(nonlinearity), reading: [flow])
  }

  mutating func elu(_ node: ImportedNode) throws {
    let alpha = node.float("alpha", 1)
    try activate(node, alpha == 1 ? .elu : .selu(scale: 1, scaleNeg: alpha))
  }

  mutating func selu(_ node: ImportedNode) throws {
    try activate(
      node,
      .selu(
        scale: node.float("gamma", 1.0507009873554805),
        scaleNeg: node.float("alpha", 1.6732632423543772)))
  }

  mutating func gelu(_ node: ImportedNode) throws {
    try activate(node, node.text("approximate", "none") == "tanh" ? .geluTanh : .gelu)
  }

  mutating func softmax(_ node: ImportedNode, _ function: (Int) -> Nonlinearity) throws {
    let rank = try flow(node).shape.count
    // Before operator set 13 the axis was 1 where it was left out, and the axes after it were joined.
    let axis = node.int("axis", operatorSet < 13 ? 1 : -1)
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place), operatorSet >= 13 || place == rank - 1 else {
      throw node.problem("works along axis \(axis) of \(rank), which cannot be read.")
    }
    try activate(node, function(place == rank - 1 ? -1 : place))
  }

  mutating func parametricRectifier(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let slope = try constant(node, 1)
    let (axes, array) = try shared(slope, along: flow.shape, node)
    try give(
      node, ParametricRectifierLayer(sharedAxes: .axes(axes)), reading: [flow], ["alpha": array])
  }
}
