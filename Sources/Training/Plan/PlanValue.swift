import Tensors

/// What a layer gives, in a plan: a batch of rows in a buffer.
final class PlanValue {
  /// How the numbers of one row lie in memory.
  enum Layout: Equatable {
    /// As the shape says, the last axis first to move.
    case plain
    /// Images with their channels last, whatever the shape says.
    case channelsLast
  }

  /// The bias and the activation that a value still needs.
  struct Pending {
    /// The parameter; it lies along the columns.
    var bias: Int?
    var activation: PlanActivation
    /// How many numbers that lie side by side have a bias each.
    var columns: Int
  }

  /// The shape of one row.
  let shape: [Int]
  let layout: Layout
  let buffer: Int
  /// Whether something trainable stands before it.
  let needsGradient: Bool
  /// What is to be applied before anybody reads it.
  var pending: Pending?
  /// How it is made, before `pending`, where that has not been done yet.
  var normalization: PlanNormalization?
  /// Where its gradient is, once something on the way back has written to it.
  var gradient: Int?
  /// How many layers read it.
  var readers = 0
  /// The layer that gives it.
  var owner: Int?
  /// Whether nobody minds if its numbers are changed in place: what made it does not need them.
  var mayChange = false

  init(shape: [Int], layout: Layout = .plain, buffer: Int, needsGradient: Bool) {
    self.shape = shape
    self.layout = layout
    self.buffer = buffer
    self.needsGradient = needsGradient
  }

  /// The numbers of one row.
  var width: Int { shape.reduce(1, *) }
  /// The channels of an image, or the features.
  var channels: Int { shape.first ?? 1 }
  /// The positions of an image; 1 where there is none.
  var positions: Int { shape.dropFirst().reduce(1, *) }
}

extension PlanBuilder {
  /// A value of its own memory.
  func value(
    _ shape: [Int], layout: PlanValue.Layout = .plain, needsGradient: Bool
  ) -> PlanValue {
    PlanValue(
      shape: shape, layout: layout, buffer: buffer(rows * shape.reduce(1, *)),
      needsGradient: needsGradient)
  }

  /// Where the gradient of a value goes; `adds` says whether there is something already.
  func gradient(of value: PlanValue) -> (buffer: Int, adds: Bool) {
    if let known = value.gradient { return (known, true) }
    let new = buffer(rows * value.width)
    value.gradient = new
    return (new, false)
  }

  /// The gradient of a value, set to zero if there was none: for operations that add.
  func sum(into value: PlanValue) -> Int {
    let (buffer, adds) = gradient(of: value)
    if !adds { fill(buffer, with: 0) }
    return buffer
  }

  /// Applies what a value still needs.
  func settle(_ value: PlanValue) {
    guard value.pending != nil || value.normalization != nil else { return }
    // It is the work of the layer that gave the value, not of the one that reads it first.
    let reader = owner
    owner = value.owner ?? reader
    defer { owner = reader }
    settleNormalization(of: value)
    if !planning.fusesBias { settleBias(of: value) }
    guard let pending = value.pending else { return }
    value.pending = nil
    let columns = pending.columns
    let sizes = [rows * value.width / columns, columns]
    let bias = pending.bias.map(parameter)
    let activation = pending.activation
    guard activation != .linear || bias != nil else { return }
    var argument = value.buffer
    if !activation.isKnownByResult {
      // Its derivative needs what it was applied to, bias included.
      argument = buffer(rows * value.width)
      emit(
        .activate, [value.buffer, bias, value.buffer, argument], sizes: sizes,
        activation: activation)
    } else {
      emit(.activate, [value.buffer, bias, value.buffer], sizes: sizes, activation: activation)
    }
    guard value.needsGradient else { return }
    onWayBack { [self] in
      guard let gradient = value.gradient else { return }
      let biasGradient = pending.bias.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      if activation == .linear {
        if let biasGradient { emit(.columnSums, [gradient, biasGradient], sizes: sizes) }
      } else {
        emit(
          .activateBack, [argument, gradient, gradient, biasGradient], sizes: sizes,
          activation: activation)
      }
    }
  }

  /// Adds a bias by itself, before what else a value still needs.
  func settleBias(of value: PlanValue) {
    guard let pending = value.pending, let bias = pending.bias else { return }
    value.pending?.bias = nil
    let sizes = [rows * value.width / pending.columns, pending.columns]
    emit(
      .activate, [value.buffer, parameter(bias), value.buffer], sizes: sizes, activation: .linear)
    guard value.needsGradient, isTrainable(bias) else { return }
    onWayBack { [self] in
      guard let gradient = value.gradient else { return }
      emit(.columnSums, [gradient, sum(intoParameter: bias)], sizes: sizes)
    }
  }

  /// The value with the numbers of each row in the order of its shape.
  func plain(_ value: PlanValue) -> PlanValue {
    settle(value)
    return value.layout == .plain ? value : turned(value, to: .plain)
  }

  /// The value, an image, with its channels last.
  func channelsLast(_ value: PlanValue) -> PlanValue {
    guard value.layout == .plain else { return value }
    settle(value)
    return turned(value, to: .channelsLast)
  }

  private func turned(_ value: PlanValue, to layout: PlanValue.Layout) -> PlanValue {
    let (channels, positions) = (value.channels, value.positions)
    if channels == 1 || positions == 1 {
      return alias(value, shape: value.shape, layout: layout)
    }
    let result = self.value(value.shape, layout: layout, needsGradient: value.needsGradient)
    let sizes = layout == .plain ? [positions, channels] : [channels, positions]
    emit(.transpose, [value.buffer, result.buffer], sizes: [rows] + sizes + [0])
    onWayBack { [self] in
      guard value.needsGradient, let from = result.gradient else { return }
      let (to, adds) = gradient(of: value)
      emit(.transpose, [from, to], sizes: [rows] + sizes.reversed() + [adds ? 1 : 0])
    }
    return result
  }

  /// The same numbers under another shape.
  func alias(
    _ value: PlanValue, shape: [Int], layout: PlanValue.Layout = .plain
  ) -> PlanValue {
    let result = PlanValue(
      shape: shape, layout: layout, buffer: value.buffer, needsGradient: value.needsGradient)
    onWayBack { [self] in
      guard value.needsGradient, let from = result.gradient else { return }
      pass(from, to: value)
    }
    return result
  }
}
