/// Every public name of Lasagne 0.2.dev1, as its source has them: what a module lists in `__all__`,
/// and what a module without that list defines without an underscore.
///
/// Left out are constants about the Python it runs on (`int_types`, `gpu_enabled`, `dnn_enabled`).
enum LasagneModules {
  static let names: [String: String] = [
    "layers.base": "Layer MergeLayer",
    "layers.input": "InputLayer",
    "layers.dense": "DenseLayer NINLayer",
    "layers.noise":
      "DropoutLayer dropout dropout_channels spatial_dropout dropout_locations GaussianNoiseLayer",
    "layers.conv":
      "Conv1DLayer Conv2DLayer Conv3DLayer TransposedConv2DLayer Deconv2DLayer DilatedConv2DLayer "
      + "TransposedConv3DLayer Deconv3DLayer conv_output_length conv_input_length BaseConvLayer",
    "layers.local": "LocallyConnected2DLayer",
    "layers.pool":
      "MaxPool1DLayer MaxPool2DLayer MaxPool3DLayer Pool1DLayer Pool2DLayer Pool3DLayer "
      + "Upscale1DLayer Upscale2DLayer Upscale3DLayer FeaturePoolLayer FeatureWTALayer "
      + "GlobalPoolLayer SpatialPyramidPoolingLayer pool_output_length pool_2d pool_3d "
      + "pool_2d_nxn_regions",
    "layers.shape":
      "FlattenLayer flatten ReshapeLayer reshape DimshuffleLayer dimshuffle PadLayer pad SliceLayer",
    "layers.merge":
      "autocrop autocrop_array_shapes ConcatLayer concat ElemwiseMergeLayer ElemwiseSumLayer",
    "layers.normalization":
      "LocalResponseNormalization2DLayer BatchNormLayer batch_norm StandardizationLayer "
      + "instance_norm layer_norm",
    "layers.embedding": "EmbeddingLayer",
    "layers.recurrent": "CustomRecurrentLayer RecurrentLayer Gate LSTMLayer GRULayer",
    "layers.special":
      "NonlinearityLayer BiasLayer ScaleLayer standardize ExpressionLayer InverseLayer "
      + "TransformerLayer TPSTransformerLayer ParametricRectifierLayer prelu "
      + "RandomizedRectifierLayer rrelu",
    "layers.helper":
      "get_all_layers get_output get_output_shape get_all_params count_params "
      + "get_all_param_values set_all_param_values",
    "layers.corrmm": "Conv2DMMLayer",
    "layers.cuda_convnet":
      "Conv2DCCLayer MaxPool2DCCLayer ShuffleBC01ToC01BLayer bc01_to_c01b "
      + "ShuffleC01BToBC01Layer c01b_to_bc01 NINLayer_c01b",
    "layers.dnn":
      "Pool2DDNNLayer MaxPool2DDNNLayer Pool3DDNNLayer MaxPool3DDNNLayer Conv2DDNNLayer "
      + "Conv3DDNNLayer SpatialPyramidPoolingDNNLayer BatchNormDNNLayer batch_norm_dnn",
    "nonlinearities":
      "sigmoid softmax tanh ScaledTanH ScaledTanh rectify LeakyRectify leaky_rectify "
      + "very_leaky_rectify elu SELU selu softplus linear identity",
    "init":
      "Initializer Normal Uniform Glorot GlorotNormal GlorotUniform He HeNormal HeUniform Constant "
      + "Sparse Orthogonal",
    "objectives":
      "binary_crossentropy categorical_crossentropy squared_error aggregate binary_hinge_loss "
      + "multiclass_hinge_loss huber_loss binary_accuracy categorical_accuracy align_targets",
    "updates":
      "sgd apply_momentum momentum apply_nesterov_momentum nesterov_momentum adagrad rmsprop "
      + "adadelta adam adamax amsgrad norm_constraint total_norm_constraint get_or_compute_grads",
    "regularization":
      "l1 l2 apply_penalty regularize_layer_params regularize_layer_params_weighted "
      + "regularize_network_params",
    "random": "get_rng set_rng",
    "utils":
      "floatX shared_empty as_theano_expression collect_shared_vars one_hot unique as_tuple "
      + "inspect_kwargs compute_norms create_param unroll_scan",
    "theano_extensions.conv":
      "conv1d_sc conv1d_mc0 conv1d_mc1 conv1d_unstrided conv1d_sd conv1d_md",
    "theano_extensions.padding": "padding.pad",
  ]

  /// All of them.
  static let all = names.values.flatMap { $0.split(separator: " ").map(String.init) }
}
