extension LayerReach {
  /// What a layer's numbers depend on, where what it reads has `axes` spatial axes after batch and
  /// channels.
  ///
  /// Statistics over whole maps (of a normalization, of squeeze and excitation) do not count.
  static func of(
    _ layer: any Layer, inputs: [Shape], output: Shape, axes: Int, in network: Network
  ) -> LayerReach {
    if let filter = filterReach(of: layer, axes: axes) { return .places([filter]) }
    switch layer {
    case is DenseLayer, is GlobalPoolLayer, is SpatialPyramidPoolingLayer, is TransformerLayer,
      is TPSTransformerLayer:
      return .everything
    case is FlattenLayer, is ReshapeLayer, is DimshuffleLayer: return .rearranged
    case let inverse as InverseLayer: return inverted(inverse, axes: axes, in: network)
    case let pad as PadLayer: return padded(pad, axes: axes)
    case let slice as SliceLayer: return sliced(slice, inputs[0], axes: axes)
    case let concat as ConcatLayer where concat.axis == 1:
      return merged(concat.cropping, inputs, output, axes)
    case let merge as ElemwiseMergeLayer: return merged(merge.cropping, inputs, output, axes)
    case let sum as ElemwiseSumLayer: return merged(sum.cropping, inputs, output, axes)
    case let pool as FeaturePoolLayer where pool.axis == 1: return same(inputs, axes)
    case let strongest as FeatureWTALayer where strongest.axis == 1: return same(inputs, axes)
    case is NINLayer, is DropoutLayer, is GaussianNoiseLayer, is BatchNormLayer,
      is StandardizationLayer, is LocalResponseNormalization2DLayer, is NonlinearityLayer,
      is BiasLayer, is ScaleLayer, is ParametricRectifierLayer, is RandomizedRectifierLayer,
      is LayerNormLayer, is RMSNormLayer, is GroupNormLayer, is SqueezeExciteLayer,
      is StochasticDepthLayer:
      return same(inputs, axes)
    default: return .unknown
    }
  }

  /// Whether the layer's weights form a filter that is laid over places.
  static func hasFilter(_ layer: any Layer) -> Bool {
    switch layer {
    case is any ConvolutionLayer, is any TransposedConvolutionLayer, is DilatedConv2DLayer,
      is DepthwiseConv2DLayer, is SeparableConv2DLayer, is LocallyConnected2DLayer, is NINLayer:
      true
    default: false
    }
  }

  /// The reach of layers that look through a window: filters, pooling, upscaling.
  private static func filterReach(of layer: any Layer, axes: Int) -> [AxisReach]? {
    switch layer {
    case let layer as any ConvolutionLayer:
      return gathered(layer.filterSize, layer.stride, layer.pad, axes)
    case let layer as DepthwiseConv2DLayer:
      return gathered(layer.filterSize, layer.stride, layer.pad, axes)
    case let layer as SeparableConv2DLayer:
      return gathered(layer.filterSize, layer.stride, layer.pad, axes)
    case let layer as LocallyConnected2DLayer:
      return gathered(layer.filterSize, layer.stride, layer.pad, axes)
    case let layer as DilatedConv2DLayer:
      guard let size = try? layer.filterSize.positive(axes, "filterSize"),
        let spacing = try? layer.dilation.positive(axes, "dilation")
      else { return nil }
      return (0..<axes).map { .gather(size: size[$0], spacing: spacing[$0]) }
    case let layer as any TransposedConvolutionLayer:
      guard let size = try? layer.filterSize.positive(axes, "filterSize"),
        let stride = try? layer.stride.positive(axes, "stride"),
        let crop = try? layer.crop.widths(for: size, "crop")
      else { return nil }
      return (0..<axes).map { .scatter(size: size[$0], stride: stride[$0], before: crop[$0]) }
    case let layer as any PoolingLayer:
      guard let geometry = try? layer.geometry(), geometry.size.count == axes else { return nil }
      return (0..<axes).map {
        .gather(size: geometry.size[$0], stride: geometry.stride[$0], before: geometry.pad[$0])
      }
    case let layer as any UpscalingLayer:
      guard let factor = try? layer.scaleFactor.positive(axes, "scaleFactor") else { return nil }
      return factor.map { .scatter(size: $0, stride: $0) }
    default: return nil
    }
  }

  private static func gathered(
    _ size: Sizes, _ stride: Sizes, _ pad: Padding, _ axes: Int
  ) -> [AxisReach]? {
    guard let size = try? size.positive(axes, "filterSize"),
      let stride = try? stride.positive(axes, "stride"), let pad = try? pad.widths(for: size)
    else { return nil }
    return (0..<axes).map { .gather(size: size[$0], stride: stride[$0], before: pad[$0]) }
  }

  private static func same(_ inputs: [Shape], _ axes: Int) -> LayerReach {
    .places(inputs.map { _ in [AxisReach](repeating: .same, count: axes) })
  }

  private static func inverted(
    _ inverse: InverseLayer, axes: Int, in network: Network
  ) -> LayerReach {
    guard let node = try? network.layer(inverse.layer),
      let inputs = try? network.inputShapes(of: node.name),
      let output = try? network.outputShape(of: node.name)
    else { return .unknown }
    switch of(node.layer.base, inputs: inputs, output: output, axes: axes, in: network) {
    case .places(let reach) where reach.count == 1: return .places([reach[0].map(\.inverse)])
    case .everything: return .everything
    case .rearranged, .unknown, .places: return .unknown
    }
  }

  private static func padded(_ pad: PadLayer, axes: Int) -> LayerReach {
    let ahead = 2 - pad.batchNdim
    guard ahead >= 0 else { return .unknown }
    let pairs = pad.pairs(axes + ahead)
    guard pairs.count == axes + ahead else { return .unknown }
    return .places([pairs.dropFirst(ahead).map { .gather(size: 1, before: $0.before) }])
  }

  private static func sliced(_ slice: SliceLayer, _ input: Shape, axes: Int) -> LayerReach {
    let axis = slice.axis < 0 ? slice.axis + input.count : slice.axis
    var reach = [AxisReach](repeating: .same, count: axes)
    guard case .range = slice.indices else { return .rearranged }
    if axis >= 2, let length = input[axis] {
      let taken = slice.places(length)
      reach[axis - 2] = .gather(size: 1, stride: taken.step, before: -taken.first)
    }
    return .places([reach])
  }

  private static func merged(
    _ cropping: [Cropping?]?, _ inputs: [Shape], _ output: Shape, _ axes: Int
  ) -> LayerReach {
    guard inputs.allSatisfy({ $0.count == axes + 2 }), output.count == axes + 2 else {
      return .unknown
    }
    return .places(
      inputs.map { input in
        (2..<(axes + 2)).map { axis in
          guard let mode = cropping?.dropFirst(axis).first ?? nil, let length = input[axis],
            let kept = output[axis]
          else { return .same }
          return .gather(size: 1, before: -mode.start(length, keeping: kept))
        }
      })
  }
}
