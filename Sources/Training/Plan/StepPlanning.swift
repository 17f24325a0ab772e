/// How steps are planned; every rewrite can be switched off, with the same result up to rounding.
public struct StepPlanning: Equatable, Sendable {
  /// Whether steps are planned at all; otherwise libtorch's autograd makes each.
  public var isOn = true
  /// Whether a bias and the nonlinearity after it are one pass over the numbers.
  public var fusesBias = true
  /// Whether a nonlinearity takes the place of its argument, where nobody else reads that.
  public var worksInPlace = true
  /// Whether a rectifier and the pooling after it are one pass over the numbers.
  public var fusesPooling = true
  /// Whether a sum and a rectifier after batch normalization are one pass with it.
  public var fusesNormalization = true
  /// Whether images keep their channels last from layer to layer.
  public var keepsLayouts = true
  /// Whether a gradient that nobody else needs is handed on without a copy.
  public var handsGradientsOn = true
  /// Whether a recurrent layer's matrices are brought into the order of the products once a step.
  public var packsPanels = true
  /// Whether an LSTM's products with its input and its hidden state are one sum.
  public var joinsProducts = true
  /// Whether operations on single samples go through a batch block by block.
  public var worksInBlocks = true
  /// Whether gradients of large weights are made tile by tile, each for its update.
  public var fusesUpdates = true
  /// Whether buffers share memory that are not needed at the same time.
  public var reusesMemory = true
  /// Whether gradients of a network's input, which nobody needs, are left out.
  public var skipsInputGradients = true
  /// Whether convolutions take the loops for their shapes: filters that slide along a row, and ways back
  /// without a matrix in between.
  public var specializesConvolutions = true
  /// Whether random numbers are drawn many at a time: libtorch's, but not by it.
  public var drawsTogether = true

  /// Plans every step that can be.
  public init() {}

  /// No plans.
  public static var off: StepPlanning {
    var planning = StepPlanning()
    planning.isOn = false
    return planning
  }

  typealias Switch = any WritableKeyPath<StepPlanning, Bool> & Sendable

  /// The rewrites by their names.
  static let rewrites: [(name: String, setting: Switch)] = [
    ("bias", \.fusesBias), ("in-place", \.worksInPlace), ("pooling", \.fusesPooling),
    ("normalization", \.fusesNormalization), ("layouts", \.keepsLayouts),
    ("handing-on", \.handsGradientsOn), ("panels", \.packsPanels),
    ("joined-products", \.joinsProducts), ("blocks", \.worksInBlocks),
    ("updates", \.fusesUpdates), ("reuse", \.reusesMemory),
    ("input-gradients", \.skipsInputGradients), ("convolutions", \.specializesConvolutions),
    ("random", \.drawsTogether),
  ]

  /// As `LASAGNE_PLAN` says: `off`, or a list of rewrites to leave out (`-pooling`,
  /// `-normalization`, …).
  ///
  /// - Throws: `TrainingError` where a word is none of these.
  public init(environment: [String: String]) throws(TrainingError) {
    let text = (environment["LASAGNE_PLAN"] ?? "").filter { !$0.isWhitespace }
    for word in text.split(separator: ",") {
      if word == "off" {
        isOn = false
      } else if let (_, setting) = Self.rewrites.first(where: { word == "-" + $0.name }) {
        self[keyPath: setting] = false
      } else {
        let known = ["off"] + Self.rewrites.map { "-" + $0.name }
        throw TrainingError(
          .environment,
          "LASAGNE_PLAN has the word '\(word)', which switches nothing off; use "
            + "\(known.joined(separator: ", ")), or several of them with commas.")
      }
    }
  }

  /// What is left out, as `LASAGNE_PLAN` would say it; empty where nothing is.
  public var omissions: [String] {
    isOn ? Self.rewrites.filter { !self[keyPath: $0.setting] }.map { "-" + $0.name } : ["off"]
  }
}
