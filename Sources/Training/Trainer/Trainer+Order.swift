import Datasets

extension Trainer {
  /// The training samples of an epoch in the order in which its updates take them.
  ///
  /// They are positions along axis 0 of the training data. Each update takes the next
  /// `recipe.samplesPerUpdate`; those that a last, smaller batch would hold are at the end. A pure
  /// function of the recipe's seed and the epoch.
  public func sampleOrder(epoch: Int) -> [Int] {
    BatchOrder(
      seed: DerivedSeed.seed(recipe.seed, for: .order), indices: trainingIndices,
      batchSize: recipe.batchSize
    ).indices(epoch: epoch)
  }
}
