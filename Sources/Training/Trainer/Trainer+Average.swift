import Lasagne
import Tensors

// The average of the weights that is kept beside them.
extension Trainer {
  /// The averaged weights, where the recipe asks for them and there are some yet.
  public var averagedWeights: Weights? { kept.average }

  /// Takes the weights after an update into an exponential average.
  func averageUpdate() throws {
    if recipe.average == nil {
      kept.average = nil
      state.averageCount = 0
    }
    guard case .exponential(let decay, let from, _) = recipe.average, epoch >= from else { return }
    guard let average = try begunAverage() else { return }
    try withoutGradients { () throws(TensorError) in
      for (mean, tensor) in zip(average.tensors, weights.tensors) {
        try mean.multiplyInPlace(decay)
        try mean.addInPlace(tensor, scale: 1 - decay)
      }
    }
  }

  /// The average over epochs with the weights as they are now; `nil` where none is taken.
  ///
  /// The average before stays as it is.
  func averageWithEpoch() throws -> Weights? {
    guard case .epochs(let from, _) = recipe.average, Double(position.epoch + 1) > from else {
      return nil
    }
    guard let before = kept.average else { return try copies(of: weights) }
    let average = try copies(of: before)
    let share = 1 / Double(state.averageCount + 1)
    try withoutGradients { () throws(TensorError) in
      for (mean, tensor) in zip(average.tensors, weights.tensors) {
        try mean.addInPlace(tensor - mean, scale: share)
      }
    }
    return average
  }

  /// The average so far; where there is none, it begins as the weights are, and `nil` is returned.
  private func begunAverage() throws -> Weights? {
    if let average = kept.average { return average }
    kept.average = try copies(of: weights)
    return nil
  }

  private func copies(of weights: Weights) throws -> Weights {
    let copies = try withoutGradients { () throws(TensorError) in
      try weights.tensors.map { tensor throws(TensorError) in try tensor.detached().copied() }
    }
    return try Weights(copies, for: network)
  }
}
