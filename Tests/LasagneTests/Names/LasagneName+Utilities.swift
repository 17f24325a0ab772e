extension LasagneName {
  /// `lasagne.utils`, `lasagne.random` and `lasagne.theano_extensions`.
  static let utilities =
    [
      LasagneName("floatX", "Tensor.converted", .test("conversion between types")),
      LasagneName("shared_empty", "Tensor.zeros", .test("constants, ranges and identities")),
      LasagneName(
        "as_theano_expression", "Tensor.init", .test("values round-trip through bytes")),
      LasagneName("collect_shared_vars", "Network.parameters", .everyCase),
      LasagneName("one_hot", "oneHot", .test("class numbers become rows with one place set")),
      LasagneName("unique", "Network.parameters", .cases(["shared_dense"])),
      LasagneName(
        "as_tuple", "Sizes.values",
        .cases(["conv2d_pad_tuple_noflip", "maxpool3d_tuple_stride_pad", "upscale2d_dilate_tuple"])
      ),
      LasagneName(
        "inspect_kwargs", "DescribedLayer.settings", .test("an unknown key names the closest")),
      LasagneName(
        "compute_norms", "computeNorms",
        .test("norms are those of columns, filters, single numbers or chosen axes")),
      LasagneName(
        "create_param", "ParameterSource",
        .test("first values are a pure function of the seed and the name")),
      LasagneName(
        "unroll_scan", "Recurrence.unrollScan",
        .test("an unrolled walk gives what any walk gives")),
      LasagneName("get_rng", "Generator", .test("the same seed gives the same numbers")),
      LasagneName(
        "set_rng", "Generator.setState", .test("a saved state continues where it was saved")),
    ]
    + ["sc", "mc0", "mc1", "unstrided", "sd", "md"].map {
      LasagneName("conv1d_\($0)", "Conv1DLayer", .types(["Conv1DLayer"]))
    }
    + [LasagneName("padding.pad", "Tensor.padded", .types(["PadLayer"]))]
}
