extension Zoo {
  /// Two images through the same layers, and whether they show the same thing.
  ///
  /// Koch et al., Siamese Neural Networks for One-shot Image Recognition, 2015; features are compared by
  /// their product. The inputs are called `left` and `right`, and every parameter exists once.
  public static func siamese(
    input: [Int] = [1, 28, 28], filters: [Int] = [16, 32], units: Int = 64
  ) throws -> Network {
    try Network("siamese") {
      tower("left", input, filters, units) { _, initializer in initializer }
      tower("right", input, filters, units) { name, _ in .shareWith("left_\(name)") }
      ElemwiseMergeLayer(.mul).reading("left_features", "right_features").named("product")
      DenseLayer(1, nonlinearity: .sigmoid).named("same")
    }
  }

  /// The way of one image to its features; `source` says where each parameter comes from.
  @NetworkBuilder private static func tower(
    _ side: String, _ input: [Int], _ filters: [Int], _ units: Int,
    source: (_ name: String, _ initializer: ParameterSource) -> ParameterSource
  ) -> [NetworkPart] {
    InputLayer([nil] + input.map { $0 }, name: side)
    for (index, count) in filters.enumerated() {
      Conv2DLayer(
        count, filterSize: 5, W: source("conv\(index + 1).W", .heNormal(gain: .relu)),
        b: source("conv\(index + 1).b", .constant(0)), name: "\(side)_conv\(index + 1)")
      MaxPool2DLayer(2, name: "\(side)_pool\(index + 1)")
    }
    DenseLayer(
      units, W: source("features.W", .glorotUniform()), b: source("features.b", .constant(0)),
      nonlinearity: .tanh, name: "\(side)_features")
  }

  static let siameseEntry = ZooEntry(
    "siamese", "Two images through shared layers, and whether they show the same",
    [
      ZooArgument("input", .shape([1, 28, 28]), "channels, rows and columns of an image"),
      ZooArgument("filters", .counts([16, 32]), "filters of each convolution"),
      ZooArgument("units", .count(64), "features that are compared"),
    ]
  ) {
    try siamese(
      input: $0.list("input"), filters: $0.list("filters"), units: $0.count("units"))
  }
}
