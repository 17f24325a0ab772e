@testable import Lasagne

extension LasagneName {
  /// The layers: every name that model files may use, those that came after Lasagne left out.
  static var layers: [LasagneName] {
    LayerRegistry.shared.names.compactMap { name in
      // Other tests register types of their own.
      guard let type = LayerRegistry.shared.type(named: name),
        String(reflecting: type).hasPrefix("Lasagne."),
        !LayerRegistry.laterTypes.contains(where: { $0 == type })
      else { return nil }
      return LasagneName(name, type.typeName, evidence(ofLayer: name))
    }
  }

  private static func evidence(ofLayer name: String) -> Evidence {
    if name == "ExpressionLayer" { return .test("a function is a layer, but not in files") }
    if name == "NINLayer_c01b" { return .test("GPU versions that cannot be read say so") }
    guard LayerVariant.all[name] != nil else { return .types([name]) }
    return .test(
      name.contains("3D")
        ? "GPU versions over volumes are read as ordinary layers"
        : "GPU versions are read as ordinary layers")
  }

  /// Functions and classes around layers.
  static let helpers =
    [
      ("get_all_layers", "Network.layers"), ("get_output", "Network.output"),
      ("get_output_shape", "Network.outputShape"), ("get_all_params", "Network.parameters"),
      ("count_params", "Network.parameterCount"), ("get_all_param_values", "Weights.hostArrays"),
      ("set_all_param_values", "Weights.init"), ("Layer", "Layer"),
    ].map { LasagneName($0, $1, .everyCase) }
    + ["batch_norm", "instance_norm", "layer_norm", "prelu"].map {
      LasagneName($0, GoldenTables.camelCase($0), .expansion)
    }
    + [
      LasagneName(
        "MergeLayer", "Layer.incomingCount",
        .types(["ConcatLayer", "ElemwiseMergeLayer", "ElemwiseSumLayer"])),
      LasagneName(
        "rrelu", "rrelu", .test("random slopes take the place of the nonlinearity")),
      LasagneName(
        "batch_norm_dnn", "batchNorm",
        .test("batch normalization takes the place of the bias")),
      LasagneName(
        "standardize", "standardize",
        .test("standardize takes the offset away and divides, untrained")),
      LasagneName("Gate", "Gate", .types(["LSTMLayer", "GRULayer"])),
      LasagneName("dropout", "DropoutLayer", .types(["DropoutLayer"])),
      LasagneName("dropout_channels", "dropoutChannels", .test("shared axes drop together")),
      LasagneName("spatial_dropout", "dropoutChannels", .test("shared axes drop together")),
      LasagneName(
        "dropout_locations", "dropoutLocations",
        .test("locations drop in all channels together")),
      LasagneName("flatten", "FlattenLayer", .types(["FlattenLayer"])),
      LasagneName("reshape", "ReshapeLayer", .types(["ReshapeLayer"])),
      LasagneName("dimshuffle", "DimshuffleLayer", .types(["DimshuffleLayer"])),
      LasagneName("pad", "PadLayer", .types(["PadLayer"])),
      LasagneName("concat", "ConcatLayer", .types(["ConcatLayer"])),
      LasagneName("autocrop", "Cropping", .cases(croppings)),
      LasagneName("autocrop_array_shapes", "Cropping.shapes", .cases(croppings)),
      LasagneName(
        "bc01_to_c01b", "DimshuffleLayer", .test("GPU versions are read as ordinary layers")),
      LasagneName(
        "c01b_to_bc01", "DimshuffleLayer", .test("GPU versions are read as ordinary layers")),
      LasagneName(
        "BaseConvLayer", "ConvolutionLayer",
        .types(["Conv1DLayer", "Conv2DLayer", "Conv3DLayer"])),
      LasagneName(
        "conv_output_length", "ConvolutionLayer.outputShape",
        .types(["Conv1DLayer", "Conv2DLayer", "Conv3DLayer"])),
      LasagneName(
        "conv_input_length", "TransposedConvolutionLayer.outputShape",
        .types(["TransposedConv2DLayer", "TransposedConv3DLayer"])),
      LasagneName(
        "pool_output_length", "PoolGeometry.outputLength",
        .types(["Pool1DLayer", "Pool2DLayer", "Pool3DLayer"])),
      LasagneName("pool_2d", "Tensor.pooled", .types(["Pool2DLayer", "MaxPool2DLayer"])),
      LasagneName("pool_3d", "Tensor.pooled", .types(["Pool3DLayer", "MaxPool3DLayer"])),
      LasagneName("pool_2d_nxn_regions", "SpatialPyramidPoolingLayer", .cases(["spp_kaiming_max"])),
    ]

  private static let croppings = ["concat_crop_center", "merge_sub_crop_center"]
}
