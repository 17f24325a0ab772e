import Lasagne
import Tensors

extension LayerCatalogue {
  private static let twoInputs = [
    "name: a, type: InputLayer, shape: [null, 2, 3]",
    "name: b, type: InputLayer, shape: [null, 2, 5]",
  ]

  @NetworkBuilder private static func inputs() -> [NetworkPart] {
    InputLayer([nil, 2, 3], name: "a")
    InputLayer([nil, 2, 5], name: "b")
  }

  /// Layers that read several others.
  static let merges: [CatalogueEntry] = [
    .graph(
      ConcatLayer.self,
      twoInputs + [
        "name: layer, type: ConcatLayer, incomings: [a, b], axis: 1, cropping: [null, null, center]"
      ]
    ) {
      inputs()
      ConcatLayer(axis: 1, cropping: [nil, nil, .center]).named("layer").reading("a", "b")
    },
    .graph(
      ConcatLayer.self,
      twoInputs + ["name: layer, type: ConcatLayer, incomings: [a, b], axis: -1"]
    ) {
      inputs()
      ConcatLayer(axis: -1).named("layer").reading("a", "b")
    },
    .graph(
      ElemwiseMergeLayer.self,
      twoInputs + [
        "name: layer, type: ElemwiseMergeLayer, incomings: [a, b], mergeFunction: mul, "
          + "cropping: [null, null, upper]"
      ]
    ) {
      inputs()
      ElemwiseMergeLayer(.mul, cropping: [nil, nil, .upper]).named("layer").reading("a", "b")
    },
    .graph(
      ElemwiseSumLayer.self,
      twoInputs + [
        "name: layer, type: ElemwiseSumLayer, incomings: [a, b], coeffs: [0.5, -2], "
          + "cropping: [null, null, lower]"
      ]
    ) {
      inputs()
      ElemwiseSumLayer(coeffs: [0.5, -2], cropping: [nil, nil, .lower]).named("layer")
        .reading("a", "b")
    },
  ]

  private static let image = [
    "name: input, type: InputLayer, shape: [null, 1, 5, 6]",
    "name: theta, type: DenseLayer, numUnits: 6, b: [0.8, 0.1, 0.05, -0.1, 0.9, 0.02], "
      + "nonlinearity: linear",
    "name: offsets, type: DenseLayer, incoming: input, numUnits: 8, W: {Normal: {std: 0.02}}, "
      + "nonlinearity: linear",
  ]

  @NetworkBuilder private static func imageLayers() -> [NetworkPart] {
    InputLayer([nil, 1, 5, 6], name: "input")
    DenseLayer(6, b: .values([0.8, 0.1, 0.05, -0.1, 0.9, 0.02]), nonlinearity: .linear)
      .named("theta")
    DenseLayer(8, W: .normal(std: 0.02), nonlinearity: .linear).named("offsets").reading("input")
  }

  /// Layers that read others by name, or are no more than a function.
  static let special: [CatalogueEntry] = [
    .graph(
      TransformerLayer.self,
      image + [
        "name: layer, type: TransformerLayer, incoming: input, localizationNetwork: theta, "
          + "downsampleFactor: [1.5, 2], borderMode: mirror"
      ]
    ) {
      imageLayers()
      TransformerLayer(
        localizationNetwork: "theta", downsampleFactor: .init(rows: 1.5, columns: 2),
        borderMode: .mirror
      ).named("layer").reading("input")
    },
    .graph(
      TPSTransformerLayer.self,
      image + [
        "name: layer, type: TPSTransformerLayer, incoming: input, localizationNetwork: offsets, "
          + "downsampleFactor: 1.5, controlPoints: 4, precomputeGrid: false, borderMode: wrap"
      ]
    ) {
      imageLayers()
      TPSTransformerLayer(
        localizationNetwork: "offsets", downsampleFactor: 1.5, controlPoints: 4,
        precomputeGrid: .never, borderMode: .wrap
      ).named("layer").reading("input")
    },
    .graph(
      InverseLayer.self,
      [
        "name: input, type: InputLayer, shape: [null, 2, 4]",
        "name: conv, type: Conv1DLayer, numFilters: 3, filterSize: 2, nonlinearity: tanh",
        "name: layer, type: InverseLayer, layer: conv",
      ]
    ) {
      InputLayer([nil, 2, 4], name: "input")
      Conv1DLayer(3, filterSize: 2, nonlinearity: .tanh).named("conv")
      InverseLayer("conv").named("layer")
    },
    CatalogueEntry(
      type: ExpressionLayer.self,
      lines: [
        "name: input, type: InputLayer, shape: [null, 3]", "name: layer, type: ExpressionLayer",
      ],
      build: {
        try Network("net", input: [3]) {
          ExpressionLayer(name: "layer") { (x: Tensor) throws(TensorError) in try x.squared() }
        }
      }),
  ]
}
