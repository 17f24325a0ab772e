import Foundation

@testable import Lasagne

/// One public name of Lasagne with what it is here.
struct LasagneName: Equatable {
  let lasagne: String
  /// The Swift name, or why there is none.
  let swift: String
  let golden: Count

  /// Where its golden cases are.
  enum Count: Equatable {
    /// The layer and network cases with this type of layer.
    case layer
    /// The cases that spell out what this function makes.
    case expansion
    /// The entries of this name in a list of a table.
    case table(String, String)
    /// The updates that are applied on top of another.
    case onTop
    /// Every layer and network case goes through it.
    case everyCase
    /// None.
    case none
  }

  /// The layers: every name that model files may use, those that came after Lasagne left out.
  static var layers: [LasagneName] {
    LayerRegistry.shared.names.compactMap { name in
      // Other tests register types of their own.
      guard let type = LayerRegistry.shared.type(named: name),
        String(reflecting: type).hasPrefix("Lasagne."),
        !LayerRegistry.laterTypes.contains(where: { $0 == type })
      else { return nil }
      return LasagneName(lasagne: name, swift: type.typeName, golden: .layer)
    }
  }

  /// Functions around layers.
  static let helpers =
    list(
      .everyCase,
      [
        "get_all_layers": "Network.layers", "get_output": "Network.output",
        "get_output_shape": "Network.outputShape", "get_all_params": "Network.parameters",
        "count_params": "Network.parameterCount", "get_all_param_values": "Weights.hostArrays",
        "set_all_param_values": "Weights.init", "Layer": "Layer",
        "MergeLayer": "Layer.incomingCount",
      ])
    + list(
      .expansion,
      [
        "batch_norm": "batchNorm", "instance_norm": "instanceNorm", "layer_norm": "layerNorm",
        "prelu": "prelu", "rrelu": "rrelu",
      ])
    + list(
      .none,
      [
        "batch_norm_dnn": "batchNorm", "standardize": "standardize", "Gate": "Gate",
        "dropout": "DropoutLayer", "dropout_channels": "dropoutChannels",
        "spatial_dropout": "dropoutChannels", "dropout_locations": "dropoutLocations",
        "flatten": "FlattenLayer", "reshape": "ReshapeLayer", "dimshuffle": "DimshuffleLayer",
        "pad": "PadLayer", "concat": "ConcatLayer", "autocrop": "Cropping",
        "autocrop_array_shapes": "Cropping", "bc01_to_c01b": "DimshuffleLayer",
        "c01b_to_bc01": "DimshuffleLayer",
      ])

  /// The nonlinearities.
  static let nonlinearities =
    ["sigmoid", "softmax", "tanh", "rectify", "elu", "selu", "softplus", "linear", "identity"].map {
      LasagneName(
        lasagne: $0, swift: "Nonlinearity.\($0)",
        golden: .table("nonlinearities.json", "nonlinearities"))
    }
    + list(
      .table("nonlinearities.json", "nonlinearities"),
      [
        "ScaledTanH": "Nonlinearity.scaledTanh", "ScaledTanh": "Nonlinearity.scaledTanh",
        "LeakyRectify": "Nonlinearity.leakyRectify", "leaky_rectify": "Nonlinearity.leakyRectify",
        "very_leaky_rectify": "Nonlinearity.veryLeakyRectify", "SELU": "Nonlinearity.selu",
      ])

  /// The initializers.
  static let initializers =
    [
      "Constant", "Normal", "Uniform", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform",
      "Sparse", "Orthogonal",
    ].map {
      LasagneName(
        lasagne: $0, swift: "Initializer.\($0.prefix(1).lowercased())\($0.dropFirst())",
        golden: .table("init.json", "initializers"))
    }
    + list(
      .none,
      [
        "Initializer": "Initializer", "Glorot": "Initializer.glorotNormal",
        "He": "Initializer.heNormal",
      ])

  /// The objectives.
  static let objectives = list(
    .table("objectives.json", "objectives"),
    [
      "binary_crossentropy": "Objective.binaryCrossentropy",
      "categorical_crossentropy": "Objective.categoricalCrossentropy",
      "squared_error": "Objective.squaredError", "aggregate": "aggregate",
      "binary_hinge_loss": "Objective.binaryHingeLoss",
      "multiclass_hinge_loss": "Objective.multiclassHingeLoss",
      "huber_loss": "Objective.huberLoss", "binary_accuracy": "binaryAccuracy",
      "categorical_accuracy": "categoricalAccuracy",
    ])

  /// The updates and constraints.
  static let updates =
    [
      "sgd", "momentum", "nesterov_momentum", "adagrad", "rmsprop", "adadelta", "adam", "adamax",
      "amsgrad",
    ].map {
      LasagneName(
        lasagne: $0, swift: "UpdateRule.\(GoldenTables.camelCase($0))",
        golden: .table("updates.json", "updates"))
    }
    + list(
      .onTop,
      [
        "apply_momentum": "UpdateRule.applyMomentum",
        "apply_nesterov_momentum": "UpdateRule.applyNesterovMomentum",
      ])
    + list(
      .table("updates.json", "constraints"),
      [
        "norm_constraint": "normConstraint", "total_norm_constraint": "totalNormConstraint",
      ])

  /// The penalties.
  static let penalties = list(
    .table("regularization.json", "penalties"),
    [
      "l1": "Penalty.l1", "l2": "Penalty.l2", "apply_penalty": "applyPenalty",
      "regularize_layer_params": "Penalty.ofLayers",
      "regularize_layer_params_weighted": "Penalty.ofLayers",
      "regularize_network_params": "Penalty.ofNetwork",
    ])

  private static func list(
    _ golden: Count, _ names: KeyValuePairs<String, String>
  ) -> [LasagneName] {
    names.map { LasagneName(lasagne: $0, swift: $1, golden: golden) }
  }

  /// The identifier that the sources must declare.
  var declaration: Substring { swift.split(separator: ".").last ?? "" }
}
