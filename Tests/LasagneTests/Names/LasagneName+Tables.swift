extension LasagneName {
  /// The nonlinearities.
  static let nonlinearities =
    ["sigmoid", "softmax", "tanh", "rectify", "elu", "selu", "softplus", "linear", "identity"].map {
      nonlinearity($0, $0)
    } + [
      nonlinearity("ScaledTanH", "scaledTanh"), nonlinearity("ScaledTanh", "scaledTanh"),
      nonlinearity("LeakyRectify", "leakyRectify"), nonlinearity("leaky_rectify", "leakyRectify"),
      nonlinearity("very_leaky_rectify", "veryLeakyRectify"), nonlinearity("SELU", "selu"),
    ]

  private static func nonlinearity(_ lasagne: String, _ ours: String) -> LasagneName {
    LasagneName(
      lasagne, "Nonlinearity.\(ours)", .table("nonlinearities.json", "nonlinearities", [ours]))
  }

  /// The initializers.
  static let initializers =
    initializerNames.map {
      initializer($0, ".\($0.prefix(1).lowercased())\($0.dropFirst())", [$0])
    } + [
      initializer("Initializer", "", initializerNames),
      initializer("Glorot", ".glorotNormal", ["GlorotNormal", "GlorotUniform"]),
      initializer("He", ".heNormal", ["HeNormal", "HeUniform"]),
    ]

  private static let initializerNames = [
    "Constant", "Normal", "Uniform", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform",
    "Sparse", "Orthogonal",
  ]

  private static func initializer(
    _ lasagne: String, _ ours: String, _ entries: [String]
  ) -> LasagneName {
    LasagneName(lasagne, "Initializer\(ours)", .table("init.json", "initializers", entries))
  }

  /// The objectives.
  static let objectives =
    [
      "binary_crossentropy", "categorical_crossentropy", "squared_error", "binary_hinge_loss",
      "multiclass_hinge_loss", "huber_loss",
    ].map { objective($0, "Objective.\(GoldenTables.camelCase($0))") }
    + ["aggregate", "binary_accuracy", "categorical_accuracy"].map {
      objective($0, GoldenTables.camelCase($0))
    } + [
      LasagneName(
        "align_targets", "Targets.aligned",
        .test("a vector of targets becomes a column, and does not broadcast to a square"))
    ]

  private static func objective(_ lasagne: String, _ ours: String) -> LasagneName {
    LasagneName(lasagne, ours, .table("objectives.json", "objectives", [lasagne]))
  }

  /// The updates and constraints.
  static let updates =
    [
      "sgd", "momentum", "nesterov_momentum", "adagrad", "rmsprop", "adadelta", "adam", "adamax",
      "amsgrad",
    ].map {
      LasagneName(
        $0, "UpdateRule.\(GoldenTables.camelCase($0))", .table("updates.json", "updates", [$0]))
    }
    + ["apply_momentum", "apply_nesterov_momentum"].map {
      LasagneName($0, "UpdateRule.\(GoldenTables.camelCase($0))", .onTop)
    }
    + ["norm_constraint", "total_norm_constraint"].map {
      LasagneName(
        $0, GoldenTables.camelCase($0), .table("updates.json", "constraints", [$0]))
    }
    + [LasagneName("get_or_compute_grads", "Tensor.gradients", .trainings)]

  /// The penalties.
  static let penalties = [
    ("l1", "Penalty.l1"), ("l2", "Penalty.l2"), ("apply_penalty", "applyPenalty"),
    ("regularize_layer_params", "Penalty.ofLayers"),
    ("regularize_layer_params_weighted", "Penalty.ofLayers"),
    ("regularize_network_params", "Penalty.ofNetwork"),
  ].map { LasagneName($0, $1, .table("regularization.json", "penalties", [$0])) }
}
