import Lasagne
import Tensors
import Testing

@Suite struct ZooTests {
  /// Arguments that make each network so small that its gradients are checked in a moment.
  static let small: [String: [String: String]] = [
    "mlp": ["input": "1x4x4", "hidden": "5,4", "classes": "3"],
    "lenet": ["input": "1x16x16", "filters": "2,3", "units": "4", "classes": "3"],
    "vgg": ["input": "2x32x32", "depth": "11", "width": "2", "units": "4", "classes": "3"],
    "nin": ["input": "3x8x8", "width": "6", "classes": "3"],
    "inception": ["input": "1x8x8", "width": "16", "classes": "3"],
    "resnet": ["input": "2x8x8", "depth": "8", "width": "2", "classes": "3"],
    "densenet": ["input": "1x8x8", "depth": "7", "growth": "2", "classes": "3"],
    "unet": ["input": "1x8x8", "depth": "2", "width": "2"],
    "autoencoder": ["input": "1x3x3", "hidden": "5", "code": "2"],
    "siamese": ["input": "1x16x16", "filters": "2,2", "units": "3"],
    "spatialTransformer": ["input": "1x28x28", "filters": "2", "classes": "3"],
    "lstmClassifier": [
      "input": "4x3", "units": "3", "layers": "2", "bidirectional": "yes", "classes": "3",
    ],
    "gruClassifier": ["input": "4x3", "units": "3", "layers": "2", "classes": "3"],
    "charLanguageModel": [
      "vocabulary": "5", "embedding": "3", "units": "4", "layers": "1", "memory": "attention",
      "heads": "2",
    ],
    "transformerClassifier": [
      "vocabulary": "7", "length": "4", "units": "4", "layers": "1", "heads": "2",
    ],
    "visionTransformer": [
      "input": "1x4x4", "patch": "2", "units": "4", "layers": "1", "heads": "2", "classes": "3",
    ],
  ]

  @Test(arguments: Zoo.entries.map(\.name))
  func `every network written to a file and read again is the same value`(name: String) throws {
    let network = try Zoo.entry(name).network()
    #expect(try Network(modelFile: network.modelFile()) == network)
    #expect(try Network(modelFile: network.modelFile(format: .json)) == network)
    let small = try Zoo.entry(name).network(#require(Self.small[name]))
    #expect(try Network(modelFile: small.modelFile()) == small)
  }

  @Test(arguments: Zoo.entries.map(\.name), [false, true])
  func `every network's gradients agree with differences`(name: String, isTraining: Bool) throws {
    let network = try Zoo.entry(name).network(#require(Self.small[name]))
    let check = GradientCheck(entriesPerTensor: 2, seed: 1, isTraining: isTraining)
    let report = try check.report(on: network)
    #expect(report.passes, "\(report)")
    #expect(report.notes.count <= 1)
    // A gradient of zero everywhere would agree with anything that is dead.
    let dead = report.tensors.filter { $0.largestGradient == 0 }.map(\.name)
    #expect(dead.isEmpty, "\(dead)")
  }

  @Test func `the other forms of a network have right gradients too`() throws {
    let forms: [(String, [String: String])] = [
      ("resnet", ["input": "2x8x8", "depth": "11", "width": "2", "bottleneck": "yes"]),
      ("vgg", ["input": "1x32x32", "depth": "11", "width": "2", "units": "", "normalized": "no"]),
      ("charLanguageModel", ["vocabulary": "5", "embedding": "3", "units": "4", "layers": "1"]),
      (
        "charLanguageModel",
        ["vocabulary": "5", "embedding": "3", "units": "4", "layers": "1", "memory": "lstm"]
      ),
    ]
    for (name, arguments) in forms {
      let network = try Zoo.entry(name).network(arguments)
      let report = try GradientCheck(entriesPerTensor: 2).report(on: network)
      #expect(report.passes, "\(report)")
    }
  }

  @Test func `the arguments' defaults are those of the functions`() throws {
    let networks = [
      try Zoo.mlp(), try Zoo.lenet(), try Zoo.vgg(), try Zoo.nin(), try Zoo.inception(),
      try Zoo.resnet(), try Zoo.densenet(), try Zoo.unet(), try Zoo.autoencoder(),
      try Zoo.siamese(), try Zoo.spatialTransformer(), try Zoo.lstmClassifier(),
      try Zoo.gruClassifier(), try Zoo.charLanguageModel(), try Zoo.transformerClassifier(),
      try Zoo.visionTransformer(),
    ]
    #expect(networks.count == Zoo.entries.count)
    for (entry, network) in zip(Zoo.entries, networks) {
      #expect(try entry.network() == network, "\(entry.name)")
      // Every default can be given as it is shown.
      let shown = Dictionary(
        uniqueKeysWithValues: entry.arguments.map { ($0.name, $0.defaultText) })
      #expect(try entry.network(shown) == network, "\(entry.name)")
    }
  }

  @Test func `arguments given as text are those of the function`() throws {
    #expect(
      try Zoo.entry("resnet").network([
        "input": "1x28x28", "depth": "29", "width": "8", "bottleneck": "yes", "classes": "7",
      ]) == Zoo.resnet(input: [1, 28, 28], depth: 29, width: 8, bottleneck: true, classes: 7))
    #expect(
      try Zoo.entry("mlp").network(["hidden": "", "dropout": "0.25"])
        == Zoo.mlp(hidden: [], dropout: 0.25))
  }

  @Test func `shapes are those one expects`() throws {
    #expect(try Zoo.vgg().outputShape() == [nil, 10])
    #expect(try Zoo.unet(input: [3, 32, 48], masks: 2).outputShape() == [nil, 2, 32, 48])
    #expect(try Zoo.autoencoder().outputShape() == [nil, 1, 28, 28])
    #expect(try Zoo.autoencoder().outputShape(of: "code") == [nil, 32])
    #expect(try Zoo.siamese().outputShape() == [nil, 1])
    #expect(try Zoo.siamese().inputs == ["left", "right"])
    #expect(try Zoo.charLanguageModel().outputShape() == [nil, nil, 96])
    #expect(
      try Zoo.inception(input: [3, 224, 224]).outputShape(of: "concat9") == [nil, 1024, 7, 7])
    #expect(
      try Zoo.spatialTransformer(downsampling: 2).outputShape(of: "transformer1")
        == [nil, 1, 20, 20])
    #expect(
      try Zoo.lstmClassifier(layers: 2, bidirectional: true).outputShape(of: "concat1")
        == [nil, 28, 256])
    #expect(try Zoo.visionTransformer().outputShape(of: "patches") == [nil, 128, 8, 8])
  }

  /// Figures of the papers' networks, and of the defaults, worked out apart from this library.
  @Test func `networks have as many trainable numbers as published`() throws {
    let published: [(Network, Int)] = try [
      (Zoo.mlp(), 1_276_810),
      (Zoo.lenet(), 160_362),
      // Caffe's LeNet.
      (Zoo.lenet(filters: [20, 50], units: 500), 431_080),
      // Simonyan & Zisserman's networks A, B, D and E.
      (Self.paperVGG(11), 132_863_336), (Self.paperVGG(13), 133_047_848),
      (Self.paperVGG(16), 138_357_544), (Self.paperVGG(19), 143_667_240),
      (Zoo.nin(), 966_986),
      // GoogLeNet without its classifiers beside the way.
      (Zoo.inception(input: [3, 224, 224], classes: 1000), 6_998_552),
      (Zoo.resnet(), 272_474), (Zoo.resnet(depth: 110), 1_730_714),
      (Zoo.resnet(depth: 164, bottleneck: true), 1_704_154),
      (Zoo.densenet(), 1_019_722), (Zoo.densenet(depth: 100), 6_979_642),
      (Zoo.unet(input: [1, 16, 16], depth: 4, width: 64, masks: 2), 31_030_658),
      (Zoo.unet(), 481_745),
      (Zoo.autoencoder(), 944_176), (Zoo.siamese(), 46_145),
      (Zoo.spatialTransformer(), 563_578),
      (Zoo.lstmClassifier(), 82_058),
      (Zoo.lstmClassifier(layers: 2, bidirectional: true), 559_114),
      (Zoo.gruClassifier(), 61_578),
      (Zoo.charLanguageModel(), 671_328),
      (Zoo.charLanguageModel(memory: .attention), 1_628_768),
      (Zoo.transformerClassifier(), 1_677_058),
      (Zoo.visionTransformer(), 1_205_642),
      // ViT-S/16 less its token for the class.
      (
        Zoo.visionTransformer(
          input: [3, 224, 224], patch: 16, units: 384, layers: 12, heads: 6, classes: 1000),
        22_049_896
      ),
    ]
    for (network, count) in published {
      let trainable = network.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.count }
      #expect(trainable == count, "\(network.name)")
    }
  }

  private static func paperVGG(_ depth: Int) throws -> Network {
    try Zoo.vgg(
      input: [3, 224, 224], depth: depth, units: [4096, 4096], normalized: false, classes: 1000)
  }

  @Test(arguments: [
    ("lenett", [:], "There is no network 'lenett' in the zoo: did you mean 'lenet'?"),
    (
      "lenet", ["clases": "3"],
      "The network 'lenet' has no argument 'clases': did you mean 'classes'?"
    ),
    (
      "lenet", ["input": "28"],
      "conv1 (Conv2DLayer) needs an input of 4 axes (batch, channels, rows, columns), got 2: [?, 28]; "
        + "put a ReshapeLayer before it or change the input's shape."
    ),
    (
      "lenet", ["input": "1x28xx"],
      "The network 'lenet' takes lengths with an x between them, like 1x28x28, as its argument "
        + "'input', got '1x28xx'."
    ),
    (
      "lenet", ["classes": "ten"],
      "The network 'lenet' takes a whole number as its argument 'classes', got 'ten'."
    ),
    (
      "mlp", ["hidden": "10 20"],
      "The network 'mlp' takes whole numbers with commas between them as its argument 'hidden', got "
        + "'10 20'."
    ),
    (
      "mlp", ["dropout": "half"],
      "The network 'mlp' takes a number as its argument 'dropout', got 'half'."
    ),
    (
      "resnet", ["bottleneck": "maybe"],
      "The network 'resnet' takes yes or no as its argument 'bottleneck', got 'maybe'."
    ),
    ("vgg", ["depth": "12"], "The network 'vgg' has a depth of 11, 13, 16 or 19, got 12."),
    (
      "resnet", ["depth": "21"],
      "The network 'resnet' has a depth of 6n + 2, such as 20, got 21."
    ),
    (
      "resnet", ["depth": "21", "bottleneck": "yes"],
      "The network 'resnet' with bottlenecks has a depth of 9n + 2, such as 29, got 21."
    ),
    (
      "resnet", ["depth": "6000002"],
      "The network 'resnet' needs depth to be at most 10000, got 6000002."
    ),
    (
      "densenet", ["depth": "5"],
      "The network 'densenet' has a depth of 3n + 4, such as 22, got 5."
    ),
    (
      "densenet", ["growth": "0"], "The network 'densenet' needs growth to be at least 1, got 0."
    ),
    (
      "unet", ["input": "1x60x64"],
      "The network 'unet' halves its images 3 times and needs rows and columns that are multiples of "
        + "2^3, got 60×64."
    ),
    (
      "unet", ["input": "60x64"],
      "The network 'unet' needs an input of 3 lengths of at least 1 (channels, rows, columns), got "
        + "[60, 64]."
    ),
    (
      "nin", ["width": "9223372036854775807"],
      "The network 'nin' needs width to be at most 2147483648, got 9223372036854775807."
    ),
    (
      "charLanguageModel", ["memory": "gruu"],
      "The network 'charLanguageModel' has no memory 'gruu': did you mean 'gru'?"
    ),
    (
      "visionTransformer", ["patch": "5"],
      "The network 'visionTransformer' cuts its images into patches of 5×5, which images of 32×32 are "
        + "not made of."
    ),
    ("lenet", ["classes": "0"], "dense2 (DenseLayer) needs at least 1 unit, got numUnits 0."),
  ])
  func `wrong arguments are refused in one sentence`(
    name: String, arguments: [String: String], sentence: String
  ) {
    #expect {
      try Zoo.entry(name).network(arguments)
    } throws: {
      "\($0)" == sentence
    }
  }
}
