import Lasagne
import Tensors

extension StepProfiler {
  /// The times of the layers where libtorch's autograd makes the gradients.
  ///
  /// Every layer runs alone on what it reads in a training pass, recorded, and then back for a random
  /// gradient of its output.
  func recordedTimes() throws -> LayerTimes {
    let network = trainer.network
    let structure = network.structure
    let order = trainer.sampleOrder(epoch: 0)
    let inputs = network.named(
      try trainer.training.trainingBatch(order[..<rows], epoch: 0).inputs,
      try trainer.training.furtherInputs(order[..<rows]))
    let generator = try Generator(seed: 1, device: .cpu)
    var mode = ForwardMode.training(generator: generator)
    mode.precision = trainer.recipe.precision
    let values = try withoutGradients {
      try network.forward(inputs, weights: trainer.weights, mode: mode, keeping: .all)
    }.activations
    let needs = gradientNeeds()
    var times = LayerTimes()
    for index in structure.order where !structure.dependencies[index].isEmpty {
      let reads = structure.dependencies[index]
      let given = try reads.map { read -> Tensor in
        guard let value = values[network.layers[read].name] else {
          throw NetworkError("The layer '\(network.layers[read].name)' gave nothing.")
        }
        let copy = try value.detached()
        if copy.dataType.isFloatingPoint, needs[read] == true {
          try copy.setRequiresGradient(true)
        }
        return copy
      }
      let parameters = structure.bindings[index].values.sorted()
        .filter { network.parameters[$0].isTrainable }.map { trainer.weights.tensors[$0] }
      let sources = given.filter(\.requiresGradient) + parameters
      var (forward, backward): ([Double], [Double]) = ([], [])
      // The first round warms up.
      for round in 0...rounds {
        var start = ContinuousClock.now
        let output = try network.output(
          ofLayer: index, for: given, weights: trainer.weights, mode: mode)
        if round > 0 { forward.append((ContinuousClock.now - start).seconds) }
        guard output.requiresGradient, !sources.isEmpty else { continue }
        let cotangent = try Tensor.normal(output.shape, generator: generator)
        start = .now
        _ = try Tensor.gradients(of: output, withRespectTo: sources, cotangent: cotangent)
        if round > 0 { backward.append((ContinuousClock.now - start).seconds) }
      }
      times.forward[index] = forward.median
      times.backward[index] = backward.median
    }
    return times
  }
}
